/** Un-stuffing against a reference that sees everything at once, in every segmentation. */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import fc from 'fast-check';
import { DataMode } from '../../src/relay/data-mode.ts';

type Outcome = { readonly content: string; readonly rest: string | undefined };

/** RFC 5321 4.5.2 on a whole stream: the CRLF of the DATA line stands in front of it. */
function reference(wire: string): Outcome {
  const stream = `\r\n${wire}`;
  const end = stream.indexOf('\r\n.\r\n');
  const data = end < 0 ? stream : stream.slice(0, end + 2);
  return {
    content: data.replaceAll('\r\n.', '\r\n').slice(2),
    rest: end < 0 ? undefined : stream.slice(end + 5),
  };
}

function takeAll(pieces: readonly string[]): Outcome {
  const data = new DataMode();
  let content = '';
  for (const [index, piece] of pieces.entries()) {
    const taken = data.take(Buffer.from(piece, 'latin1'));
    content += taken.content.toString('latin1');
    if (taken.kind === 'end') {
      return { content, rest: taken.rest.toString('latin1') + pieces.slice(index + 1).join('') };
    }
  }
  return { content, rest: undefined };
}

/** Every way to cut `text` in two, and all single bytes. */
function segmentations(text: string): readonly (readonly string[])[] {
  const cuts = Array.from({ length: text.length + 1 }, (_, at) => [text.slice(0, at), text.slice(at)]);
  return [...cuts, [...text]];
}

/** All sequences of these five bytes up to a length hold every way in which an end may be missed or made up. */
function* sequences(length: number): Generator<string> {
  if (length === 0) yield '';
  else for (const rest of sequences(length - 1)) for (const byte of '.\r\na\0') yield byte + rest;
}

test('every sequence of dot, CR, LF, NUL and a letter up to six bytes means the same in all segmentations', () => {
  for (let length = 0; length <= 6; length++) {
    for (const text of sequences(length)) {
      // Ended, so that what is kept back for a next byte comes out.
      const wire = `${text}a\r\n.\r\nQUIT`;
      const wanted = reference(wire);
      const whole = takeAll([wire]);
      if (whole.content !== wanted.content || whole.rest !== wanted.rest)
        assert.deepEqual(whole, wanted, JSON.stringify(wire));
      const single = takeAll([...wire]);
      if (single.content !== wanted.content || single.rest !== wanted.rest)
        assert.deepEqual(single, wanted, JSON.stringify(wire));
    }
  }
});

const smuggling = [
  '\n.\n',
  '\n.\r\n',
  '\r.\r',
  '\r.\r\n',
  '\r\n.\n',
  '\r\n.\r',
  '\r\n\0.\r\n',
  '\r\n.\0\r\n',
  '\r\n.\r\0\n',
  '\r\n\0\r\n',
  '\r\r\n.\r\n',
  '\r\n..\r\n',
  '\r\n.\r\r\n',
];

for (const sequence of smuggling) {
  test(`${JSON.stringify(sequence)} is read the same in all segmentations`, () => {
    for (const start of ['', 'text', '..\r\n', '.']) {
      const wire = `${start}${sequence}MAIL FROM:<forged@contoso.com>\r\n.\r\nQUIT\r\n`;
      for (const pieces of segmentations(wire)) {
        assert.deepEqual(takeAll(pieces), reference(wire), JSON.stringify(pieces));
      }
    }
  });
}

test('any bytes, cut anywhere, give what the reference gives', () => {
  const bytes = fc.array(
    fc.constantFrom('.', '\r', '\n', '\r\n', '\r\n.', '\r\n..', 'a', '\0', 'long text '),
    {
      maxLength: 40,
    },
  );
  const property = fc.property(bytes, fc.array(fc.nat(20), { maxLength: 20 }), (parts, sizes) => {
    const wire = `${parts.join('')}\r\n.\r\nQUIT`;
    const pieces: string[] = [];
    let at = 0;
    for (const size of sizes) {
      pieces.push(wire.slice(at, at + size));
      at += size;
    }
    pieces.push(wire.slice(at));
    assert.deepEqual(takeAll(pieces), reference(wire));
  });
  fc.assert(property, { numRuns: 2_000 });
});

test('a chunk without a dot behind CRLF is passed as it is, not copied', () => {
  const data = new DataMode();
  data.take(Buffer.from('first'));
  const chunk = Buffer.from('line\r\nline.\n.line\r.\r\n');
  assert.equal(data.take(chunk).content, chunk);
});

test('ten megabytes of dot lines take less than half a second of CPU', () => {
  const chunk = Buffer.from('..\r\n'.repeat(16 * 1024));
  const data = new DataMode();
  const before = process.cpuUsage();
  for (let sent = 0; sent < 10 * 1024 * 1024; sent += chunk.length) data.take(chunk);
  const { user, system } = process.cpuUsage(before);
  assert.ok(user + system < 500_000, `${user + system} µs`);
});
