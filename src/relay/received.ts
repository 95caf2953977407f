/**
 * Signet's `Received` field (RFC 5321 4.4), and how it knows its own again. No `for` clause: a recipient named there would
 * tell everybody of a Bcc. The identifier ends in the tenant's token, which is not secret; host names come and go.
 */
import type { Buffer } from 'node:buffer';
import { isIPv6 } from 'node:net';
import { limits } from '../limits.ts';
import { fieldValues, parseHeaders } from '../mail/headers.ts';
import type { Incoming } from './message.ts';

export type Receipt = {
  readonly incoming: Pick<Incoming, 'session' | 'envelope' | 'receivedAt'>;
  /** Name of this server. */
  readonly hostname: string;
  readonly messageId: string;
  readonly token: string;
};

/** The whole field, CRLF-ended, in ASCII. What the client said of itself is cut to what a domain may hold. */
export function receivedField({ incoming, hostname, messageId, token }: Receipt): string {
  const { session, envelope, receivedAt } = incoming;
  return (
    `Received: from ${clientName(session.helo)} (${addressLiteral(session.address)})\r\n` +
    `\tby ${hostname} with ${protocol(session, envelope)}\r\n` +
    `\tid ${messageId}.${token};\r\n` +
    `\t${mailDate(receivedAt)}\r\n`
  );
}

/** How many of the message's `Received` fields Signet wrote for the tenant of this token. */
export function countOwnReceived(bytes: Buffer, token: string): number {
  const header = parseHeaders(bytes, 0, limits.mail.headerBlockBytes);
  return fieldValues(bytes, header, 'received').filter(value => idOf(value)?.endsWith(`.${token}`)).length;
}

function idOf(value: string): string | undefined {
  return /\sid\s+<?([^\s;<>]+)/i.exec(value)?.[1];
}

/** RFC 3848: S for TLS, A for AUTH; RFC 6531 3.7.3: UTF8SMTP in place of ESMTP. */
function protocol(session: Incoming['session'], envelope: Incoming['envelope']): string {
  const base = envelope.isUtf8 ? 'UTF8SMTP' : 'ESMTP';
  return `${base}${session.isSecure ? 'S' : ''}${session.user === undefined ? '' : 'A'}`;
}

/** A domain or an address literal; a client may say anything. */
function clientName(helo: string): string {
  const name = helo.replace(/[^A-Za-z0-9.:_[\]-]/g, '').slice(0, 255);
  return name === '' ? 'unknown' : name;
}

/** RFC 5321 4.1.3. An IPv4 address that came through an IPv6 socket is one of IPv4. */
function addressLiteral(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  return isIPv6(plain) ? `[IPv6:${plain}]` : `[${plain}]`;
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** RFC 5322 3.3, in UTC. */
function mailDate(milliseconds: number): string {
  const date = new Date(milliseconds);
  const time = date.toISOString().slice(11, 19);
  return `${days[date.getUTCDay()]}, ${date.getUTCDate()} ${months[date.getUTCMonth()]} ${date.getUTCFullYear()} ${time} +0000`;
}
