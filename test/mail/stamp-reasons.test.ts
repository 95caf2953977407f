import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { limits } from '../../src/limits.ts';
import type { Reason, Section, StampOptions } from '../../src/mail/report.ts';
import { stamp } from '../../src/mail/stamp.ts';

const token = '0123456789abcdef0123456789abcdef';
const base: StampOptions = { token, id: 'id', domains: ['example.com'], envelopeFrom: 'ann@example.com' };
const sections: readonly Section[] = [{ zone: 'signature', html: '<p>Ann</p>', text: 'Ann' }];

type Sample =
  | string
  | {
      readonly message: string;
      readonly options?: Partial<StampOptions>;
      readonly sections?: readonly Section[];
    };

/** A letter with these fields in front, and with this type and body. */
const letter = (fields: string, rest = 'Content-Type: text/plain\r\n\r\nhi\r\n'): string =>
  `${fields}From: Ann <ann@example.com>\r\nMIME-Version: 1.0\r\n${rest}`;
const mixed = (type: string, ...parts: readonly string[]): string =>
  letter(
    '',
    `Content-Type: ${type}; boundary=b\r\n\r\n${parts.map(part => `--b\r\n${part}\r\n`).join('')}--b--\r\n`,
  );
const hi = 'Content-Type: text/plain\r\n\r\nhi';
const beside = (part: string): string => mixed('multipart/mixed', hi, `${part}\r\n\r\nx`);
const plain = (body: string): string => letter('', `Content-Type: text/plain\r\n\r\n${body}`);

/** What classify.ts decides is in its own test; together the two hold every reason. */
type OtherReason = Exclude<Reason, ClassReason>;
type ClassReason =
  | 'foreign-sender'
  | 'already-processed'
  | 'stamped-by-other-product'
  | 'null-sender'
  | 'calendar'
  | 'automatic'
  | 'delivery-report'
  | 'read-report'
  | 'smime'
  | 'pgp'
  | 'protected'
  | 'tnef'
  | 'recall'
  | 'approval'
  | 'voice-mail'
  | 'journal'
  | 'list-mail'
  | 'partial-message';

/** For each reason messages that have it, and messages that look much like them but are signed. */
const samples: Readonly<
  Record<OtherReason, { readonly has: readonly Sample[]; readonly signed: readonly Sample[] }>
> = {
  'no-text-part': {
    has: [
      letter('', 'Content-Type: application/pdf\r\n\r\n%PDF'),
      mixed(
        'multipart/mixed',
        'Content-Type: image/png\r\n\r\nx',
        'Content-Type: text/plain; name=a.txt\r\nContent-Disposition: attachment\r\n\r\nx',
      ),
      letter('', `Content-Type: message/rfc822\r\n\r\n${hi}`),
    ],
    signed: [
      letter('', '\r\n'),
      mixed('multipart/mixed', 'Content-Type: image/png\r\n\r\nx', 'Content-Type: text/plain\r\n\r\n'),
    ],
  },
  'unsafe-header': {
    has: [letter('A: b\nC: d\r\n'), letter('A: b\rC: d\r\n'), letter('A: b\0c\r\n'), letter('no field\r\n')],
    signed: [plain('a\nb\rc\0d\r\n'), letter(' leads nothing\r\n'), letter('A: b\r\n \t\r\n c\r\n')],
  },
  'broken-structure': {
    has: [
      letter('', 'Content-Type: multipart/mixed\r\n\r\nhi'),
      letter('', 'Content-Type: text/plain; charset="utf-8\r\n\r\nhi'),
      letter('', 'Content-Type: text/plain\r\nContent-Type: text/html\r\n\r\nhi'),
    ],
    signed: [
      letter('', 'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhi'),
      letter('', 'Content-Type: text/plain\r\ncontent-type: text/plain\r\n\r\nhi'),
    ],
  },
  'structure-over-limit': {
    has: [mixed('multipart/mixed', ...Array<string>(limits.mail.structureParts).fill(hi))],
    signed: [mixed('multipart/mixed', ...Array<string>(limits.mail.structureParts - 1).fill(hi))],
  },
  'text-part-too-large': {
    has: [plain(`${'x'.repeat(98)}\r\n`.repeat(limits.mail.textPartBytes / 100 + 1))],
    signed: [
      beside(
        `Content-Type: text/plain; name=a.txt\r\n\r\n${`${'x'.repeat(98)}\r\n`.repeat(limits.mail.textPartBytes / 100 + 1)}`,
      ),
    ],
  },
  'unknown-transfer-encoding': {
    has: [letter('', 'Content-Transfer-Encoding: x-uuencode\r\n\r\nhi\r\n')],
    signed: [letter('', 'Content-Transfer-Encoding: 7BIT (plain)\r\n\r\nhi\r\n')],
  },
  'broken-transfer-encoding': {
    has: [letter('', 'Content-Transfer-Encoding: base64\r\n\r\naGk=\r\n-- \r\nfooter\r\n')],
    signed: [letter('', 'Content-Transfer-Encoding: base64\r\n\r\naGk\r\n')],
  },
  'unknown-charset': {
    has: [letter('', 'Content-Type: text/plain; charset=x-klingon\r\n\r\nhi\r\n')],
    signed: [
      letter('', 'Content-Type: text/plain; charset="  UTF8 "\r\n\r\nhi\r\n'),
      letter('', 'Content-Type: text/plain; charset=\r\n\r\nhi\r\n'),
    ],
  },
  'suppressed-by-code-word': {
    has: [plain('hi *nosignature*\r\n'), plain('hi *NoSignature*\r\n')],
    signed: [
      plain('hi nosignature\r\n'),
      { message: plain('hi *nosignature*\r\n'), options: { codeWords: {} } },
    ],
  },
  'nothing-to-add': {
    has: [
      { message: letter(''), sections: [] },
      { message: letter(''), sections: [{ zone: 'top', html: '<p>' }] },
    ],
    signed: [{ message: letter(''), sections: [{ zone: 'top', text: 'x' }] }],
  },
  'internal-error': {
    has: [{ message: letter(''), sections: undefined as never as Section[] }],
    signed: [letter('')],
  },
};

function verdict(sample: Sample): string {
  const { message, ...given } = typeof sample === 'string' ? { message: sample } : sample;
  const options = { ...base, ...(given as { options?: Partial<StampOptions> }).options };
  const decided = 'sections' in given ? given.sections : sections;
  const stamped = stamp(Buffer.from(message, 'latin1'), decided as readonly Section[], options);
  return stamped.reason ?? stamped.outcome;
}

describe('every reason that only reading the whole message tells', () => {
  for (const reason of Object.keys(samples) as OtherReason[]) {
    const { has, signed } = samples[reason];
    test(`${reason}: holds for the messages it names, and near misses are signed`, () => {
      for (const sample of has) assert.equal(verdict(sample), reason, JSON.stringify(sample).slice(0, 400));
      for (const sample of signed)
        assert.equal(verdict(sample), 'stamped', JSON.stringify(sample).slice(0, 400));
    });
  }
});
