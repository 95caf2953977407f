/**
 * Under which key the ledger remembers a recipient that has its mail: an HMAC of tenant, sender, recipient and the
 * message, so that the file tells nobody who wrote to whom. The digest leaves out what a server on the way may add when
 * it sends the same message again. A message without Message-ID has no key: two alike could be two messages, and
 * a duplicate is better than a loss.
 */
import type { Buffer } from 'node:buffer';
import { createHash, createHmac } from 'node:crypto';
import { limits } from '../limits.ts';
import { firstValue, parseHeaders } from '../mail/headers.ts';

/** Fields of trace and of what Exchange writes while it carries a message, which may differ on the next try. */
const traceField =
  /^(?:received|x-received|return-path|delivered-to|authentication-results|received-spf|arc-.*|x-signet-.*|x-ms-exchange-.*|x-ms-publictraffictype|x-microsoft-antispam.*|x-forefront-.*|x-originatororg)$/;

export type LedgerSubject = {
  readonly tenantId: string;
  readonly from: string;
  /** The message as it came, line ends mended. */
  readonly bytes: Buffer;
};

/** The key of a recipient of this message, or undefined when the message cannot be told from others. */
export function ledgerKeys(
  { tenantId, from, bytes }: LedgerSubject,
  secret: Buffer,
): ((recipient: string) => string) | undefined {
  const digest = digestOf(bytes);
  if (!digest) return undefined;
  return recipient =>
    createHmac('sha256', secret)
      .update([tenantId, from, recipient, digest].map(word => `${word.length}:${word}`).join(''))
      .digest('base64url');
}

/** SHA-256 of body and all fields but those of trace; undefined without a Message-ID. */
export function digestOf(bytes: Buffer): string | undefined {
  const header = parseHeaders(bytes, 0, limits.mail.headerBlockBytes);
  if (!firstValue(bytes, header, 'message-id')?.trim()) return undefined;
  const hash = createHash('sha256');
  for (const field of header.fields)
    if (!traceField.test(field.name)) hash.update(bytes.subarray(field.start, field.end));
  return hash.update(bytes.subarray(header.end)).digest('base64url');
}
