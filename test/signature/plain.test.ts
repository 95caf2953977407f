import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { convert } from 'html-to-text';
import { readSignatureFile, renderFixture, signatureNames } from '../support/signature-fixtures.ts';
import { personWith, render } from '../support/signatures.ts';

const person = personWith(
  { displayName: 'Jane', businessPhone: '+49 30 1', email: 'jane@example.com' },
  { custom: { page: 'https://www.jane.example/' } },
);

describe('Plain text derived from HTML', () => {
  const table: readonly (readonly [what: string, html: string, want: string])[] = [
    ['lines and paragraphs', '<p>a<br>b</p><p>c</p><div>d</div><div>e</div>', 'a\nb\n\nc\n\nd\ne'],
    [
      'paragraphs without margin are lines',
      '<p style="margin:0">a</p><p style="margin:0cm 0cm 0pt">b</p><p style="margin:0 0 6px 0">c</p>',
      'a\nb\n\nc',
    ],
    ['empty paragraphs and breaks', 'a<br><br>b<p>&nbsp;</p>c', 'a\n\nb\n\nc'],
    ['white space of the source', '  a \n\t <b> b</b>\n<i>c</i>  ', 'a b c'],
    ['headings and rules', '<h1>a</h1>b<hr>c', 'a\n\nb\n-----\nc'],
    [
      'lists',
      '<ul><li>a</li><li>b<br>c</li></ul><ol><li>d</li><li>e</li></ol>',
      '- a\n- b\n  c\n\n1. d\n2. e',
    ],
    ['lists in lists', '<ul><li>a<ul><li>b</li></ul></li></ul>', '- a\n\n  - b'],
    [
      'rows with labels',
      '<table><tr><td>T</td><td>1</td></tr><tr><td><p>M</p></td><td><p>2</p></td></tr></table>',
      'T 1\nM 2',
    ],
    [
      'rows with several values',
      '<table><tr><td>{{person.displayName}}</td><td>{{person.businessPhone}}</td></tr></table>',
      'Jane | +49 30 1',
    ],
    ['columns of lines', '<table><tr><td>a<br>b</td><td>c</td></tr></table>', 'a\nb\nc'],
    ['links', '<a href="https://e.example/x?y=1&amp;z">a</a>', 'a <https://e.example/x?y=1&z>'],
    [
      'links that say their address',
      '<a href="https://www.e.example/">e.example</a>, <a href="mailto:{{person.email}}">{{person.email}}</a>, <a href="tel:1">1</a>',
      'e.example, jane@example.com, 1',
    ],
    [
      'links to write to',
      '<a href="mailto:{{person.email}}?subject=x">Write</a>',
      'Write <jane@example.com?subject=x>',
    ],
    [
      'links with addresses of the directory',
      '<a href="{{person.custom.page}}">a</a>',
      'a <https://www.jane.example/>',
    ],
    [
      'links of pictures',
      '<a href="https://e.example"><img src="https://e.example/i" alt="Fair"></a>',
      'Fair <https://e.example>',
    ],
    [
      'links of pictures without alt',
      '<a href="https://e.example"><img src="https://e.example/i" alt=""></a>',
      'https://e.example',
    ],
    ['pictures as labels', '<p><img src="https://e.example/i" alt="Phone"> 1</p>', 'Phone 1'],
    ['pictures alone', '<p><img src="https://e.example/i" alt="Logo"></p>a', 'a'],
    ['what only Word sees', 'a<!--[if mso]>b<![endif]--><!--[if !mso]><!-->c<!--<![endif]-->', 'a\nc'],
    ['values with markup', '<b>{{person.custom.none | default:"<b>&amp;</b>"}}</b>', '<b>&</b>'],
  ];
  for (const [what, html, want] of table)
    it(what, () => assert.equal(render({ html }, { person }).text.replaceAll('\r\n', '\n'), want));

  it('has the words that html-to-text reads in the HTML, in that order', () => {
    for (const name of signatureNames) {
      if (readSignatureFile(name, 'template.txt') !== undefined) continue;
      const { html = '', text = '' } = renderFixture(name);
      const selectors = [
        { selector: 'img', format: 'skip' },
        ...['table', 'tr', 'td'].map(selector => ({ selector, format: 'block' })),
        { selector: 'a', options: { ignoreHref: true } },
        ...['h3', 'h6'].map(selector => ({ selector, options: { uppercase: false } })),
        { selector: 'hr', format: 'skip' },
        { selector: 'ul', options: { itemPrefix: '' } },
      ];
      const wanted = words(convert(html, { wordwrap: false, selectors }));
      const ours = words(text);
      let at = 0;
      for (const word of wanted) {
        at = ours.indexOf(word, at) + 1;
        assert.notEqual(at, 0, `${name}: "${word}" is not in its place in ${text}`);
      }
    }
  });
});

function words(text: string) {
  return text.split(/[\s|*]+/).filter(Boolean);
}

describe('Plain text that is written', () => {
  it('is what stands there, whatever the HTML says', () => {
    const { text, html } = render({ html: '<p>a</p>', text: 'b\n  {{person.displayName}}' }, { person });
    assert.deepEqual([html, text], ['<p>a</p>', 'b\r\n  Jane']);
  });

  it('can be nothing at all', () => {
    const [section] = render({ html: '<p>a</p>', text: '' }, { person }).sections;
    assert.deepEqual(section, { zone: 'signature', html: '<p>a</p>' });
  });

  it('can be without HTML', () => {
    assert.deepEqual(render({ text: 'a' }).sections, [{ zone: 'signature', text: 'a' }]);
  });

  it('holds no controls and no change of direction', () => {
    assert.equal(render({ text: 'a\u202Eb\u0000c\u001Bd\te' }).text, 'abcd\te');
  });
});
