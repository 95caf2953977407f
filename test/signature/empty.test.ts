import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { personWith, render } from '../support/signatures.ts';

/** `a`, `b` and `c` are fields with the values A, B, C, `x`, `y`, `z` are empty ones. */
const names = { a: 'displayName', b: 'jobTitle', c: 'city', x: 'department', y: 'faxNumber', z: 'state' };
const person = personWith(
  { displayName: 'A', jobTitle: 'B', city: 'C' },
  { custom: { page: 'https://a.example/' } },
);

function html(template: string) {
  return render({ html: expanded(template) }, { person }).html;
}

function text(template: string) {
  return render({ text: expanded(template) }, { person }).text;
}

function expanded(template: string) {
  return template.replace(/\{([abcxyz])\}/g, (_, name: keyof typeof names) => `{{person.${names[name]}}}`);
}

describe('What came out empty disappears in HTML', () => {
  const table: readonly (readonly [what: string, template: string, want: string])[] = [
    ['a line between breaks', 'A<br>Tel {x}<br>B', 'A<br>B'],
    ['the last line, with the break before it', '<div>A<br>Tel {x}</div>', '<div>A</div>'],
    ['the first line', '<div>Tel {x}<br>B</div>', '<div>B</div>'],
    ['every second line', '<p>{x}<br>{a}<br>{y}<br>{b}<br>{z}</p>', '<p>A<br>B</p>'],
    ['an empty line stays where it was', 'A<br><br>{x}<br>B', 'A<br><br>B'],
    ['a paragraph', '<p>A</p><p>Fax: {x}</p>', '<p>A</p>'],
    ['a div', '<div>A</div><div><b>Fax:</b> {x}</div>', '<div>A</div>'],
    [
      'a div that holds nothing else any more',
      '<div>A</div><div><div>{x}</div><p>{y}</p></div>',
      '<div>A</div>',
    ],
    ['a list item', '<ul><li>Room {x}</li><li>{a}</li></ul>', '<ul><li>A</li></ul>'],
    ['a list without items', 'A<ul><li>Room {x}</li><li>{y}</li></ul>', 'A'],
    [
      'a row with its label',
      '<table><tr><td>F</td><td>{x}</td></tr><tr><td>N</td><td>{a}</td></tr></table>',
      '<table><tr><td>N</td><td>A</td></tr></table>',
    ],
    [
      'a row whose cells hold paragraphs',
      '<table><tr><td><p>F</p></td><td><p>{x}</p></td></tr><tr><td>{a}</td></tr></table>',
      '<table><tr><td>A</td></tr></table>',
    ],
    [
      'a row with its icon',
      'A<table><tr><td><img src="https://e.example/f.png" alt="F" width="1" height="1"></td><td>{x}</td></tr></table>',
      'A',
    ],
    [
      'not the outer row of a nested table',
      '<table><tr><td>Logo</td><td><table><tr><td>{x}</td></tr></table></td></tr></table>',
      '<table><tr><td>Logo</td><td></td></tr></table>',
    ],
    [
      'only lines of a row that has other text',
      '<table><tr><td>Example Ltd<br>{x}</td></tr></table>',
      '<table><tr><td>Example Ltd</td></tr></table>',
    ],
    ['only lines of a paragraph that has other text', '<p>Example Ltd<br>{x}</p>', '<p>Example Ltd</p>'],
    [
      'not a row that others hang on',
      '<table><tr><td rowspan="2">L</td><td>{x}</td></tr><tr><td>{a}</td></tr></table>',
      '<table><tr><td rowspan="2">L</td><td></td></tr><tr><td>A</td></tr></table>',
    ],
    [
      'not a row with one filled field',
      '<table><tr><td>{x}</td><td>{a}</td></tr></table>',
      '<table><tr><td></td><td>A</td></tr></table>',
    ],
    [
      'the padding of an emptied cell',
      '<table><tr><td style="padding:9px">{x}</td><td>{a}</td></tr></table>',
      '<table><tr><td></td><td>A</td></tr></table>',
    ],
    ['nothing that has no fields', '<p>&nbsp;</p><div></div><ul></ul>', '<p>&nbsp;</p><div></div><ul></ul>'],
    [
      'not the text around an {{#if}} that does not hold',
      '<p>Example{{#if person.department}}, {x}{{/if}}</p>',
      '<p>Example</p>',
    ],
    ['a block that only held such an {{#if}}', 'A<p>{{#if person.department}}{x}{{/if}}</p>', 'A'],
    [
      'rows in an {{#if}}',
      '<table>{{#if person.state}}<tr><td>S</td></tr>{{else}}<tr><td>E</td></tr>{{/if}}</table>',
      '<table><tr><td>E</td></tr></table>',
    ],
    [
      'a link without address, when it has no text of its own',
      '{a} <a href="{{person.custom.none}}"><img src="https://e.example/i.png" alt="i" width="1" height="1"></a>',
      'A',
    ],
    ['only the link, when it has', '<a href="{{person.custom.none}}">{a}</a>', 'A'],
    [
      'not a link that only counts clicks',
      '<a href="https://e.example/?who={x}">Shop</a>',
      '<a href="https://e.example/?who=">Shop</a>',
    ],
    [
      'a photo that is not there, not the row',
      '<table><tr><td><img src="{{person.photo}}" alt="" width="9" height="9"></td><td>{a}</td></tr></table>',
      '<table><tr><td></td><td>A</td></tr></table>',
    ],
    [
      'a span of {{#line}}, not the line',
      '<p>Example Ltd{{#line}}, fax {x}{{/line}}</p>',
      '<p>Example Ltd</p>',
    ],
    ['a {{#line}} of several blocks', 'A{{#line}}<p>Head</p><p>{x}</p>{{/line}}', 'A'],
    ['a line of {{#line}} spans', 'A<br>{{#line}}T {x}{{/line}} | {{#line}}M {y}{{/line}}<br>B', 'A<br>B'],
    ['nothing with a default', '<p>Room {{person.state | default:"none"}}</p>', '<p>Room none</p>'],
    ['elements around the vanished', '<p>{a}<span style="color:red"> | <b>{x}</b></span></p>', '<p>A</p>'],
  ];
  for (const [what, template, want] of table) it(what, () => assert.equal(html(template), want));
});

