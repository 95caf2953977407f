import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Section } from '../../src/mail/report.ts';
import { stamp } from '../../src/mail/stamp.ts';

const html = 'Content-Type: text/html\r\n\r\n';

/** The body after stamping. */
function body(message: string, ...sections: readonly Section[]): string {
  const out = Buffer.concat(stamp(Buffer.from(message), sections, { token: 'T', id: 'i' }).slices).toString();
  return out.slice(out.indexOf('\r\n\r\n') + 4);
}

test('HTML stands in a wrapper per zone that names zone and tenant', () => {
  const sections: Section[] = [
    { zone: 'bottom', html: 'b' },
    { zone: 'top', html: 't' },
  ];
  assert.equal(
    body(`${html}<p>hi</p>`, ...sections),
    '<div class="signet-top" data-signet="T">t</div>\r\n<p>hi</p>\r\n<div class="signet-bottom" data-signet="T">b</div>\r\n',
  );
});

test('sections of one zone share a wrapper, in rule order', () => {
  const sections: Section[] = ['1', '2', '3'].map(n => ({ zone: 'signature', html: `<p>${n}</p>`, text: n }));
  assert.equal(
    body(`${html}<p>hi</p>`, ...sections),
    '<p>hi</p>\r\n<div class="signet-signature" data-signet="T"><p>1</p>\r\n<p>2</p>\r\n<p>3</p></div>\r\n',
  );
  assert.equal(body('\r\nhi\r\n', ...sections), 'hi\r\n\t \t\r\n1\r\n\r\n2\r\n\r\n3\t \t\r\n');
});

test('a section without the form of the part is passed over', () => {
  const sections: Section[] = [
    { zone: 'signature', text: 'only text' },
    { zone: 'signature', html: 'only html' },
  ];
  assert.match(body(`${html}<p>hi</p>`, ...sections), /^<p>hi<\/p>\r\n<div [^>]*>only html<\/div>\r\n$/);
  assert.equal(body('\r\nhi\r\n', ...sections), 'hi\r\n\t \t\r\nonly text\t \t\r\n');
});

test('line ends of any system become CRLF, and those at the end of plain text go', () => {
  assert.equal(
    body('\r\nhi\r\n', { zone: 'signature', text: 'a\nb\rc\r\n\n\n' }),
    'hi\r\n\t \t\r\na\r\nb\r\nc\t \t\r\n',
  );
  assert.match(
    body(`${html}<p>hi</p>`, { zone: 'signature', html: '<p>\na\r</p>' }),
    /><p>\r\na\r\n<\/p><\/div>\r\n$/,
  );
});

test('plain text has a blank line between itself and what follows', () => {
  const section: Section = { zone: 'top', text: 'T' };
  assert.equal(body('\r\nhi\r\n', section), '\t \t\r\nT\t \t\r\n\r\nhi\r\n');
  assert.equal(body('\r\n\r\nhi\r\n', section), '\t \t\r\nT\t \t\r\n\r\nhi\r\n');
});

test('an insertion in the middle of a line of HTML takes a line of its own', () => {
  assert.match(
    body(`${html}<body><p>hi</p></body>`, { zone: 'signature', html: 'S' }),
    /^<body><p>hi<\/p>\r\n<div [^>]*>S<\/div>\r\n<\/body>$/,
  );
});

const empty = '<div><br></div>';
const cases: readonly (readonly [name: string, message: string, above: string, below: string])[] = [
  ['none below a paragraph', '<p>hi</p>', '', ''],
  ['one above, below bare text', 'hi', empty, ''],
  ["one above, below a client's plain block", '<div>hi</div>', empty, ''],
  ["one above, below a paragraph of Word's, which has no margin", '<p class=MsoNormal>hi</p>', empty, ''],
  ['none where the writer left one', '<div>hi</div><div><br></div>', '', ''],
  ['none in a page without text', '<body></body>', '', ''],
  ['one below, above the quotation', '<p>hi</p><div id=divRplyFwdMsg>old</div>', '', empty],
  ['one on each side', '<div>hi</div><div id=divRplyFwdMsg>old</div>', empty, empty],
];
for (const [name, message, above, below] of cases) {
  test(`HTML has an empty line around it where there is none: ${name}`, () => {
    const out = body(html + message, { zone: 'signature', html: 'S' });
    assert.ok(out.includes(`<div class="signet-signature" data-signet="T">${above}S${below}</div>`), out);
  });
}
