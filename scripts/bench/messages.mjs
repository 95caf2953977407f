/**
 * The messages that are measured, as whole SMTP content. Sizes are those of the message and hit within a few percent;
 * small ones come in several variants, so that no contender learns one message by heart.
 */
import * as letters from './letters.mjs';
import { asciiOnly, base64, noise, quotedPrintable, randomFrom } from './words.mjs';

const KB = 1000;
const MB = 1000 * KB;
const crlf = '\r\n';

const sizes = [
  { name: '1 KB', variants: 16, make: smallLetter },
  { name: '8 KB', variants: 16, make: owaReplyOf8KB },
  { name: '100 KB', variants: 4, make: wordReplyWithPicture },
  { name: '1 MB', variants: 2, make: longThreadWithAttachment },
  { name: '25 MB', variants: 1, make: largeAttachments },
];

/** Between the others: what latency is measured with. */
const middleSize = { name: '50 KB', variants: 8, make: random => wordReplyWithPicture(random, 0.5) };

const htmlEncodings = ['quoted-printable', 'base64', '8bit'];

/** The five sizes at which the contenders are compared. */
export function sizeCases() {
  return casesOf(sizes);
}

/** The same, and the size at which the relay's latency is measured. */
export function relaySizes() {
  return casesOf([...sizes, middleSize]);
}

function casesOf(list) {
  return list.map(({ name, variants, make }) => ({
    name,
    messages: () => Array.from({ length: variants }, (_, index) => make(randomFrom(index + 1))),
  }));
}

/** One single part with a megabyte of HTML, in each transfer encoding that carries it. */
export function htmlCases() {
  return htmlEncodings.map(encoding => ({
    name: `1 MB of HTML, ${encoding}`,
    messages: () => [single('text/html', encoding, letters.wordLetter(MB, randomFrom(7)))],
  }));
}

/** Texts that make careless code slow, each with the form of ordinary text that it is compared with; the worst ones first. */
export function pathologicalCases() {
  const divs = 100_000;
  return [
    textCase('10 MB of lines of one dot', 'plain', repeated('.\r\n', 10 * MB)),
    textCase('10 MB of lines of one dot, attached', 'attached', repeated('.\r\n', 10 * MB)),
    textCase('10 MB of <', 'html', repeated('<', 10 * MB)),
    textCase('100,000 nested divs', 'html', `${'<div>'.repeat(divs)}text${'</div>'.repeat(divs)}`),
    textCase('100,000 nested divs, never closed', 'html', `${'<div>'.repeat(divs)}text`),
    textCase('1 MB thread, Outlook', 'html', letters.owaReply(1.09 * MB, randomFrom(3), 200)),
    textCase('1 MB thread, plain text, 60 deep', 'plain', letters.quotedThread(MB, randomFrom(5), 60)),
    textCase('10 MB of lines of 70 dots', 'plain', repeated(`${'.'.repeat(70)}\r\n`, 10 * MB)),
    textCase('10 MB of < in lines', 'html', repeated(`${'<'.repeat(76)}\r\n`, 10 * MB)),
    textCase('1 MB thread, Gmail, 200 deep', 'html', letters.gmailThread(1.1 * MB, randomFrom(4), 200)),
    textCase('100,000 lines of >', 'plain', '>\r\n'.repeat(100_000)),
    textCase('100,000 lines of > text', 'plain', '> text of a line\r\n'.repeat(100_000)),
  ];
}

const forms = {
  plain: { ordinary: letters.plainLetter, wrap: text => single('text/plain', '8bit', text) },
  html: { ordinary: letters.wordLetter, wrap: text => single('text/html', '8bit', text) },
  attached: { ordinary: letters.plainLetter, wrap: attachedText },
};

function textCase(name, form, text) {
  const { ordinary, wrap } = forms[form];
  return {
    name,
    messages: () => [wrap(text)],
    ordinary: () => [wrap(ordinary(text.length, randomFrom(9)))],
    ordinaryName: `${form} ${text.length}`,
  };
}

function attachedText(text) {
  return mixed(leaf('text/plain', '7bit', 'See the attachment.\r\n'), [
    attachment('text/plain; charset=utf-8', 'log.txt', '8bit', text),
  ]);
}

function smallLetter(random) {
  const text = asciiOnly(letters.plainLetter(270, random));
  const html = `<div dir="ltr">${text.trim().replaceAll(crlf, `<br>${crlf}`)}</div>${crlf}`;
  return message(
    `Content-Type: multipart/alternative; boundary="000000000000a1b2c3"${crlf}${crlf}` +
      multipart('000000000000a1b2c3', [leaf('text/plain', '7bit', text), leaf('text/html', '7bit', html)]),
  );
}

function owaReplyOf8KB(random) {
  const text = letters.outlookPlainReply(1500, random);
  return message(exchangeHeaders() + alternative(text, letters.owaReply(5100, random)));
}

