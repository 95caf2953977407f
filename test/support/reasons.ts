/** Messages with a reason to stay untouched, and near misses that are signed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Section, StampOptions } from '../../src/mail/report.ts';
import { stamp } from '../../src/mail/stamp.ts';

export const token = '0123456789abcdef0123456789abcdef';
const base: StampOptions = { token, id: 'id', domains: ['example.com'], envelopeFrom: 'ann@example.com' };
const sections: readonly Section[] = [{ zone: 'signature', html: '<p>Ann</p>', text: 'Ann' }];

export type Sample =
  | string
  | {
      readonly message: string;
      readonly options?: Partial<StampOptions>;
      readonly sections?: readonly Section[];
    };

/** A letter with these fields in front, and with this type and body. */
export const letter = (fields: string, rest = 'Content-Type: text/plain\r\n\r\nhi\r\n'): string =>
  `${fields}From: Ann <ann@example.com>\r\nMIME-Version: 1.0\r\n${rest}`;
export const mixed = (type: string, ...parts: readonly string[]): string =>
  letter(
    '',
    `Content-Type: ${type}; boundary=b\r\n\r\n${parts.map(part => `--b\r\n${part}\r\n`).join('')}--b--\r\n`,
  );
export const hi = 'Content-Type: text/plain\r\n\r\nhi';
export const beside = (part: string): string => mixed('multipart/mixed', hi, `${part}\r\n\r\nx`);
export const plain = (body: string): string => letter('', `Content-Type: text/plain\r\n\r\n${body}`);
export function verdict(sample: Sample): string {
  const { message, ...given } = typeof sample === 'string' ? { message: sample } : sample;
  const options = { ...base, ...(given as { options?: Partial<StampOptions> }).options };
  const decided = 'sections' in given ? given.sections : sections;
  const stamped = stamp(Buffer.from(message, 'latin1'), decided as readonly Section[], options);
  return stamped.reason ?? stamped.outcome;
}

/** For a reason: messages that have it, and messages that look much like them but are signed. */
export type Samples = { readonly has: readonly Sample[]; readonly signed: readonly Sample[] };

export function testReason(reason: string, { has, signed }: Samples): void {
  test(`${reason}: holds for the messages it names, and near misses are signed`, () => {
    for (const sample of has) assert.equal(verdict(sample), reason, JSON.stringify(sample).slice(0, 400));
    for (const sample of signed)
      assert.equal(verdict(sample), 'stamped', JSON.stringify(sample).slice(0, 400));
  });
}
