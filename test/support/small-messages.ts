/** Small messages stamped with one signature in both forms. */
import type { Section, Stamped, StampOptions } from '../../src/mail/report.ts';
import { stamp } from '../../src/mail/stamp.ts';

export const token = 'f'.repeat(32);
export const ours = `X-Signet-Processed: ${token}\r\nX-Signet-Id: i\r\n`;
export const both: readonly Section[] = [{ zone: 'signature', html: '<b>S</b>', text: 'S' }];
export const html = `<div class="signet-signature" data-signet="${token}"><b>S</b></div>`;
export const text = '\t \t\r\nS\t \t';

export function run(
  message: string,
  sections = both,
  more: Partial<StampOptions> = {},
): Stamped & { readonly out: string } {
  const stamped = stamp(Buffer.from(message, 'latin1'), sections, { token, id: 'i', ...more });
  return { ...stamped, out: Buffer.concat(stamped.slices).toString('latin1') };
}

export const alternative = (plain: string, markup: string): string =>
  `Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\n${plain}\r\n--b\r\nContent-Type: text/html\r\n\r\n${markup}\r\n--b--\r\n`;
