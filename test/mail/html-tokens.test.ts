/** Tokens against htmlparser2's tokenizer, which is the second opinion here; the golden pages and random markup. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Tokenizer } from 'htmlparser2';
import { readTokens } from '../../src/mail/html-tokens.ts';
import { goldenMessages } from '../support/messages.ts';

type Tokens = { readonly told: readonly string[]; readonly soundEnd: number };

function tokensOf(view: string): Tokens {
  const told: string[] = [];
  const soundEnd = readTokens(view, {
    text: (start, end) => told.push(`text ${start} ${end}`),
    openTag: (tag, start, end) => told.push(`<${tag.name}> ${start} ${end}`),
    closeTag: (tag, start, end) => told.push(`</${tag.name}> ${start} ${end}`),
  });
  return { told, soundEnd };
}

/** What htmlparser2 says of markup in which everything is closed. Runs of text that touch are one. */
function toldByOther(view: string): string[] {
  const told: string[] = [];
  let textStart = 0;
  let textEnd = 0;
  let tag = '';
  const flush = (): void => {
    if (textEnd > textStart) told.push(`text ${textStart} ${textEnd}`);
    textStart = textEnd;
  };
  const open = (at: number): void => {
    told.push(`${tag} ${at + 1}`);
  };
  const tokenizer = new Tokenizer(
    { decodeEntities: false },
    {
      ontext: (start, end) => {
        if (start !== textEnd) flush();
        if (start !== textEnd) textStart = start;
        textEnd = end;
      },
      onopentagname: (start, end) => {
        flush();
        tag = `<${view.slice(start, end).toLowerCase()}> ${start - 1}`;
      },
      onopentagend: open,
      onselfclosingtag: open,
      onclosetag: (start, end) => {
        flush();
        told.push(`</${view.slice(start, end).toLowerCase()}> ${start - 2} ${view.indexOf('>', end) + 1}`);
      },
      ontextentity: () => undefined,
      onattribname: () => undefined,
      onattribdata: () => undefined,
      onattribentity: () => undefined,
      onattribend: () => undefined,
      oncdata: flush,
      oncomment: flush,
      ondeclaration: flush,
      onprocessinginstruction: flush,
      onend: () => undefined,
    },
  );
  tokenizer.write(view);
  tokenizer.end();
  flush();
  return told;
}

const pieces = fc.constantFrom(
  ...['<', '>', '/', '=', '"', "'", '!', '-', '--', '[', ']', '?', ' ', '\r\n', '\t', 'a', '\u00e9'],
  ...['<p', '<P ', '</p', '</', '<!', '<!--', '-->', '--!>', '<![CDATA[', ']]>', '<!doctype html', '<?xml'],
  ...['<script', '</script', '<STYLE', '</style ', '<title>', '</title>', '<textarea', '</textarea>'],
  ...['<plaintext>', '<xmp>', '</xmp/', '<iframe>', '</iframe>', 'title', 'x="', "y='", 'z=>', '&lt;'],
);
const markup = fc.array(pieces, { maxLength: 24 }).map(list => list.join(''));

test('random markup has the tokens that htmlparser2 finds, as far as it is sound', () => {
  fc.assert(
    fc.property(markup, view => {
      const { told, soundEnd } = tokensOf(view);
      if (soundEnd < view.length) assert.match(view.slice(soundEnd), /^<(?:[a-z/!?]|$)/i);
      // Of what is never closed htmlparser2 tells a part.
      const isLoneAtEnd = /<\/?$/.test(view);
      if (!isLoneAtEnd) assert.deepEqual(told, toldByOther(view.slice(0, soundEnd)));
    }),
    { numRuns: 20_000, seed: 20260304 },
  );
});

test('golden pages have the tokens that htmlparser2 finds', () => {
  const pages = goldenMessages()
    .map(({ input }) => input.toString('latin1'))
    .filter(page => page.includes('<'));
  assert.ok(pages.length > 100);
  for (const page of pages) assert.deepEqual(tokensOf(page).told, toldByOther(page));
});

const unsound: readonly (readonly [view: string, soundEnd: number])[] = [
  ['a<', 1],
  ['a</', 1],
  ['a<b', 1],
  ['a<b title="x>y', 1],
  ['a</b', 1],
  ['a<!-- b', 1],
  ['a<!-- b --', 1],
  ['a<![CDATA[b]]', 1],
  ['a<!doctype', 1],
  ['a<?xml', 1],
  ['a</ b', 1],
  ['a< b', 4],
  ['a<3', 3],
  ['<script>a', 9],
];

for (const [view, soundEnd] of unsound) {
  test(`${view} is sound up to ${soundEnd}`, () => assert.equal(tokensOf(view).soundEnd, soundEnd));
}
