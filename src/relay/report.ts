/**
 * Delivery reports (RFC 3464, RFC 6522; RFC 6533 for addresses beyond ASCII): what the sender is told when some of the
 * recipients were refused and the others were not. Pure. It repeats the header of the message, never its content, and
 * never the route secret.
 */
import { Buffer, isAscii } from 'node:buffer';
import { limits } from '../limits.ts';
import { parseHeaders } from '../mail/headers.ts';
import type { Part } from './commit.ts';
import type { NextHopReply } from './next-hop-reply.ts';

export type ReportSubject = {
  readonly refused: readonly {
    readonly recipient: string;
    readonly answer?: NextHopReply;
    readonly host?: string;
  }[];
  /** Envelope sender of the message, '' for the null sender. */
  readonly from: string;
  readonly message: Buffer;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly receivedAt: number;
  readonly now: number;
  readonly hostname: string;
  /** The tenant's default domain. */
  readonly domain: string;
  /** The tenant's token: the mail flow rule lets through what carries it. */
  readonly token: string;
  /** Letters and digits, for Message-ID and boundary. */
  readonly unique: string;
  /** Most bytes of the original's header to repeat. */
  readonly headerBytes: number;
};

/**
 * The report as it is tried: from the null sender, then from the tenant's postmaster, because a next hop may take null
 * senders only from others (smtp-relay.md 3.3). A message without a sender is reported to the tenant's postmaster.
 */
export function reportForms(subject: ReportSubject): readonly Part[] {
  const postmaster = `postmaster@${subject.domain}`;
  const to = subject.from || postmaster;
  const slices = [writeReport(subject, to)];
  return ['', postmaster].map(from => ({ from, recipients: [to], slices, isReport: true }));
}

/** `to` is the address that the report goes to. Only ASCII, unless that address is not. */
export function writeReport(subject: ReportSubject, to: string): Buffer {
  const boundary = `signet-report-${subject.unique}`;
  const isGlobal = !isAsciiText(to);
  return Buffer.concat([
    Buffer.from(topFields(subject, to, boundary)),
    textPart(subject, boundary),
    statusPart(subject, boundary, isGlobal),
    headerPart(subject, boundary, isGlobal),
    Buffer.from(`--${boundary}--\r\n`),
  ]);
}

function topFields({ domain, hostname, now, unique, token }: ReportSubject, to: string, boundary: string) {
  return lines(
    `Date: ${mailDate(now)}`,
    `From: Mail Delivery System <postmaster@${domain}>`,
    `To: <${to}>`,
    'Subject: Undelivered mail: some recipients were refused',
    `Message-ID: <${unique}@${hostname}>`,
    'Auto-Submitted: auto-replied',
    `X-Signet-Processed: ${token}`,
    'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type=delivery-status;\r\n boundary="${boundary}"`,
    '',
  );
}

function textPart({ refused, hostname }: ReportSubject, boundary: string): Buffer {
  const text = lines(
    `This is the mail system at ${hostname}.`,
    '',
    'Your message was delivered to some of its recipients. The next mail server refused these:',
    '',
    ...refused.map(({ recipient, answer }) => `<${recipient}>: ${answer ? answerText(answer) : 'refused'}`),
    '',
    'The header of your message follows below.',
    '',
  );
  return mimePart(
    boundary,
    ['Content-Type: text/plain; charset=utf-8'],
    Buffer.from(text),
    'quoted-printable',
  );
}

function statusPart(subject: ReportSubject, boundary: string, isGlobal: boolean): Buffer {
  const { hostname, receivedAt, refused } = subject;
  const text = [
    lines(`Reporting-MTA: dns; ${hostname}`, `Arrival-Date: ${mailDate(receivedAt)}`),
    ...refused.map(({ recipient, answer, host }) =>
      lines(
        `Final-Recipient: ${typedAddress(recipient, isGlobal)}`,
        'Action: failed',
        `Status: ${answer?.enhanced || '5.0.0'}`,
        ...(host ? [`Remote-MTA: dns; ${host}`] : []),
        ...(answer ? [`Diagnostic-Code: smtp; ${answerText(answer)}`] : []),
      ),
    ),
  ].join('\r\n');
  const type = isGlobal ? 'message/global-delivery-status' : 'message/delivery-status';
  return mimePart(boundary, [`Content-Type: ${type}`], Buffer.from(text), isGlobal ? '8bit' : '7bit');
}

/** RFC 6533 3: an address beyond ASCII has a type of its own, and in an ASCII report a spelling of its own. */
function typedAddress(address: string, isGlobal: boolean): string {
  if (isAsciiText(address)) return `rfc822; ${address}`;
  const escaped = address.replace(/[^\x21-\x7e]|[\\+=]/gu, letter => {
    return `\\x{${(letter.codePointAt(0) ?? 0).toString(16).toUpperCase()}}`;
  });
  return `utf-8; ${isGlobal ? address : escaped}`;
}

function headerPart(subject: ReportSubject, boundary: string, isGlobal: boolean): Buffer {
  const header = repeatedHeader(subject);
  const type = isGlobal ? 'message/global-headers' : 'text/rfc822-headers';
  const encoding = isGlobal ? '8bit' : isAscii(header) ? '7bit' : 'quoted-printable';
  return mimePart(boundary, [`Content-Type: ${type}`], header, encoding);
}

/** Whole fields of the message's header up to the limit, the route secret left out. */
function repeatedHeader({ message, headerBytes }: ReportSubject): Buffer {
  const { fields } = parseHeaders(message, 0, limits.mail.headerBlockBytes);
  const kept: Buffer[] = [];
  let size = 0;
  for (const { name, start, end } of fields) {
    size += end - start;
    if (size > headerBytes) break;
    if (name !== 'x-signet-route') kept.push(message.subarray(start, end));
  }
  return Buffer.concat(kept);
}

type Encoding = '7bit' | '8bit' | 'quoted-printable';

function mimePart(boundary: string, fields: readonly string[], content: Buffer, encoding: Encoding): Buffer {
  const head = lines(`--${boundary}`, ...fields, `Content-Transfer-Encoding: ${encoding}`, '');
  const body = encoding === 'quoted-printable' ? Buffer.from(quotedPrintable(content)) : content;
  return Buffer.concat([Buffer.from(head), body, Buffer.from('\r\n')]);
}

/** RFC 2045 6.7, for whole lines; a soft line end is never put into an escape. */
function quotedPrintable(content: Buffer): string {
  return content
    .toString('latin1')
    .split('\r\n')
    .map(line => softLines(line.replace(/[^\x20-\x3c\x3e-\x7e]| $/g, escapeByte)))
    .join('\r\n');
}

function escapeByte(byte: string): string {
  return `=${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

function softLines(line: string): string {
  const pieces: string[] = [];
  let rest = line;
  while (rest.length > 76) {
    // At most 75 characters before the soft line end, and no escape cut in two.
    const cut = rest[74] === '=' ? 74 : rest[73] === '=' ? 73 : 75;
    pieces.push(rest.slice(0, cut));
    rest = rest.slice(cut);
  }
  return [...pieces, rest].join('=\r\n');
}

function answerText({ code, enhanced, text }: NextHopReply): string {
  return [code, enhanced, text].filter(Boolean).join(' ').slice(0, 900);
}

/** RFC 5322 3.3, in UTC. */
function mailDate(time: number): string {
  return new Date(time).toUTCString().replace('GMT', '+0000');
}

function lines(...all: readonly string[]): string {
  return all.map(line => `${line}\r\n`).join('');
}

function isAsciiText(text: string): boolean {
  return isAscii(Buffer.from(text));
}
