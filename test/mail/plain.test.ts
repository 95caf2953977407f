import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Section, StampOptions } from '../../src/mail/report.ts';
import { stamp } from '../../src/mail/stamp.ts';

const MARK = '\t \t';
type Given = Partial<StampOptions> & { readonly type?: string };

/** The text after stamping, with `\n` for CRLF and `|` for the mark. */
function placed(
  text: string,
  sections: readonly Section[],
  { type = 'text/plain', ...more }: Given = {},
): string {
  const message = `Content-Type: ${type}\r\n\r\n${text.replaceAll('|', MARK).replaceAll('\n', '\r\n')}`;
  const stamped = stamp(Buffer.from(message), sections, { token: 't', id: 'i', ...more });
  const out = Buffer.concat(stamped.slices).toString();
  return out
    .slice(out.indexOf('\r\n\r\n') + 4)
    .replaceAll(MARK, '|')
    .replaceAll('\r\n', '\n');
}

const one: readonly Section[] = [{ zone: 'signature', text: 'S' }];
const all: readonly Section[] = [
  { zone: 'bottom', text: 'B' },
  { zone: 'signature', text: 'S1\n' },
  { zone: 'top', text: 'T' },
  { zone: 'signature', text: 'S2\r\n\r\n' },
];

describe('zones', () => {
  const cases: readonly (readonly [name: string, text: string, result: string])[] = [
    ['keep their order in an empty part', '', '|\nT|\n|\nS1\n\nS2|\n|\nB|\n'],
    ['stand above, under and below the text', 'hi\n', '|\nT|\n\nhi\n|\nS1\n\nS2|\n|\nB|\n'],
    [
      'part at the quotation',
      'hi\n\nOn 1 May 2026, a@b.example wrote:\n> old\n',
      '|\nT|\n\nhi\n|\nS1\n\nS2|\n\nOn 1 May 2026, a@b.example wrote:\n> old\n|\nB|\n',
    ],
    [
      'meet under the text of a bottom-poster',
      '> a\n> b\n> c\nhi\n',
      '|\nT|\n\n> a\n> b\n> c\nhi\n|\nS1\n\nS2|\n|\nB|\n',
    ],
    ['begin a line where the text has none', 'hi', '|\nT|\n\nhi\n|\nS1\n\nS2|\n|\nB|\n'],
  ];
  for (const [name, text, result] of cases) test(name, () => assert.equal(placed(text, all), result));
});

describe('code words', () => {
  const cases: readonly (readonly [name: string, text: string, result: string, more?: Given])[] = [
    ['a word on its own line marks the place', 'a\n*signature*\nb\n', 'a\n|\nS|\n\nb\n'],
    ['a word in a sentence puts the signature behind the line', 'a *Signature* b\nc\n', 'a  b\n|\nS|\n\nc\n'],
    [
      'a quoted word is none',
      'a\n\n> *signature*\n> *nosignature*\n> c\n',
      'a\n|\nS|\n\n> *signature*\n> *nosignature*\n> c\n',
    ],
    ['suppression takes the word out and adds nothing', 'a *NOsignature*\n', 'a \n'],
    [
      'words that are switched off are text',
      '*nosignature* *signature*\n',
      '*nosignature* *signature*\n|\nS|\n',
      { codeWords: {} },
    ],
    [
      'own words may hold any characters',
      'a\n[[.+]]\nb\n',
      'a\n|\nS|\n\nb\n',
      { codeWords: { place: '[[.+]]' } },
    ],
  ];
  for (const [name, text, result, more] of cases) {
    test(name, () => assert.equal(placed(text, one, more).replace(/\|\n\n+b/, '|\n\nb'), result));
  }
});

describe('format=flowed (RFC 3676)', () => {
  const type = 'text/plain; format=Flowed';

  test('no line of ours flows, and what would be read as a quote or as stuffing is stuffed', () => {
    const text = 'soft  \n> no quote\nFrom here\n lead\n\n-- \nend\t';
    assert.equal(
      placed('hi\n', [{ zone: 'signature', text }], { type }),
      'hi\n|\nsoft\n > no quote\n From here\n  lead\n\n-- \nend\t|\n',
    );
  });

  test('text in another format is written as it is', () => {
    const text = '> no quote\nFrom here\n lead';
    assert.equal(placed('hi\n', [{ zone: 'signature', text }]), 'hi\n|\n> no quote\nFrom here\n lead|\n');
  });

  test('a paragraph that still flows is ended first, a signature separator flows nowhere', () => {
    assert.equal(placed('it goes on \n', one, { type }), 'it goes on \n\n|\nS|\n');
    assert.equal(placed('hi\n-- \n', one, { type }), 'hi\n-- \n|\nS|\n');
  });
});

describe('an older mark of ours', () => {
  test('is replaced where it stands', () => {
    const result = placed('a\n|\nOLD\nOLD|\n\nb\n', one);
    assert.doesNotMatch(result, /OLD/);
    assert.match(result, /^a\n\|\nS\|\n\n+b\n$/);
  });

  test('at the end is replaced and not doubled', () => {
    const once = placed('a\n', one);
    assert.match(placed(once, [{ zone: 'signature', text: 'NEW' }]), /^a\n\|\nNEW\|\n+$/);
  });

  test('in the quotation stays, and says that this is not the first message', () => {
    const text = 'a\n\nOn 1 May 2026, a@b.example wrote:\n> old\n> |\n> S|\n';
    assert.equal(placed(text, one), `a\n|\nS|\n${text.slice(2)}`);
    const marked = (body: string): boolean =>
      stamp(Buffer.from(`\r\n${body.replaceAll('|', MARK).replaceAll('\n', '\r\n')}`), one, {
        token: 't',
        id: 'i',
      }).markedBefore;
    assert.ok(marked(text));
    assert.ok(marked(text.replaceAll('> |', '> > |')));
    assert.ok(!marked('a\n|\nS|\n'));
    assert.ok(!marked('a\n\n> x\n> y\n> z\n'));
  });
});

describe("the writer's own signature", () => {
  const remove: Given = { removeClientSignature: true };
  test('goes when that is wanted, and stays otherwise', () => {
    assert.equal(placed('hi\n\n-- \nAnn\nExample\n', one, remove), 'hi\n\n|\nS|\n');
    assert.equal(placed('hi\n\n-- \nAnn\n', one), 'hi\n\n-- \nAnn\n|\nS|\n');
  });

  test('is never taken out of the quotation, nor is a dash in the text one', () => {
    const quoted = 'hi\n\n> a\n> -- \n> Ann\n';
    assert.equal(placed(quoted, one, remove), 'hi\n|\nS|\n\n> a\n> -- \n> Ann\n');
    assert.equal(placed('hi\n-- no\n--x\n', one, remove), 'hi\n-- no\n--x\n|\nS|\n');
  });
});
