import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { limits } from '../../src/limits.ts';
import type { Reason, Section } from '../../src/mail/report.ts';
import { beside, hi, letter, mixed, plain, type Samples, testReason } from '../support/reasons.ts';

/** What classify.ts and the relay decide is in tests of their own; together they hold every reason. */
type OtherReason = Exclude<Reason, ClassReason | RelayReason>;
type RelayReason = 'too-slow' | 'too-many-variants' | 'validation-probe' | 'signing-off';
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
const samples: Readonly<Record<OtherReason, Samples>> = {
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

test('each reason has messages that have it and near misses that are signed', () => {
  for (const [reason, { has, signed }] of Object.entries(samples))
    assert.ok(has.length > 0 && signed.length > 0, reason);
});

describe('every reason that only reading the whole message tells', () => {
  for (const reason of Object.keys(samples) as OtherReason[]) testReason(reason, samples[reason]);
});
