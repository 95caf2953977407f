import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'parse5';
import { foldHtml } from '../../src/mail/html-fold.ts';

const longest = (html: string): number => Math.max(...html.split(/\r\n/).map(line => line.length));
const words = 'word '.repeat(300);
const attributes = Array.from({ length: 100 }, (_, n) => `data-n${n}="a b"`).join(' ');

test('short lines stay as they are', () => {
  const html = `<p title="a  b">\r\n${'x'.repeat(200)}\r\n</p>`;
  assert.equal(foldHtml(html, 998), html);
});

test('a long line is broken at blanks in text and between attributes', () => {
  for (const html of [`<p>${words}</p>`, `<p ${attributes}>x</p>`, `<p>${'<b>a</b> '.repeat(200)}</p>`]) {
    const folded = foldHtml(html, 998);
    assert.ok(longest(folded) <= 998);
    assert.equal(folded.replaceAll('\r\n', ' '), html);
  }
});

test('what a browser reads is the same but for blanks in text', () => {
  const tree = (html: string): string =>
    JSON.stringify(parse(html), (key, value) => (key === 'parentNode' ? undefined : value)).replace(
      /(?:\\r|\\n| )+/g,
      ' ',
    );
  for (const html of [`<p ${attributes}>${words}</p>`, `<p>1 < 2 ${words}<img alt="${words}" src=x></p>`])
    assert.equal(tree(foldHtml(html, 998)), tree(html));
});

test('a value, and text in which line ends count, is never broken', () => {
  const cases = [
    `<img alt="${words}">`,
    `<pre>${words}</pre>`,
    `<style>${words}</style>`,
    `<p style="white-space:pre-wrap">${words}</p>`,
    'x'.repeat(2000),
  ];
  for (const html of cases) assert.doesNotMatch(foldHtml(html, 998), /word\r\n|\r\nword|x\r\nx/);
});
