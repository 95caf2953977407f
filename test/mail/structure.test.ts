import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { limits } from '../../src/limits.ts';
import { type Part, parseStructure, walk } from '../../src/mail/structure.ts';

function rootOf(message: string): Part {
  const structure = parseStructure(Buffer.from(message, 'latin1'));
  assert.equal(structure.kind, 'structure');
  return structure.kind === 'structure' ? structure.root : assert.fail();
}

/** The tree as type and body of each part, depth first; `!` where readers may disagree. */
function outline(message: string): string[] {
  return [...walk(rootOf(message))].map(part => {
    const body =
      part.children.length > 0 ? '' : ` ${JSON.stringify(message.slice(part.bodyStart, part.bodyEnd))}`;
    return `${part.isOpaque ? '!' : ''}${part.type}${body}`;
  });
}

const multipart = (boundary: string, subtype = 'mixed'): string =>
  `Content-Type: multipart/${subtype}; boundary="${boundary}"\r\n\r\n`;

describe('parts of a message', () => {
  const cases: readonly (readonly [name: string, message: string, outline: readonly string[]])[] = [
    ['no header at all', '\r\nhi\r\n', ['text/plain "hi\\r\\n"']],
    ['no Content-Type', 'A: b\r\n\r\nhi', ['text/plain "hi"']],
    ['an empty message', '', ['text/plain ""']],
    ['a type of RFC 1049', 'Content-Type: text\r\n\r\nhi', ['text/plain "hi"']],
    ['an unreadable type', 'Content-Type: nonsense\r\n\r\nhi', ['!application/octet-stream "hi"']],
    [
      'the example of RFC 2046 5.1.1, with preamble and epilogue',
      `${multipart('simple boundary')}This is the preamble.\r\n\r\n--simple boundary\r\n\r\nThis is implicitly typed.\r\n--simple boundary\r\nContent-type: text/plain; charset=us-ascii\r\n\r\nThis ends in a linebreak.\r\n\r\n--simple boundary--\r\n\r\nThis is the epilogue.\r\n`,
      [
        'multipart/mixed',
        'text/plain "This is implicitly typed."',
        'text/plain "This ends in a linebreak.\\r\\n"',
      ],
    ],
    [
      'a delimiter with blanks behind it',
      `${multipart('b')}--b \t\r\n\r\none\r\n--b--  \r\n`,
      ['multipart/mixed', 'text/plain "one"'],
    ],
    [
      'a boundary parameter that ends in a blank',
      `${multipart('b ')}--b\r\n\r\none\r\n--b--\r\n`,
      ['multipart/mixed', 'text/plain "one"'],
    ],
    [
      'look-alikes of a delimiter',
      `${multipart('b')}--bb\r\n--B\r\n -- b\r\nx--b\r\n- -b\r\n--b\r\n\r\none\r\n--b-\r\n--b-- x\r\n--bx--\r\n--b--\r\n`,
      ['multipart/mixed', 'text/plain "one\\r\\n--b-\\r\\n--b-- x\\r\\n--bx--"'],
    ],
    [
      'an outer boundary that begins like the inner one',
      `${multipart('ab')}--ab\r\n${multipart('abc')}--abc\r\n\r\none\r\n--abc--\r\n--ab\r\n\r\ntwo\r\n--ab--\r\n`,
      ['multipart/mixed', 'multipart/mixed', 'text/plain "one"', 'text/plain "two"'],
    ],
    [
      'an inner boundary that begins like the outer one',
      `${multipart('abc')}--abc\r\n${multipart('ab')}--ab\r\n\r\none\r\n--ab--\r\n--abc\r\n\r\ntwo\r\n--abc--\r\n`,
      ['multipart/mixed', 'multipart/mixed', 'text/plain "one"', 'text/plain "two"'],
    ],
    [
      'no final boundary at the inner level',
      `${multipart('o')}--o\r\n${multipart('i')}--i\r\n\r\none\r\n--o\r\n\r\ntwo\r\n--o--\r\n`,
      ['multipart/mixed', 'multipart/mixed', 'text/plain "one"', 'text/plain "two"'],
    ],
    [
      'no final boundary at the outer level',
      `${multipart('o')}--o\r\n${multipart('i')}--i\r\n\r\none\r\n--i--\r\n--o\r\n\r\ntwo\r\n`,
      ['multipart/mixed', 'multipart/mixed', 'text/plain "one"', 'text/plain "two\\r\\n"'],
    ],
    [
      'no final boundary anywhere',
      `${multipart('o')}--o\r\n${multipart('i')}--i\r\n\r\none`,
      ['multipart/mixed', 'multipart/mixed', 'text/plain "one"'],
    ],
    [
      'an outer final boundary that ends all levels',
      `${multipart('o')}--o\r\n${multipart('i')}--i\r\n\r\none\r\n--o--\r\n--i\r\n\r\nnever\r\n`,
      ['multipart/mixed', 'multipart/mixed', 'text/plain "one"'],
    ],
    [
      'a final boundary without a line end',
      `${multipart('b')}--b\r\n\r\none\r\n--b--`,
      ['multipart/mixed', 'text/plain "one"'],
    ],
    [
      'empty bodies',
      `${multipart('b')}--b\r\n\r\n--b\r\n\r\n\r\n--b--\r\n`,
      ['multipart/mixed', 'text/plain ""', 'text/plain ""'],
    ],
    [
      'parts behind the final boundary',
      `${multipart('b')}--b\r\n\r\none\r\n--b--\r\n--b\r\n\r\ntwo\r\n--b--\r\n`,
      ['multipart/mixed', 'text/plain "one"'],
    ],
    [
      'a digest, whose parts are messages unless they say otherwise (RFC 2046 5.1.5)',
      `${multipart('b', 'digest')}--b\r\n\r\nFrom: a@x\r\n\r\none\r\n--b\r\nContent-Type: text/plain\r\n\r\ntwo\r\n--b--\r\n`,
      ['multipart/digest', 'message/rfc822 "From: a@x\\r\\n\\r\\none"', 'text/plain "two"'],
    ],
    [
      'an enclosed message, which is never opened',
      `${multipart('b')}--b\r\nContent-Type: message/rfc822\r\n\r\n${multipart('in')}--in\r\n\r\nx\r\n--in--\r\n--b--\r\n`,
      ['multipart/mixed', `message/rfc822 ${JSON.stringify(`${multipart('in')}--in\r\n\r\nx\r\n--in--`)}`],
    ],
    [
      'a message that is an enclosed message',
      'Content-Type: message/rfc822\r\n\r\nContent-Type: text/html\r\n\r\n<p>',
      ['message/rfc822 "Content-Type: text/html\\r\\n\\r\\n<p>"'],
    ],
    [
      'a boundary over continuations (RFC 2231)',
      'Content-Type: multipart/mixed; boundary*0=a; boundary*1=b\r\n\r\n--ab\r\n\r\none\r\n--ab--\r\n',
      ['multipart/mixed', 'text/plain "one"'],
    ],
  ];
  for (const [name, message, parts] of cases) test(name, () => assert.deepEqual(outline(message), parts));
});

