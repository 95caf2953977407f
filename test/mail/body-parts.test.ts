import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bodyPartsOf } from '../../src/mail/body-parts.ts';
import { parseStructure } from '../../src/mail/structure.ts';

type Node = readonly [header: string, content: string | readonly Node[]];

/** A message from a tree; a `multipart/` type gets its boundary here. */
function write([header, content]: Node, path = 'b'): string {
  if (typeof content === 'string') return `${header}\r\n\r\n${content}`;
  const children = content.map((child, index) => `--${path}=\r\n${write(child, `${path}${index}`)}\r\n`);
  return `${header}; boundary="${path}="\r\n\r\n${children.join('')}--${path}=--\r\n`;
}

/** Bodies of the chosen parts: HTML ones, plain ones. */
function chosen(tree: Node): [html: string[], plain: string[]] {
  const message = write(tree);
  const structure = parseStructure(Buffer.from(message));
  if (structure.kind !== 'structure') assert.fail();
  const { html, plain } = bodyPartsOf(structure.root);
  const bodyOf = (part: { bodyStart: number; bodyEnd: number }): string =>
    message.slice(part.bodyStart, part.bodyEnd);
  return [html.map(bodyOf), plain.map(bodyOf)];
}

const text = (content: string, more = ''): Node => [`Content-Type: text/plain${more}`, content];
const html = (content: string, more = ''): Node => [`Content-Type: text/html${more}`, content];
const group = (subtype: string, ...children: readonly Node[]): Node => [
  `Content-Type: multipart/${subtype}`,
  children,
];
const image: Node = ['Content-Type: image/png\r\nContent-Disposition: inline', 'i'];
const pdf: Node = [
  'Content-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment; filename=a.pdf',
  'p',
];
const attached = '\r\nContent-Disposition: attachment';

const cases: readonly (readonly [
  name: string,
  tree: Node,
  html: readonly string[],
  plain: readonly string[],
])[] = [
  ['plain text alone', text('t'), [], ['t']],
  ['HTML alone', html('h'), ['h'], []],
  ['HTML with a name alone', html('h', '; name=mail.html'), ['h'], []],
  ['a picture alone', image, [], []],
  ['two forms', group('alternative', text('t'), html('h')), ['h'], ['t']],
  ['two forms the wrong way round', group('alternative', html('h'), text('t')), ['h'], ['t']],
  ['the last of several HTML forms', group('alternative', text('t'), html('h1'), html('h2')), ['h2'], ['t']],
  [
    'an alternative with a form nobody reads',
    group('alternative', text('t'), html('h'), ['Content-Type: text/x-amp-html', 'a']),
    ['h'],
    ['t'],
  ],
  [
    'pictures around the HTML of an alternative',
    group('alternative', text('t'), group('related', html('h'), image)),
    ['h'],
    ['t'],
  ],
  [
    'pictures around an alternative',
    group('related', group('alternative', text('t'), html('h')), image),
    ['h'],
    ['t'],
  ],
  ['only the first part of a related group', group('related', html('h1'), html('h2'), image), ['h1'], []],
  [
    'the part that start names',
    group(
      'related; start="<root@x>"',
      image,
      html('h', '\r\nContent-ID: <root@x>'),
      html('h2', '\r\nContent-ID: <other@x>'),
    ),
    ['h'],
    [],
  ],
  [
    'the first part when start names none',
    group('related; start="<none@x>"', html('h1'), html('h2')),
    ['h1'],
    [],
  ],
  [
    'a letter with an attachment',
    group('mixed', group('alternative', text('t'), html('h')), pdf),
    ['h'],
    ['t'],
  ],
  ['a letter behind its attachment', group('mixed', pdf, text('t')), [], ['t']],
  ['attached text by disposition', group('mixed', text('t'), text('a', attached)), [], ['t']],
  [
    'attached text by file name',
    group('mixed', text('t'), text('a', '\r\nContent-Disposition: inline; filename=a.txt')),
    [],
    ['t'],
  ],
  ['attached text by name', group('mixed', text('t'), text('a', '; name=a.txt')), [], ['t']],
  [
    'attached text with an encoded name',
    group('mixed', text('t'), text('a', "\r\nContent-Disposition: inline; filename*=utf-8''a.txt")),
    [],
    ['t'],
  ],
  ['nothing but attached text', group('mixed', html('a', attached), pdf), [], []],
  [
    'a disposition in other case',
    group('mixed', text('t'), text('a', '\r\nContent-Disposition: ATTACHMENT')),
    [],
    ['t'],
  ],
  ['an inline text without a name', group('mixed', text('t', '\r\nContent-Disposition: inline')), [], ['t']],
  [
    'text between pictures, as Apple Mail sends it',
    group('mixed', html('h1'), image, html('h2'), pdf, html('h3')),
    ['h1', 'h2', 'h3'],
    [],
  ],
  ['plain text between pictures', group('mixed', text('t1'), image, text('t2')), [], ['t1', 't2']],
  [
    'text between pictures inside an alternative',
    group('alternative', text('t'), group('mixed', html('h1'), image, html('h2'))),
    ['h1', 'h2'],
    ['t'],
  ],
  [
    'a footer of another form behind a letter',
    group('mixed', group('alternative', text('t'), html('h')), text('footer')),
    ['h'],
    ['t'],
  ],
  ['an HTML part behind a plain one', group('mixed', text('t'), html('h')), [], ['t']],
  [
    'an enclosed message',
    group('mixed', text('t'), ['Content-Type: message/rfc822', write(text('inner'))]),
    [],
    ['t'],
  ],
  [
    'nothing but an enclosed message',
    group('mixed', ['Content-Type: message/rfc822', write(html('inner'))]),
    [],
    [],
  ],
  ['a digest', group('digest', text('t')), [], []],
  ['a report', group('report', text('t')), [], []],
  ['a group of an unknown kind, which reads as mixed', group('x-unknown', text('t'), image), [], ['t']],
  [
    'a part that readers disagree about',
    group('alternative', text('t'), html('h', '; charset=a; charset=b')),
    [],
    ['t'],
  ],
];

for (const [name, tree, htmlBodies, plainBodies] of cases) {
  test(`the letter is found: ${name}`, () => assert.deepEqual(chosen(tree), [htmlBodies, plainBodies]));
}
