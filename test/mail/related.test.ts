import assert from 'node:assert/strict';
import { test } from 'node:test';
import { simpleParser } from 'mailparser';
import type { InlineImage, Section } from '../../src/mail/report.ts';
import { stamp } from '../../src/mail/stamp.ts';

const logo: InlineImage = { name: 'logo.png', type: 'image/png', bytes: Uint8Array.of(1, 2, 3) };
const photo: InlineImage = { name: 'my "photo".jpg', type: 'image/jpeg', bytes: Uint8Array.of(4, 5, 6, 7) };
const showing: Section = { zone: 'signature', html: '<img src="cid:logo.png">', text: 'Ann', images: [logo] };
const version = 'From: ann@example.com\r\nMIME-Version: 1.0\r\n';
const picture = (n: number, boundary: string, content: string, name: string, type: string): string =>
  `\r\n--${boundary}\r\nContent-Type: ${type}; name="${name}"\r\nContent-ID: <signet-${n}-i@signet>\r\nContent-Disposition: inline; filename="${name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n${content}`;
const logoPart = (boundary: string): string => picture(1, boundary, 'AQID', 'logo.png', 'image/png');
const inserted = '<div class="signet-signature" data-signet="t"><img src="cid:signet-1-i@signet"></div>';
const opening = 'Content-Type: multipart/related; type="text/html";\r\n\tboundary="signet-related-i"\r\n';

function stamped(message: string, sections: readonly Section[] = [showing]): string {
  const result = stamp(Buffer.from(message, 'latin1'), sections, { token: 't', id: 'i' });
  assert.equal(result.outcome, 'stamped');
  return Buffer.concat(result.slices)
    .toString('latin1')
    .replace('X-Signet-Processed: t\r\nX-Signet-Id: i\r\n', '');
}

