/**
 * Which form of a message a next hop can take, seen from what it offered in answer to EHLO, before a byte is sent: its
 * SIZE, 8BITMIME and SMTPUTF8. What it does not offer is not used behind its back: raw 8-bit bytes at a 7-bit server are
 * broken mail that nobody is told of (RFC 6152 3), and an SMTPUTF8 message needs the extension (RFC 6531 3.5).
 */
import { Buffer, isAscii } from 'node:buffer';
import type { Envelope } from './message.ts';
import type { NextHopReply } from './next-hop-reply.ts';
import type { Extensions } from './next-hop-session.ts';

export type Form = {
  readonly slices: readonly Uint8Array[];
  readonly sizeBytes: number;
  readonly is8bit: boolean;
  readonly isUtf8: boolean;
};

type Content = {
  readonly from: string;
  readonly recipients: readonly string[];
  readonly slices: readonly Uint8Array[];
};

/** The form as it is to be declared, or the refusal that the next hop would have to give. */
export function formFor(
  { from, recipients, slices }: Content,
  flags: Pick<Envelope, 'is8bit' | 'isUtf8'>,
  extensions: Extensions,
): Form | NextHopReply {
  const sizeBytes = slices.reduce((total, slice) => total + slice.length, 0);
  if (extensions.sizeLimit > 0 && sizeBytes > extensions.sizeLimit)
    return refusal(552, '5.3.4', 'larger than the SIZE of the next hop');
  const has8bit = !slices.every(slice => isAscii(slice));
  if (has8bit && !extensions.is8bit) return refusal(554, '5.6.3', 'the next hop has no 8BITMIME');
  if (!extensions.isUtf8 && (!isAsciiText(from) || (flags.isUtf8 && has8bit && hasHeaderOf8bit(slices))))
    return refusal(550, '5.6.7', 'the next hop has no SMTPUTF8');
  const is8bit = extensions.is8bit && (has8bit || flags.is8bit);
  const isUtf8 = extensions.isUtf8 && (flags.isUtf8 || ![from, ...recipients].every(isAsciiText));
  return { slices, sizeBytes, is8bit, isUtf8 };
}

/** The refusal for a recipient whose address this next hop cannot take; undefined when it can. */
export function addressRefusal(recipient: string, extensions: Extensions): NextHopReply | undefined {
  if (extensions.isUtf8 || isAsciiText(recipient)) return undefined;
  return refusal(553, '5.6.7', 'the next hop has no SMTPUTF8');
}

export function isAsciiText(text: string): boolean {
  return /^[\x00-\x7f]*$/.test(text);
}

function hasHeaderOf8bit(slices: readonly Uint8Array[]): boolean {
  const bytes = Buffer.concat(slices);
  const end = bytes.indexOf('\r\n\r\n');
  return !isAscii(end < 0 ? bytes : bytes.subarray(0, end));
}

function refusal(code: number, enhanced: string, text: string): NextHopReply {
  return { code, enhanced, text };
}
