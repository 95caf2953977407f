/** The report that Exchange sends its own people about mail that did not arrive (RFC 3464). Pure. */
import { dateOf } from './stamps.ts';

export type NonDelivery = {
  /** A domain of the tenant's. */
  readonly domain: string;
  readonly sender: string;
  readonly failures: readonly { readonly recipient: string; readonly status: string }[];
  /** Header of the message, without its body. */
  readonly header: string;
  readonly subject: string;
  /** Unique, ASCII. */
  readonly id: string;
  readonly now: number;
};

/** A whole message with CRLF line ends; its envelope sender is empty. */
export function writeNonDelivery(report: NonDelivery): Buffer {
  const { domain, sender, failures, header, subject, id, now } = report;
  const boundary = `_ndr_${id}_`;
  const lines = [
    `From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@${domain}>`,
    `To: ${sender}`,
    `Date: ${dateOf(now)}`,
    `Message-ID: <${id}@${domain}>`,
    `Subject: Undeliverable: ${subject}`,
    'MIME-Version: 1.0',
    'Auto-Submitted: auto-replied',
    'X-MS-Exchange-Message-Is-Ndr:',
    `Content-Type: multipart/report; report-type=delivery-status; boundary="${boundary}"`,
    '',
    `--${boundary}`,
    'Content-Type: text/plain; charset=us-ascii',
    '',
    ...failures.flatMap(({ recipient, status }) => [
      `Your message to ${recipient} couldn't be delivered.`,
      '',
      `Remote server returned '${status}'`,
      '',
    ]),
    `--${boundary}`,
    'Content-Type: message/delivery-status',
    '',
    `Reporting-MTA: dns;${domain}`,
    ...failures.flatMap(({ recipient, status }) => [
      '',
      `Final-Recipient: rfc822;${recipient}`,
      'Action: failed',
      `Status: ${enhanced(status)}`,
      `Diagnostic-Code: smtp;${status}`,
    ]),
    '',
    `--${boundary}`,
    'Content-Type: text/rfc822-headers',
    '',
    header,
    `--${boundary}--`,
    '',
  ];
  return Buffer.from(lines.join('\r\n'), 'latin1');
}

function enhanced(status: string): string {
  return /\b[45]\.\d{1,3}\.\d{1,3}\b/.exec(status)?.[0] ?? '5.0.0';
}
