import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkEdits, type EditCase, stamped, type } from '../support/text-edits.ts';

const MARK = '\t \t';
const wrapped = (html: string): string => `<div class="signet-signature" data-signet="t">${html}</div>`;
const utf8 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

describe('a part that can carry the insertion keeps all its other bytes', () => {
  const html = type('text/html; charset=utf-8');
  const html8 = type('text/html; charset=utf-8', '8bit');
  const latin8 = type('text/plain; charset=iso-8859-1', '8bit');
  const quotedHtml = type('text/html; charset=utf-8', 'quoted-printable');
  const quotedPlain = type('text/plain; charset=utf-8', 'quoted-printable');
  const base64 = type('text/plain; charset=utf-8', 'base64');
  const japanese = type('text/plain; charset=iso-2022-jp', '7bit');
  const cases: readonly EditCase[] = [
    ['ASCII in 7bit HTML', html, '<p>hi</p>', { html: 'Ann' }, html, `<p>hi</p>\r\n${wrapped('Ann')}\r\n`],
    [
      'references in 7bit HTML',
      html,
      '<p>hi</p>\r\n',
      { html: '\u00e9\u20ac\u{1f600}' },
      html,
      `<p>hi</p>\r\n${wrapped('&#233;&#8364;&#128512;')}\r\n`,
    ],
    [
      'raw bytes in 8bit UTF-8',
      html8,
      '<p>hi</p>',
      { html: '\u00e9\u20ac' },
      html8,
      `<p>hi</p>\r\n${wrapped(utf8('\u00e9\u20ac'))}\r\n`,
    ],
    [
      'what Latin-1 lacks becomes references',
      type('text/html; charset=iso-8859-1', '8bit'),
      '<p>\xe9</p>',
      { html: '\u00e9\u20ac' },
      type('text/html; charset=iso-8859-1', '8bit'),
      `<p>\xe9</p>\r\n${wrapped('\xe9&#8364;')}\r\n`,
    ],
    [
      'Latin-1 bytes in an 8bit plain part',
      latin8,
      'caf\xe9\r\n',
      { text: 'Gr\u00fc\u00dfe' },
      latin8,
      `caf\xe9\r\n${MARK}\r\nGr\xfc\xdfe${MARK}\r\n`,
    ],
    [
      'ASCII below unknown 8-bit bytes',
      type('text/plain; charset=us-ascii'),
      'caf\xe9\xff\r\n',
      { text: 'Ann' },
      type('text/plain; charset=us-ascii'),
      `caf\xe9\xff\r\n${MARK}\r\nAnn${MARK}\r\n`,
    ],
    [
      'HTML without a charset gets ASCII only',
      type('text/html', '8bit'),
      '<p>\xe9</p>',
      { html: '\u00e9' },
      type('text/html', '8bit'),
      `<p>\xe9</p>\r\n${wrapped('&#233;')}\r\n`,
    ],
    [
      'no Content-Type at all',
      'A: b\r\n',
      'hi\r\n',
      { text: 'Ann' },
      'A: b\r\n',
      `hi\r\n${MARK}\r\nAnn${MARK}\r\n`,
    ],
    [
      'quoted-printable HTML',
      quotedHtml,
      '<p>caf=c3=A9 =\r\nx</p>=20\r\n',
      { html: '\u00e9=' },
      quotedHtml,
      '<p>caf=c3=A9 =\r\nx</p>=20\r\n<div class=3D"signet-signature" data-signet=3D"t">=C3=A9=3D</div>\r\n',
    ],
    [
      'quoted-printable text',
      quotedPlain,
      'caf=c3=a9=\r\n\r\n',
      { text: '\u20ac' },
      quotedPlain,
      `caf=c3=a9=\r\n\r\n\t =09\r\n=E2=82=AC\t =09\r\n`,
    ],
    [
      'base64',
      base64,
      `${btoa('hi\r\n')}\r\n`,
      { text: 'A' },
      base64,
      `${btoa(`hi\r\n${MARK}\r\nA${MARK}\r\n`)}\r\n`,
    ],
    [
      'ISO-2022-JP, which returns to ASCII behind each insertion (RFC 1468)',
      japanese,
      '\x1b$B$"\x1b(B\r\n',
      { text: '\u3042 A' },
      japanese,
      `\x1b$B$"\x1b(B\r\n${MARK}\r\n\x1b$B$"\x1b(B A${MARK}\r\n`,
    ],
  ];
  for (const one of cases) test(one[0], () => checkEdits([one]));

  test('UTF-16 text is written in its own byte order', () => {
    for (const [label, order] of [
      ['utf-16le', 'le'],
      ['utf-16be', 'be'],
      ['utf-16', 'le'],
    ] as const) {
      const encode = (text: string): Buffer =>
        order === 'le' ? Buffer.from(text, 'utf16le') : Buffer.from(text, 'utf16le').swap16();
      const mark = label === 'utf-16' ? '\ufeff' : '';
      const header = `Content-Type: text/plain; charset=${label}\r\nContent-Transfer-Encoding: base64\r\n\r\n`;
      const { out } = stamped(header + encode(`${mark}hi\r\n`).toString('base64'), { text: '\u20ac' });
      const written = Buffer.from(out.slice(header.length), 'base64');
      assert.deepEqual(written, encode(`${mark}hi\r\n${MARK}\r\n\u20ac${MARK}\r\n`), label);
    }
  });

  test('base64 lines before the insertion stay as they were', () => {
    const first = `${btoa('x'.repeat(57))}\r\n`;
    const header = type('text/html; charset=utf-8', 'base64');
    const { out } = stamped(`${header}\r\n${first}${btoa('<p>hi</p>')}\r\n`, { html: 'Ann' });
    assert.ok(out.startsWith(`${header}\r\n${first}`));
    const body = Buffer.from(out.slice(header.length + 2), 'base64').toString();
    assert.equal(body, `${'x'.repeat(57)}<p>hi</p>\r\n${wrapped('Ann')}\r\n`);
  });
});

test('the report names offset and length of the insertion in the input', () => {
  const header = `${type('text/html; charset=utf-8')}\r\n`;
  const { parts } = stamped(`${header}<body><p>hi</p></body>`, { html: 'Ann' });
  const inserted = `\r\n${wrapped('Ann')}\r\n`.length;
  assert.deepEqual(parts, [{ type: 'text/html', zone: 'signature', offset: header.length + 15, inserted }]);
});
