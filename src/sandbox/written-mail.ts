/**
 * A mail as Outlook, Gmail's page or Apple Mail writes it (outlook-html.md 2), new or as a reply, in HTML and plain text. Pure:
 * what is random or of the moment is handed in.
 */
import { encodeBody } from '../mail/transfer.ts';

export const mailClients = ['outlook', 'gmail', 'apple'] as const;
export type MailClient = (typeof mailClients)[number];

export type Draft = {
  readonly from: { readonly name: string; readonly address: string };
  readonly to: readonly string[];
  readonly subject: string;
  readonly client: MailClient;
  readonly isReply: boolean;
  /** Lines. */
  readonly text: string;
  readonly attachment?: { readonly name: string; readonly bytes: Buffer };
};

/** `unique`: letters and digits that no other mail has; `now` in milliseconds. CRLF line ends. */
export function writeMail(draft: Draft, { unique, now }: { unique: string; now: number }): Buffer {
  const { from, to, subject, attachment } = draft;
  const domain = from.address.split('@')[1] ?? 'contoso.com';
  const before = `<before.${unique}@${domain}>`;
  const header = [
    `From: ${encodedWord(from.name)} <${from.address}>`,
    `To: ${to.map(address => `<${address}>`).join(',\r\n ')}`,
    `Subject: ${encodedWord(draft.isReply ? `Re: ${subject}` : subject)}`,
    `Date: ${new Date(now).toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${unique}@${domain}>`,
    ...(draft.isReply ? [`In-Reply-To: ${before}`, `References: ${before}`] : []),
    'MIME-Version: 1.0',
  ];
  const body = multipart('alternative', `alt_${unique}`, [
    textPart('plain', plainOf(draft)),
    textPart('html', htmlOf[draft.client](draft)),
  ]);
  const whole = attachment ? multipart('mixed', `mix_${unique}`, [body, attached(attachment)]) : body;
  return Buffer.from(`${header.join('\r\n')}\r\n${whole}\r\n`, 'latin1');
}

function multipart(kind: string, boundary: string, parts: readonly string[]): string {
  const each = parts.map(part => `--${boundary}\r\n${part}\r\n`).join('');
  return `Content-Type: multipart/${kind}; boundary="${boundary}"\r\n\r\n${each}--${boundary}--`;
}

function textPart(kind: 'plain' | 'html', text: string): string {
  const encoded = encodeBody('quoted-printable', Buffer.from(text.replaceAll('\n', '\r\n')));
  return `Content-Type: text/${kind}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n${encoded.toString('latin1')}`;
}

function attached({ name, bytes }: { readonly name: string; readonly bytes: Buffer }): string {
  const lines = bytes.toString('base64').match(/.{1,76}/g) ?? [];
  return `Content-Type: application/octet-stream; name="${name}"\r\nContent-Disposition: attachment; filename="${name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n${lines.join('\r\n')}`;
}

/** RFC 2047: whole characters, 45 bytes a word at most. */
function encodedWord(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text) && !/[",<>@()]/.test(text)) return text;
  const words: string[] = [];
  let word = '';
  for (const sign of text) {
    if (Buffer.byteLength(word + sign) > 45) {
      words.push(word);
      word = '';
    }
    word += sign;
  }
  return [...words, word].map(one => `=?utf-8?B?${Buffer.from(one).toString('base64')}?=`).join('\r\n ');
}

const quoted = {
  name: 'Kim Akers',
  address: 'kim.akers@fabrikam.com',
  when: 'Mon, Nov 23, 2026 at 10:12 AM',
};
const quotedText = 'Could you send me the figures by Friday?';

function plainOf({ text, isReply, client, subject, from }: Draft): string {
  if (!isReply) return `${text}\n`;
  const { name, address, when } = quoted;
  if (client === 'outlook')
    return `${text}\n\nFrom: ${name} <${address}>\nSent: Monday, November 23, 2026 10:12 AM\nTo: ${from.name}\nSubject: ${subject}\n\n${quotedText}\n`;
  return `${text}\n\nOn ${when} ${name} <${address}> wrote:\n\n> ${quotedText}\n`;
}

const lines = (text: string, each: (line: string) => string) =>
  text.split('\n').map(escaped).map(each).join('');

const htmlOf: Readonly<Record<MailClient, (draft: Draft) => string>> = {
  outlook: ({ text, isReply, subject, from }) => {
    const { name, address } = quoted;
    const head = `<b>From:</b> ${name} &lt;${address}&gt;<br><b>Sent:</b> Monday, November 23, 2026 10:12 AM<br><b>To:</b> ${escaped(from.name)}<br><b>Subject:</b> ${escaped(subject)}`;
    const quote = `<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in"><p class="MsoNormal">${head}<o:p></o:p></p></div></div><p class="MsoNormal"><o:p>&nbsp;</o:p></p><p class="MsoNormal">${quotedText}<o:p></o:p></p>`;
    const own = lines(text, line => `<p class="MsoNormal">${line || '<o:p>&nbsp;</o:p>'}<o:p></o:p></p>\n`);
    return `<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns="http://www.w3.org/TR/REC-html40"><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"><style><!--
p.MsoNormal {margin:0in; font-size:11.0pt; font-family:"Calibri",sans-serif;}
--></style></head><body lang="EN-US"><div class="WordSection1">${own}${isReply ? quote : ''}</div></body></html>`;
  },
  gmail: ({ text, isReply }) => {
    const { name, address, when } = quoted;
    const quote = `<br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">On ${when} ${name} &lt;<a href="mailto:${address}">${address}</a>&gt; wrote:<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex"><div dir="ltr">${quotedText}</div></blockquote></div>`;
    return `<div dir="ltr">${lines(text, line => `<div>${line || '<br>'}</div>`)}</div>${isReply ? quote : ''}`;
  },
  apple: ({ text, isReply }) => {
    const { name, address } = quoted;
    const quote = `<div><br><blockquote type="cite"><div>On 23 Nov 2026, at 10:12, ${name} &lt;${address}&gt; wrote:</div><br class="Apple-interchange-newline"><div>${quotedText}</div></blockquote></div>`;
    return `<html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"></head><body style="overflow-wrap: break-word; -webkit-nbsp-mode: space; line-break: after-white-space;">${lines(text, line => `<div>${line || '<br>'}</div>`)}${isReply ? quote : ''}</body></html>`;
  },
};

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
