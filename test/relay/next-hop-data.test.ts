import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import fc from 'fast-check';
import { createDataWriter } from '../../src/relay/next-hop-data.ts';

const table: readonly (readonly [name: string, content: string, wire: string])[] = [
  ['whole lines go as they are', 'a\r\nb\r\n', 'a\r\nb\r\n.\r\n'],
  ['an open last line is closed', 'a', 'a\r\n.\r\n'],
  ['nothing at all is an empty message', '', '.\r\n'],
  ['a dot that opens a line is doubled', '.\r\n..\r\na.\r\n', '..\r\n...\r\na.\r\n.\r\n'],
  ['a bare LF before a dot ends no data', 'a\n.\r\nb', 'a\r\n..\r\nb\r\n.\r\n'],
  ['a bare LF on both sides of a dot ends no data', 'a\n.\nb', 'a\r\n..\r\nb\r\n.\r\n'],
  ['a bare CR before a dot ends no data', 'a\r.\r\nb', 'a\r\n..\r\nb\r\n.\r\n'],
  ['a bare CR at the very end is made whole', 'a\r', 'a\r\n.\r\n'],
  ['CR CR LF is two line ends', 'a\r\r\n.b', 'a\r\n\r\n..b\r\n.\r\n'],
];

/** The rule in other words: mend all line ends, then double the dots. */
function plainReading(content: string): string {
  const mended = content.replace(/\r\n|\r|\n/g, '\r\n');
  const closed = mended === '' || mended.endsWith('\r\n') ? mended : `${mended}\r\n`;
  return `${closed.replace(/^\./gm, '..')}.\r\n`;
}

function send(chunks: readonly Buffer[]): string {
  const writer = createDataWriter();
  return Buffer.concat([...chunks.map(writer.encode), writer.end()]).toString('latin1');
}

for (const [name, content, wire] of table) {
  test(`${name}: ${JSON.stringify(content)}`, () => {
    for (let cut = 0; cut <= content.length; cut++)
      assert.equal(send([Buffer.from(content.slice(0, cut)), Buffer.from(content.slice(cut))]), wire);
    assert.equal(send([...content].map(letter => Buffer.from(letter))), wire);
  });
}

test('any bytes in any pieces leave as lines, with one end of data and no bare line end', () => {
  const letter = fc.constantFrom('\r', '\n', '.', 'a', '\r\n', '\r\n.', '\0');
  fc.assert(
    fc.property(fc.array(fc.array(letter, { maxLength: 9 }), { maxLength: 9 }), pieces => {
      const chunks = pieces.map(piece => Buffer.from(piece.join('')));
      const wire = send(chunks);
      assert.equal(wire, plainReading(pieces.flat().join('')));
      assert.equal(wire.indexOf('\r\n.\r\n'), wire.length - 5 < 0 || wire === '.\r\n' ? -1 : wire.length - 5);
      assert.doesNotMatch(wire.replaceAll('\r\n', ''), /[\r\n]/);
    }),
    { numRuns: 2_000 },
  );
});

test('bytes that need no change are not copied', () => {
  const chunk = Buffer.from('From: a@contoso.com\r\n\r\nHello.\r\n');
  assert.equal(createDataWriter().encode(chunk).buffer, chunk.buffer);
});

test('ten megabytes of dots take no longer than a second', () => {
  const chunk = Buffer.from('.\r\n'.repeat(20_000));
  const writer = createDataWriter();
  const started = performance.now();
  for (let sent = 0; sent < 10_000_000; sent += chunk.length)
    assert.equal(writer.encode(chunk).length, 80_000);
  assert.ok(performance.now() - started < 1_000);
});