const cases: readonly (readonly [name: string, before: string, after: string])[] = [
  [
    'the existing related group whose root the HTML is',
    `${version}Content-Type: multipart/related; boundary=r\r\n\r\n--r\r\nContent-Type: text/html\r\n\r\n<p>hi</p>\r\n--r\r\nContent-Type: image/gif\r\n\r\nG\r\n--r--\r\n`,
    `${version}Content-Type: multipart/related; boundary=r\r\n\r\n--r\r\nContent-Type: text/html\r\n\r\n<p>hi</p>\r\n${inserted}\r\n\r\n--r\r\nContent-Type: image/gif\r\n\r\nG${logoPart('r')}\r\n--r--\r\n`,
  ],
  [
    'a related group that has no end',
    `${version}Content-Type: multipart/related; boundary=r\r\n\r\n--r\r\nContent-Type: text/html\r\n\r\n<p>hi</p>\r\n--r\r\nContent-Type: image/gif\r\n\r\nG`,
    `${version}Content-Type: multipart/related; boundary=r\r\n\r\n--r\r\nContent-Type: text/html\r\n\r\n<p>hi</p>\r\n${inserted}\r\n\r\n--r\r\nContent-Type: image/gif\r\n\r\nG${logoPart('r')}`,
  ],
  [
    'a related group that ends nowhere, behind the text that goes in at the same place',
    `${version}Content-Type: multipart/related; boundary=r\r\n\r\n--r\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n--a\r\nContent-Type: text/html\r\n\r\n<p>hi</p>\r\n--a\r\n\r\nhi\r\n`,
    `${version}Content-Type: multipart/related; boundary=r\r\n\r\n--r\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n--a\r\nContent-Type: text/html\r\n\r\n<p>hi</p>\r\n${inserted}\r\n\r\n--a\r\n\r\nhi\r\n\t \t\r\nAnn\t \t\r\n${logoPart('r')}`,
  ],
  [
    'a new group around the HTML of an alternative',
    `${version}Content-Type: multipart/alternative; boundary=a\r\n\r\n--a\r\n\r\nhi\r\n--a\r\nContent-Type: text/html\r\nContent-Language: en\r\n\r\n<p>hi</p>\r\n--a--\r\n`,
    `${version}Content-Type: multipart/alternative; boundary=a\r\n\r\n--a\r\n\r\nhi\r\n\t \t\r\nAnn\t \t\r\n\r\n--a\r\n${opening}\r\n--signet-related-i\r\nContent-Type: text/html\r\nContent-Language: en\r\n\r\n<p>hi</p>\r\n${inserted}\r\n${logoPart('signet-related-i')}\r\n--signet-related-i--\r\n--a--\r\n`,
  ],
  [
    'a new group inside mixed, where the related group is not around the HTML',
    `${version}Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\nContent-Type: text/html\r\n\r\n<p>hi</p>\r\n--m\r\nContent-Type: application/pdf\r\n\r\nP\r\n--m--\r\n`,
    `${version}Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n${opening}\r\n--signet-related-i\r\nContent-Type: text/html\r\n\r\n<p>hi</p>\r\n${inserted}\r\n${logoPart('signet-related-i')}\r\n--signet-related-i--\r\n--m\r\nContent-Type: application/pdf\r\n\r\nP\r\n--m--\r\n`,
  ],
  [
    'a message that is the HTML, whose content fields move inside',
    `${version}Content-Transfer-Encoding: 7bit\r\nContent-Type: text/html;\r\n\tcharset=utf-8\r\nX: y\r\n\r\n<body><p>hi</p></body>\r\n`,
    `${version}${opening}X: y\r\n\r\n--signet-related-i\r\nContent-Type: text/html;\r\n\tcharset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\n<body><p>hi</p>\r\n${inserted}\r\n</body>\r\n${logoPart('signet-related-i')}\r\n--signet-related-i--\r\n`,
  ],
  [
    'a message without MIME-Version gets one',
    'Content-Type: text/html\r\n\r\n<p>hi</p>\r\n',
    `MIME-Version: 1.0\r\n${opening}\r\n--signet-related-i\r\nContent-Type: text/html\r\n\r\n<p>hi</p>\r\n${inserted}\r\n${logoPart('signet-related-i')}\r\n--signet-related-i--\r\n`,
  ],
];

for (const [name, before, after] of cases) {
  test(`a picture goes into ${name}`, () => assert.equal(stamped(before), after));
}

const alternative = `${version}Content-Type: multipart/alternative; boundary=a\r\n\r\n--a\r\n\r\nhi\r\n--a\r\nContent-Type: text/html\r\n\r\n<p>hi</p>\r\n--a--\r\n`;

test('several pictures go in once each, in the order in which the HTML shows them', async () => {
  const named = { ...photo, name: 'photo.jpg' };
  const images = [logo, named, { ...logo, name: 'unused' }];
  const section: Section = {
    zone: 'top',
    html: `<img src='CID:logo.png'><td background=cid:${named.name}><img src="cid:logo.png">`,
    images,
  };
  const out = stamped(alternative, [section]);
  const parsed = await simpleParser(out, { skipImageLinks: true });
  assert.deepEqual(
    parsed.attachments.map(({ cid, related, content }) => [cid, related, [...content]]),
    [
      ['signet-1-i@signet', true, [1, 2, 3]],
      ['signet-2-i@signet', true, [4, 5, 6, 7]],
    ],
  );
  const shown = [...String(parsed.html).matchAll(/cid:([\w@-]+)/gi)].map(match => match[1]);
  assert.deepEqual(shown, ['signet-1-i@signet', 'signet-2-i@signet', 'signet-1-i@signet']);
});

test('the same name in two sections may be two pictures', async () => {
  const other = { ...photo, name: 'logo.png' };
  const out = stamped(alternative, [showing, { ...showing, zone: 'bottom', images: [other] }]);
  const parsed = await simpleParser(out, { skipImageLinks: true });
  assert.deepEqual(
    parsed.attachments.map(({ cid, content }) => [cid, content.length]),
    [
      ['signet-1-i@signet', 3],
      ['signet-2-i@signet', 4],
    ],
  );
});

