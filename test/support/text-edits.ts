/** Messages in and out as Latin-1 text, one character a byte, with Signet's own header fields left out. */
import assert from 'node:assert/strict';
import type { Section, Stamped } from '../../src/mail/report.ts';
import { stamp } from '../../src/mail/stamp.ts';

export function stamped(
  message: string | Buffer,
  section: Omit<Section, 'zone'>,
): Stamped & { readonly out: string } {
  const bytes = typeof message === 'string' ? Buffer.from(message, 'latin1') : message;
  const result = stamp(bytes, [{ zone: 'signature', ...section }], { token: 't', id: 'i' });
  const out = Buffer.concat(result.slices).toString('latin1');
  return { ...result, out: out.replace('X-Signet-Processed: t\r\nX-Signet-Id: i\r\n', '') };
}

export type EditCase = readonly [
  name: string,
  header: string,
  body: string,
  section: Omit<Section, 'zone'>,
  newHeader: string,
  newBody: string,
];

export const version = 'MIME-Version: 1.0\r\n';
export const type = (value: string, encoding?: string): string =>
  `${version}Content-Type: ${value}\r\n${encoding ? `Content-Transfer-Encoding: ${encoding}\r\n` : ''}`;

export function checkEdits(cases: readonly EditCase[]): void {
  for (const [name, header, body, section, newHeader, newBody] of cases) {
    const result = stamped(`${header}\r\n${body}`, section);
    assert.equal(result.out, `${newHeader}\r\n${newBody}`, name);
    assert.equal(result.outcome, 'stamped', name);
  }
}