describe('Separators go with a neighbour that vanished', () => {
  const table: readonly (readonly [template: string, want: string])[] = [
    ['{a} | {x} | {b}', 'A | B'],
    ['{x} | {a}', 'A'],
    ['{a} | {x}', 'A'],
    ['{x} | {a} | {y} | {b} | {z}', 'A | B'],
    ['{a} {x}, {b}', 'A, B'],
    ['{a}, {x} {b}', 'A, B'],
    ['{a} {x} {b}', 'A B'],
    ['{a} · {x} • {b}', 'A · B'],
    ['{a} - {x} / {b}', 'A - B'],
    ['{a}{{#line}} | Fax {x}{{/line}} | {b}', 'A | B'],
    ['{{#line}}T {x}{{/line}} | {{#line}}M {a}{{/line}} | {{#line}}F {y}{{/line}}', 'M A'],
    ['{a} | {b}', 'A | B'],
    ['- {a} | {x}', '- A'],
    ['Company, {a} - Room {x}', 'Company, A - Room'],
    ['{a}-{b}', 'A-B'],
  ];
  for (const [template, want] of table) {
    it(`${template} in HTML`, () => assert.equal(html(`<p>${template}</p>`), `<p>${want}</p>`));
    it(`${template} in plain text`, () => assert.equal(text(template), want));
  }
  it('with the elements in which they stand', () => {
    assert.equal(
      html('<b>{a}</b><span>&nbsp;|&nbsp;</span><b>{x}</b><span>&nbsp;|&nbsp;</span><b>{b}</b>'),
      '<b>A</b><span>&nbsp;|&nbsp;</span><b>B</b>',
    );
  });
});

describe('What came out empty disappears in plain text', () => {
  const table: readonly (readonly [what: string, template: string, want: string])[] = [
    ['a line with its label', 'A\nTel: {x}\nB', 'A\r\nB'],
    ['not the lines without fields', 'Head\n\n{x}\n', 'Head'],
    ['one of two empty lines around it', 'A\n\n{x}\n\nB', 'A\r\n\r\nB'],
    [
      'lines in {{#if}}, with the lines of its tags',
      'A\n{{#if person.state}}\nS {z}\n{{else}}\nE\n{{/if}}\nB',
      'A\r\nE\r\nB',
    ],
    ['lines in {{#line}}', 'A\n{{#line}}\nHead\n{x}\n{{/line}}\nB', 'A\r\nB'],
    ["nothing else: blanks and empty lines are the writer's", '-- \n  A\n\n\nB', '-- \r\n  A\r\n\r\n\r\nB'],
  ];
  for (const [what, template, want] of table) it(what, () => assert.equal(text(template), want));
});