describe('parts that readers may read in different ways are marked', () => {
  const one = '--b\r\n\r\none\r\n--b--\r\n';
  const cases: readonly (readonly [name: string, message: string, outline: readonly string[]])[] = [
    [
      'a delimiter directly behind a header line',
      `${multipart('b')}--b\r\nContent-Type: text/html\r\n--b\r\n\r\ntwo\r\n--b--\r\n`,
      ['multipart/mixed', '!text/html ""', 'text/plain "two"'],
    ],
    [
      'equal inner and outer boundaries',
      `${multipart('b')}--b\r\n${multipart('b')}--b\r\n\r\none\r\n--b--\r\n--b--\r\n`,
      ['multipart/mixed', '!multipart/mixed', '!text/plain "one"'],
    ],
    [
      'an encoded multipart (RFC 2045 6.4)',
      `Content-Transfer-Encoding: base64\r\n${multipart('b')}${one}`,
      ['!multipart/mixed', '!text/plain "one"'],
    ],
    [
      'a multipart without a boundary parameter',
      `Content-Type: multipart/mixed\r\n\r\n${one}`,
      [`!multipart/mixed ${JSON.stringify(one)}`],
    ],
    [
      'a multipart in which no delimiter is found',
      `${multipart('c')}${one}`,
      [`!multipart/mixed ${JSON.stringify(one)}`],
    ],
    [
      'two boundaries in one field',
      `Content-Type: multipart/mixed; boundary=b; boundary=c\r\n\r\n${one}`,
      ['!multipart/mixed', '!text/plain "one"'],
    ],
    [
      'two Content-Type fields',
      'Content-Type: text/plain\r\nContent-Type: text/html\r\n\r\nx',
      ['!text/plain "x"'],
    ],
    [
      'two transfer encodings',
      'Content-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: base64\r\n\r\nx',
      ['!text/plain "x"'],
    ],
    [
      'junk in the header of a part',
      `${multipart('b')}--b\r\njunk\r\n\r\none\r\n--b--\r\n`,
      ['multipart/mixed', '!text/plain "one"'],
    ],
    ['an unterminated quote', 'Content-Type: text/plain; charset="utf-8\r\n\r\nx', ['!text/plain "x"']],
  ];
  for (const [name, message, parts] of cases) test(name, () => assert.deepEqual(outline(message), parts));

  test('but not the same field twice, nor an identity encoding on a multipart', () => {
    assert.ok(!rootOf('Content-Type: text/html\r\nContent-Type: TEXT/html\r\n\r\nx').isOpaque);
    for (const encoding of ['7bit', '8bit', 'binary'])
      assert.ok(!rootOf(`Content-Transfer-Encoding: ${encoding}\r\n${multipart('b')}${one}`).isOpaque);
  });
});