test('a name cannot write header fields', () => {
  const bad = { ...photo, name: 'a\r\nBcc:x' };
  const out = stamped(alternative, [{ zone: 'top', html: '<img src="cid:logo.png">', images: [logo, bad] }]);
  assert.doesNotMatch(out, /^Bcc/m);
});

test('a cid that no picture has, and pictures that nobody shows, change nothing', () => {
  const out = stamped(alternative, [{ zone: 'signature', html: '<img src="cid:other@x">', images: [logo] }]);
  assert.match(out, /<img src="cid:other@x">/);
  assert.doesNotMatch(out, /multipart\/related|image\/png/);
});

test('a message with plain text only gets no pictures', () => {
  assert.doesNotMatch(stamped(`${version}\r\nhi\r\n`), /image\/png|related/);
});

test('a boundary that stands in the framed text already is not taken', () => {
  const message = alternative.replace('<p>hi</p>', '<p>--signet-related-i</p>');
  assert.match(stamped(message), /boundary="signet-related-ix"/);
});

test('the parts of the message that are not the letter keep their bytes', async () => {
  const out = stamped(alternative.replace('\r\n--a--', '\r\n--a--\r\nepilogue'));
  const parsed = await simpleParser(out, { skipImageLinks: true });
  assert.equal(parsed.text?.startsWith('hi\n'), true);
  assert.ok(out.endsWith('--a--\r\nepilogue\r\n'));
});

const framed = (fields: string, body: string): string =>
  `${version}${opening}\r\n--signet-related-i\r\n${fields}\r\n${body}${logoPart('signet-related-i')}\r\n--signet-related-i--\r\n`;
const html = 'Content-Type: text/html\r\n';
const base64 = 'Content-Transfer-Encoding: base64\r\n';

test('the frame stands around the whole part, wherever in it something was written', () => {
  const top = inserted.replace('signet-signature', 'signet-top');
  const encoded = Buffer.from(`<p>hi</p>\r\n${inserted}\r\n`)
    .toString('base64')
    .replace(/.{76}(?=.)/g, '$&\r\n');
  assert.equal(stamped(`${version}${html}\r\n`), framed(html, `${inserted}\r\n`));
  assert.equal(
    stamped(`${version}${html}\r\n<p>hi</p>\r\n`, [{ ...showing, zone: 'top' }]),
    framed(html, `${top}\r\n<p>hi</p>\r\n`),
  );
  const short = `${version}${html}${base64}\r\n${btoa('<p>hi</p>')}\r\n`;
  assert.equal(stamped(short), framed(html + base64, `${encoded}\r\n`));
});

test('the frame stands around a part that was written anew, and its new header', () => {
  const long: Section = { ...showing, html: `<img src="cid:logo.png" alt="${'x'.repeat(1000)}">` };
  const part = `Content-Transfer-Encoding: 7bit\r\n${html}\r\n<p>hi</p>`;
  const out = stamped(
    `${version}Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n${part}\r\n--m--\r\n`,
    [long],
  );
  const quoted = `Content-Transfer-Encoding: quoted-printable\r\n${html}`;
  assert.ok(out.includes(`--m\r\n${opening}\r\n--signet-related-i\r\n${quoted}\r\n<p>hi</p>\r\n`), out);
  assert.ok(out.endsWith(`${logoPart('signet-related-i')}\r\n--signet-related-i--\r\n--m--\r\n`), out);
});

test('an empty part whose delimiter follows at once is framed as well', () => {
  const out = stamped(
    `${version}Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n${html}\r\n--m--\r\n`,
  );
  assert.ok(out.includes(`--signet-related-i\r\n${html}\r\n${inserted}\r\n`), out);
  assert.ok(out.endsWith(`${logoPart('signet-related-i')}\r\n--signet-related-i--\r\n--m--\r\n`), out);
});