function wordReplyWithPicture(random, share = 1) {
  const body = multipart('_004_related_', [
    alternative(
      letters.outlookPlainReply(share * 8 * KB, random),
      letters.wordReply(share * 38 * KB, random),
    ),
    `Content-Type: image/png; name="image001.png"${crlf}Content-Description: image001.png${crlf}` +
      `Content-Disposition: inline; filename="image001.png"${crlf}Content-ID: <image001.png@01DA6D2B.4F1C2A30>${crlf}` +
      `Content-Transfer-Encoding: base64${crlf}${crlf}${base64(noise(share * 34 * KB, random))}`,
  ]);
  return message(
    `${exchangeHeaders()}Content-Type: multipart/related; boundary="_004_related_"; type="multipart/alternative"${crlf}${crlf}${body}`,
  );
}

function longThreadWithAttachment(random) {
  const letter = alternative(
    letters.outlookPlainReply(100 * KB, random),
    letters.owaReply(460 * KB, random, 40),
  );
  return mixed(letter, [attachment('application/pdf', 'offer.pdf', 'base64', noise(290 * KB, random))]);
}

function largeAttachments(random) {
  const letter = alternative(letters.outlookPlainReply(6 * KB, random), letters.owaReply(20 * KB, random, 4));
  const files = [8, 6, 4.2].map((size, index) =>
    attachment('application/octet-stream', `drawing-${index}.zip`, 'base64', noise(size * MB, random)),
  );
  return mixed(letter, files);
}

function message(rest) {
  return Buffer.from(
    `Received: from mail.example.com (mail.example.com [192.0.2.10]) by mx.example.com${crlf}` +
      `\twith ESMTPS id 4XyZ12; Tue, 3 Mar 2026 10:02:11 +0000${crlf}` +
      `From: Bob Sample <bob@example.com>${crlf}To: Ann Example <ann@example.net>${crlf}Subject: Re: Offer 4711${crlf}` +
      `Date: Tue, 3 Mar 2026 10:02:10 +0000${crlf}Message-ID: <bench@example.com>${crlf}MIME-Version: 1.0${crlf}${rest}`,
  );
}

/** What Exchange Online puts on a message on its way out: a fifth of a short one. */
function exchangeHeaders() {
  return (
    `Thread-Topic: Offer 4711${crlf}Thread-Index: AQHabWqk3n2u0mV0mUqz4m1Qk6mP3bEAAABx${crlf}` +
    `References: <first@example.net>${crlf}\t<second@example.com>${crlf}In-Reply-To: <first@example.net>${crlf}` +
    `Accept-Language: de-DE, en-US${crlf}Content-Language: en-US${crlf}X-MS-Has-Attach:${crlf}X-MS-TNEF-Correlator:${crlf}` +
    `x-ms-publictraffictype: Email${crlf}x-ms-traffictypediagnostic: AB1PR01MB1234:EE_|CD2PR01MB5678:EE_${crlf}` +
    `x-ms-office365-filtering-correlation-id: 0f0e0d0c-0b0a-0908-0706-050403020100${crlf}` +
    `x-microsoft-antispam: BCL:0;ARA:13230040|376014|1800799024|366016|38070700018;${crlf}` +
    `x-microsoft-antispam-message-info: ${`${'Qk1'.repeat(24)}${crlf} `.repeat(6)}=${crlf}`
  );
}

function alternative(text, html) {
  const parts = [leaf('text/plain', 'quoted-printable', text), leaf('text/html', 'quoted-printable', html)];
  return `Content-Type: multipart/alternative; boundary="_000_alternative_"${crlf}${crlf}${multipart('_000_alternative_', parts)}`;
}

function mixed(first, others) {
  const body = multipart('_005_mixed_', [first, ...others]);
  return message(
    `${exchangeHeaders()}Content-Type: multipart/mixed; boundary="_005_mixed_"${crlf}${crlf}${body}`,
  );
}

function single(type, encoding, text) {
  return message(leaf(type, encoding, text));
}

function leaf(type, encoding, text) {
  return `Content-Type: ${type}; charset="utf-8"${crlf}Content-Transfer-Encoding: ${encoding}${crlf}${crlf}${encoded(encoding, text)}`;
}

function attachment(type, name, encoding, content) {
  return (
    `Content-Type: ${type}; name="${name}"${crlf}Content-Disposition: attachment; filename="${name}"${crlf}` +
    `Content-Transfer-Encoding: ${encoding}${crlf}${crlf}${encoded(encoding, content)}`
  );
}

function encoded(encoding, content) {
  if (encoding === 'quoted-printable') return quotedPrintable(content);
  return encoding === 'base64' ? base64(content) : content;
}

function multipart(boundary, parts) {
  return `${parts.map(part => `--${boundary}${crlf}${part}${crlf}`).join('')}--${boundary}--${crlf}`;
}

/** As many whole units as fit. */
function repeated(unit, length) {
  return unit.repeat(Math.floor(length / unit.length));
}
