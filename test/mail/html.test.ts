import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { attributesOf, parseHtml } from '../../src/mail/html.ts';

/** Each element as its source, in document order. */
function elements(source: string): string[] {
  const html = parseHtml(source);
  const ids = Array.from({ length: html.count - 1 }, (_, index) => index + 1);
  return ids.map(id => source.slice(html.start(id), html.end(id)));
}

/** What a reader sees as text. */
function visible(source: string): string {
  const { events } = parseHtml(source);
  const runs = Array.from({ length: events.count }, (_, index) => index);
  return runs
    .map(run => (events.kind(run) === 'text' ? source.slice(events.at(run), events.end(run)) : ''))
    .join('');
}

describe('elements have the ranges that browsers give them', () => {
  const cases: readonly (readonly [name: string, source: string, elements: readonly string[]])[] = [
    ['nested', '<div>a<p>b</p></div>c', ['<div>a<p>b</p></div>', '<p>b</p>']],
    ['void', '<p>a<br>b<IMG src=x>c</p>', ['<p>a<br>b<IMG src=x>c</p>', '<br>', '<IMG src=x>']],
    ['a paragraph ended by a block', '<p>a<div>b</div>', ['<p>a', '<div>b</div>']],
    ['a paragraph that a table cell keeps open', '<p>a<b>c', ['<p>a<b>c', '<b>c']],
    ['list items', '<ul><li>a<li>b</ul>', ['<ul><li>a<li>b</ul>', '<li>a', '<li>b']],
    [
      'cells and rows',
      '<table><tr><td>a<td>b<tr><td>c</table>',
      ['<table><tr><td>a<td>b<tr><td>c</table>', '<tr><td>a<td>b', '<td>a', '<td>b', '<tr><td>c', '<td>c'],
    ],
    ['a stray end tag', '<div>a</p></span>b</div>', ['<div>a</p></span>b</div>']],
    ['an unclosed element', '<div><p>a', ['<div><p>a', '<p>a']],
    ['a greater-than sign in an attribute', '<p title="a>b">c</p>', ['<p title="a>b">c</p>']],
    ['text behind the end of the body', '<body>a</body>b', ['<body>a</body>']],
  ];
  for (const [name, source, expected] of cases)
    test(name, () => assert.deepEqual(elements(source), expected));
});

test('scripts, styles, comments and the head are not seen', () => {
  const cases: readonly (readonly [source: string, text: string])[] = [
    ['<head><title>t</title></head><body>a', 'a'],
    ['a<style>p { x }</style>b<script>if (a<b) "</p>"</script>c', 'abc'],
    ['a<!-- b -->c<!--[if mso]>d<![endif]-->e', 'ace'],
    ['a<![if !mso]>b<![endif]>c', 'abc'],
    ['<textarea><p>x</p></textarea>a', 'a'],
    ['a &amp; b < c', 'a &amp; b < c'],
    ['<head><meta name=x><p>no head end</p>', 'no head end'],
  ];
  for (const [source, text] of cases) assert.equal(visible(source), text, source);
});

test('attributes are read in every quoting, the first of two counts', () => {
  const source = `<DIV ID="a" class='b c' data-x=d/e hidden title = "f>g" ID=h>`;
  const attributes = attributesOf(parseHtml(source), 1);
  assert.deepEqual(Object.fromEntries(attributes), {
    id: 'a',
    class: 'b c',
    'data-x': 'd/e',
    hidden: '',
    title: 'f>g',
  });
});

test('any text is read, in time that grows with its length', () => {
  const sources = [
    '<',
    '<div>',
    '</div>',
    '<p><b>',
    '<b><p></b>',
    '<a href="',
    '<!--',
    '&',
    '<table><td>',
    '</body>',
    '<svg><style>',
  ];
  for (const source of sources) {
    const text = source.repeat(300_000 / source.length);
    const start = performance.now();
    parseHtml(text);
    assert.ok(performance.now() - start < 3000, source);
  }
});