describe('limits', () => {
  const { structureParts, structureDepth, headerLines, headerBlockBytes, boundaryLength } = limits.mail;
  const withParts = (parts: number): string =>
    `${multipart('b')}${'--b\r\n\r\nx\r\n'.repeat(parts - 1)}--b--\r\n`;
  const withDepth = (depth: number): string => {
    const opened = Array.from({ length: depth }, (_, level) => `${multipart(`b${level}.`)}--b${level}.\r\n`);
    return `${opened.join('')}\r\nx`;
  };
  const withHeader = (lines: number): string => `${'A: b\r\n'.repeat(lines)}\r\nx`;
  const withBytes = (size: number): string => `A: ${'x'.repeat(size - 5)}\r\n\r\nx`;
  const cases: readonly (readonly [name: string, make: (size: number) => string, limit: number])[] = [
    ['parts', withParts, structureParts],
    ['levels', withDepth, structureDepth],
    ['header lines', withHeader, headerLines],
  ];
  for (const [name, make, limit] of cases) {
    test(`${limit} ${name} are read, one more is over the limit`, () => {
      assert.equal(parseStructure(Buffer.from(make(limit))).kind, 'structure');
      assert.equal(parseStructure(Buffer.from(make(limit + 1))).kind, 'over-limit');
    });
  }

  test('a header just under the limit is read, one over it is over the limit', () => {
    assert.equal(parseStructure(Buffer.from(withBytes(headerBlockBytes - 2))).kind, 'structure');
    assert.equal(parseStructure(Buffer.from(withBytes(headerBlockBytes + 1))).kind, 'over-limit');
    const part = `${multipart('b')}--b\r\n${withBytes(headerBlockBytes + 1)}\r\n--b--\r\n`;
    assert.equal(parseStructure(Buffer.from(part)).kind, 'over-limit');
  });

  test('a boundary of the longest length opens a multipart, a longer one does not', () => {
    const message = (length: number): string => {
      const boundary = 'b'.repeat(length);
      return `${multipart(boundary)}--${boundary}\r\n\r\none\r\n--${boundary}--\r\n`;
    };
    assert.equal(rootOf(message(boundaryLength)).children.length, 1);
    assert.ok(rootOf(message(boundaryLength + 1)).isOpaque);
  });

  test('lines of dashes without end cost no more than others', () => {
    const start = performance.now();
    rootOf(`${multipart('b')}${'--\r\n--b\r'.repeat(300_000)}`);
    assert.ok(performance.now() - start < 4000);
  });
});

test('of a multipart the closing delimiter is known, or known to be missing', () => {
  const closed = `${multipart('b')}--b\r\n\r\none\r\n--b--\r\n`;
  assert.equal(rootOf(closed).closeStart, closed.indexOf('\r\n--b--'));
  assert.equal(rootOf(`${multipart('b')}--b\r\n\r\none\r\n`).closeStart, undefined);
});
