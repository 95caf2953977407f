/**
 * parse5 as oracle of the HTML reading (html.ts) and of the end of a page (html-ends.ts): elements have the same ranges
 * wherever parse5 found both tags, and what is put in at the end is seen below all text of the page. Where Signet differs on
 * purpose, the reason stands beside the case.
 */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, test } from 'node:test';
import { bodyPartsOf } from '../../src/mail/body-parts.ts';
import { parseHtml } from '../../src/mail/html.ts';
import { parseStructure } from '../../src/mail/structure.ts';
import { openTextPart, type TextPart } from '../../src/mail/text-part.ts';
import { bodyEndOf, rangesOf, seenAt, textOf } from '../support/html-oracle.ts';
import { goldenMessages, goldenOptions } from '../support/messages.ts';

const blocks = new Set(['div', 'p', 'blockquote', 'table']);

/** One sentence for each element that parse5 sees elsewhere. */
function rangeDifferences(source: string): string[] {
  const html = parseHtml(source);
  const ids = new Map<number, number>();
  for (let id = 1; id < html.count; id++) ids.set(html.start(id), id);
  return rangesOf(source, blocks).flatMap(({ name, start, open, close, end }) => {
    const id = ids.get(start) ?? 0;
    const [want, got] = [[open, close, end].join(), [html.open(id), html.close(id), html.end(id)].join()];
    return want === got ? [] : [`<${name}> at ${start}: parse5 says ${want}, Signet ${got}`];
  });
}

/** One sentence for each way in which the end of the page is not where parse5 has it. */
function endDifferences(source: string, at: number): string[] {
  const found: string[] = [];
  const { isElement, path, before, behind } = seenAt(source, at);
  if (!isElement) return [`nothing put in at ${at} is seen`];
  if (behind !== '') found.push(`${JSON.stringify(behind.slice(0, 60))} is seen behind ${at}`);
  if (before !== textOf(source)) found.push(`text of the page is lost before ${at}`);
  const end = bodyEndOf(source);
  if (end !== undefined && end !== at && !/\bWordSection\d*$/i.test(path))
    found.push(`the body ends at ${end}, the place is ${at}`);
  return found;
}

function htmlParts(message: Buffer): TextPart[] {
  const structure = parseStructure(message);
  if (structure.kind !== 'structure') return [];
  return bodyPartsOf(structure.root).html.flatMap(part => {
    const opened = openTextPart(message, part, 'html', 'whole', goldenOptions);
    return opened.kind === 'open' ? opened.text : [];
  });
}

/** The end of a page as the place of bottom texts. */
function endOf(source: string): number {
  const [text] = htmlParts(Buffer.from(`Content-Type: text/html; charset=utf-8\r\n\r\n${source}`));
  assert.ok(text, 'expected HTML that can be edited');
  return text.places.bottom;
}

const pages = goldenMessages().flatMap(({ name, input }) => htmlParts(input).map(text => ({ name, text })));

describe('golden messages', () => {
  test('are pages enough', () => assert.ok(pages.length > 200));

  test('have their elements where parse5 has them', () => {
    const found = pages.flatMap(({ name, text }) =>
      rangeDifferences(text.view).map(sentence => `${name}: ${sentence}`),
    );
    assert.deepEqual(found, []);
  });

  test('end where parse5 ends their body', () => {
    // Text behind </body> is seen in the body, but no client writes it: gateways append it, below everything (1223, 1225).
    const known = new Set(['1223-text-after-body-end', '1225-text-joined-over-body-end']);
    const found = pages
      .filter(({ name }) => !known.has(name))
      .flatMap(({ name, text }) =>
        endDifferences(text.view, text.places.bottom).map(sentence => `${name}: ${sentence}`),
      );
    assert.deepEqual(found, []);
  });
});

