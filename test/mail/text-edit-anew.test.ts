import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkEdits, type EditCase, stamped, type, version } from '../support/text-edits.ts';

const MARK = '\t \t';
const wrapped = (html: string): string => `<div class="signet-signature" data-signet="t">${html}</div>`;

describe('a part that cannot carry the insertion is written anew', () => {
  const quoted = (value: string): string =>
    `${version}Content-Type: ${value}\r\nContent-Transfer-Encoding: quoted-printable\r\n`;
  const cases: readonly EditCase[] = [
    [
      '7bit plain text becomes quoted-printable',
      type('text/plain; charset=us-ascii', '7bit'),
      'a=b \r\n',
      { text: '\u00e9' },
      quoted('text/plain; charset=utf-8'),
      `a=3Db=20\r\n\t =09\r\n=C3=A9\t =09\r\n`,
    ],
    [
      '7bit plain text in UTF-8 keeps its Content-Type',
      type('text/plain; charset="UTF-8"', '7bit'),
      'a\r\n',
      { text: '\u00e9' },
      quoted('text/plain; charset="UTF-8"'),
      `a\r\n\t =09\r\n=C3=A9\t =09\r\n`,
    ],
    [
      'Latin-1 text becomes UTF-8, and other parameters stay',
      `${version}Content-Transfer-Encoding: 8bit\r\nContent-Type: text/plain;\r\n\tcharset="iso-8859-1"; format=flowed;\r\n\tdelsp=yes\r\n`,
      'caf\xe9\r\n',
      { text: '10 \u20ac' },
      `${version}Content-Transfer-Encoding: quoted-printable\r\nContent-Type: text/plain; format=flowed;\r\n\tdelsp=yes; charset=utf-8\r\n`,
      'caf=C3=A9\r\n\t =09\r\n10 =E2=82=AC\t =09\r\n',
    ],
    [
      'quoted-printable Latin-1 text becomes UTF-8',
      type('text/plain; charset=iso-8859-1', 'quoted-printable'),
      'caf=E9\r\n',
      { text: '\u20ac' },
      quoted('text/plain; charset=utf-8'),
      'caf=C3=A9\r\n\t =09\r\n=E2=82=AC\t =09\r\n',
    ],
    [
      'missing fields are added',
      'A: b\r\n',
      'hi\r\n',
      { text: '\u00e9' },
      'A: b\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n',
      'hi\r\n\t =09\r\n=C3=A9\t =09\r\n',
    ],
    [
      'text mostly not ASCII becomes base64',
      type('text/plain; charset=koi8-r', '8bit'),
      `${'\xd0'.repeat(60)}\r\n`,
      { text: '\u20ac' },
      type('text/plain; charset=utf-8', 'base64'),
      Buffer.from(`${'\u043f'.repeat(60)}\r\n${MARK}\r\n\u20ac${MARK}\r\n`)
        .toString('base64')
        .replace(/.{76}(?=.)/g, '$&\r\n'),
    ],
  ];
  for (const one of cases) test(one[0], () => checkEdits([one]));

  test('what ISO-2022-JP lacks makes the part UTF-8', () => {
    const header = type('text/plain; charset=iso-2022-jp', '7bit');
    const { out } = stamped(`${header}\r\n\x1b$B$"\x1b(B\r\n`, { text: '\u20ac' });
    assert.match(out, /Content-Type: text\/plain; charset=utf-8\r\n/);
    assert.match(out, /Content-Transfer-Encoding: base64\r\n/);
    const body = Buffer.from(out.slice(out.indexOf('\r\n\r\n')), 'base64').toString('utf8');
    assert.equal(body, `\u3042\r\n${MARK}\r\n\u20ac${MARK}\r\n`);
  });

  test('a part inside a multipart gets its fields, and no MIME-Version', () => {
    const head = `${version}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n`;
    const { out } = stamped(`${head}\r\nhi\r\n--b--\r\n`, { text: '\u00e9' });
    const fields =
      'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n';
    assert.equal(out, `${head}${fields}\r\nhi\r\n\t =09\r\n=C3=A9\t =09\r\n\r\n--b--\r\n`);
  });

  test('bytes of an undeclared charset are never guessed at', () => {
    for (const header of ['', type('text/plain; charset=us-ascii')]) {
      const result = stamped(`${header}\r\ncaf\xe9\r\n`, { text: '\u00e9' });
      assert.deepEqual([result.outcome, result.reason], ['untouched', 'unknown-charset']);
      assert.equal(result.out, `${header}\r\ncaf\xe9\r\n`);
    }
  });

  test('a part with bytes that its charset does not have is left alone', () => {
    const euro = stamped(`${type('text/plain; charset=shift_jis', '8bit')}\r\n\x81\r\n`, { text: '\u20ac' });
    assert.equal(euro.outcome, 'untouched');
    assert.equal(euro.reason, 'unknown-charset');
    assert.match(euro.out, /\r\n\r\n\x81\r\n$/);
  });
});

describe('no line over 998 bytes is made (RFC 5322 2.1.1)', () => {
  const longest = (bytes: string): number => Math.max(...bytes.split('\r\n').map(line => line.length));
  const image = `<img alt="${'x'.repeat(1000)}">`;

  test('long HTML is broken at blanks', () => {
    const { out } = stamped(`${type('text/html')}\r\n<p>hi</p>`, { html: 'word '.repeat(600) });
    assert.ok(longest(out) <= 998);
    assert.doesNotMatch(out, /quoted-printable/);
    assert.equal(out.replace(/\s+/g, ' ').split('word ').length, 601);
  });

  test('HTML that has no blank makes its 7bit or 8bit part quoted-printable', () => {
    for (const encoding of ['7bit', '8bit']) {
      const { out } = stamped(`${type('text/html; charset=utf-8', encoding)}\r\n<p>hi</p>\r\n`, {
        html: image,
      });
      assert.ok(out.startsWith(`${type('text/html; charset=utf-8', 'quoted-printable')}\r\n<p>hi</p>\r\n`));
      assert.ok(longest(out) <= 76);
      const body = out
        .slice(out.indexOf('\r\n\r\n') + 4)
        .replace(/=\r\n/g, '')
        .replace(/=3D/g, '=');
      assert.equal(body, `<p>hi</p>\r\n${wrapped(image)}\r\n`);
    }
  });

  test('a plain line of 998 bytes is written, one of 999 is quoted', () => {
    const header = type('text/plain; charset=us-ascii');
    const fits = stamped(`${header}\r\nhi\r\n`, { text: `${'x'.repeat(998)}\nend` });
    assert.equal(longest(fits.out), 998);
    assert.ok(fits.out.startsWith(header));
    const over = stamped(`${header}\r\nhi\r\n`, { text: `${'x'.repeat(999)}\nend` });
    assert.ok(longest(over.out) <= 76);
    assert.match(over.out, /quoted-printable/);
  });

  test('an insertion lengthens no line of the message', () => {
    const line = 'x'.repeat(998);
    for (const message of [
      `${type('text/html')}\r\n<p>${line.slice(7)}</p>`,
      `${type('text/plain')}\r\n${line}`,
    ])
      assert.equal(longest(stamped(message, { html: 'Ann', text: 'Ann' }).out), 998);
  });
});