const alike: readonly (readonly [name: string, source: string])[] = [
  ['nothing', ''],
  ['a document inside an element', '<div><html><body>a</body></html></div><p>b</p>'],
  ['a body inside a list item', '<ul><li><body>a</li></ul>b'],
  ['the end of a row of another table', '<table><tr><td><table></tr></table></td></tr></table>'],
  ['a cell outside any table', '<div><td></div>a'],
  ['only text', 'hello'],
  ['an empty body', '<html><body></body></html>'],
  ['no body end', '<html><body><p>a</p>'],
  ['no html element', '<p>a</p><p>b</p>'],
  ['a body without html', '<body><div>a</div></body>'],
  ['a doctype and a comment', '<!DOCTYPE html><!-- x --><html><body>a</body></html>'],
  ['upper case', '<HTML><BODY><DIV>a</DIV></BODY></HTML>'],
  ['blanks in tags', '<body ><div\n>a</div\t></body >'],
  ['a slash in a tag', '<div/><p>a</p></div>'],
  ['attributes with tags in them', '<div title="</div><p>">a</div><p data-x=\'>\'>b</p>'],
  ['unquoted attributes', '<div class=a/b title=x>a</div>'],
  ['an open paragraph before a block', '<p>a<div>b</div><p>c</p>'],
  ['an open paragraph before a table', '<p>a<table><tr><td>b</td></tr></table>'],
  ['paragraphs without ends', '<div><p>a<p>b</div>c'],
  ['a stray end tag', '<div>a</span></p></div>b'],
  ['end tags in the wrong order', '<div><blockquote>a</div></blockquote>b'],
  ['bold around blocks', '<b><div>a</b>b</div><p>c</p>'],
  ['bold around a paragraph', '<b><p>a</b></p><div>b</div>'],
  ['an end tag from within a cell', '<div><table><tr><td></div>a</td></tr></table></div>'],
  ['an end of a paragraph from within a cell', '<p>a<table><tr><td>b</p></td></tr></table>'],
  ['cells without ends', '<table><tr><td><div>a</div><td><p>b</p><tr><td>c</table><div>d</div>'],
  ['a table in a table', '<table><tr><td><table><tr><td>a</td></tr></table></td></tr></table>'],
  ['lists without ends', '<ul><li><div>a</div><li><p>b</p></ul><div>c</div>'],
  ['a list in a list', '<ul><li>a<ul><li><div>b</div></ul><li>c</ul>'],
  ['definitions', '<dl><dt>a<dd><div>b</div><dt>c</dl><p>d</p>'],
  ['a button around a block', '<p>a<button><div>b</div></button></p>'],
  ['an object around a block', '<object><div>a</div></object><p>b</p>'],
  ['markup in a script', '<div><script>document.write("</div><p>")</script>a</div>'],
  ['markup in a style', '<style>p > a { content: "</div>" }</style><div>a</div>'],
  ['markup in a title', '<head><title><div></title></head><body><div>a</div></body>'],
  ['markup in a text area', '<div><textarea></div></textarea>a</div>'],
  ['markup in a comment', '<div><!-- </div> --></div><p>a</p>'],
  ['a comment that ends at once', '<div><!--></div><p>a</p>'],
  ['a conditional comment', '<div><!--[if mso]><p><![endif]-->a</div>'],
  ['a revealed conditional comment', '<div><![if !mso]><p>a</p><![endif]></div>'],
  ['a processing instruction', '<?xml version="1.0"?><div>a</div>'],
  ['prefixed names', '<div><o:p>a</o:p></div><p><w:x/>b</p>'],
  ['a head without an end', '<html><head><meta charset=utf-8><div>a</div></html>'],
  ['two bodies', '<body><div>a</div><body class=x><p>b</p></body>'],
  ['less-than signs in text', '<div>a < b <3</div><p>c</p>'],
  ['entities that look like tags', '<div>&lt;/div&gt;</div><p>a</p>'],
  ['an open comment at the end', '<div>a</div><!-- b'],
  ['an open tag at the end', '<div>a</div><p class="'],
  ['an open script at the end', '<div>a</div><script>b'],
  ['an open style at the end', '<div>a</div><style>b'],
  ['an open title at the end', '<div>a</div><title>b'],
  ['an open text area at the end', '<div>a</div><textarea>b'],
  ["Word's section", '<body><div class="WordSection1"><p class=MsoNormal>a</p></div></body>'],
  ["two of Word's sections", '<div class=WordSection1><p>a</p></div><div class=WordSection2><p>b</p></div>'],
  ['a section with text behind it', '<body><div class=WordSection1><p>a</p></div><p>b</p></body>'],
  ['a line end of two characters in a tag', '<div\r\nclass=a\r\n>\r\na\r\n</div>\r\n<p>b</p>'],
  ['open elements around the end', '<body><div><div>a</body>'],
];

for (const [name, source] of alike) {
  test(`${name}: the elements and the end are where parse5 has them`, () => {
    assert.deepEqual(rangeDifferences(source), []);
    assert.deepEqual(endDifferences(source, endOf(source)), []);
  });
}

/** Where Signet means to differ: what parse5 says, and why it is not followed. */
const different: readonly (readonly [why: string, source: string, differences: readonly string[]])[] = [
  [
    "text behind the body is a gateway's, and belongs below everything",
    '<body>a</body>b',
    ['"b" is seen behind 7', 'text of the page is lost before 7'],
  ],
  ['mail has no frames, and no reader shows this page', '<frameset>a', ['nothing put in at 11 is seen']],
  [
    'readers no longer agree whether an end tag ends an open list of choices',
    '<div><select></div>b',
    ['nothing put in at 20 is seen'],
  ],
];

for (const [why, source, differences] of different) {
  test(`${source} is read in another way: ${why}`, () => {
    assert.deepEqual([...rangeDifferences(source), ...endDifferences(source, endOf(source))], differences);
  });
}

test('a wrong end would be noticed', () => {
  const source = '<body><p>a</p><script>b</script><p>c</p></body>';
  assert.deepEqual(endDifferences(source, source.indexOf('</body>')), []);
  assert.deepEqual(endDifferences(source, source.indexOf('b<')).length, 1);
  assert.deepEqual(endDifferences(source, source.indexOf('<script>')).length, 3);
});
