import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import fc from 'fast-check';
import { limits } from '../../src/limits.ts';
import { bareLineEnd } from '../../src/mail/lines.ts';
import { settleLineEnds } from '../../src/relay/settle-line-ends.ts';

const settle = (message: string) => settleLineEnds(Buffer.from(message, 'latin1'));

test('a bare CR, a bare LF or a NUL in the header is refused', async () => {
  const messages = [
    ...[
      'A: b\nC: d\r\n\r\nhi\r\n',
      'A: b\rC: d\r\n\r\nhi\r\n',
      'A: b\0\r\n\r\nhi\r\n',
      '\nA: b\r\n\r\n',
      'A: b\r\n\n',
    ],
    ...['A: b\r\r\n\r\nhi\r\n', 'A: b\n\nhi\n', 'A: b\r\n\r', '\r', '\n', '\0', 'A: b\r\n.\n.\r\n\r\n'],
  ];
  for (const message of messages) {
    const settled = await settle(message);
    assert.equal(settled.kind, 'refused', JSON.stringify(message));
    if (settled.kind === 'refused')
      assert.match(`${settled.reply.code} ${settled.reply.text}`, /^550 5\.6\.0 /);
  }
});

test('in a body bare line ends become CRLF and are counted, and a NUL passes', async () => {
  const cases: readonly (readonly [body: string, out: string, mended: number])[] = [
    ['', '', 0],
    ['hi\r\n', 'hi\r\n', 0],
    ['a\nb\r\n', 'a\r\nb\r\n', 1],
    ['a\rb\r\n', 'a\r\nb\r\n', 1],
    ['a\r\r\nb', 'a\r\n\r\nb', 1],
    ['a\n\rb', 'a\r\n\r\nb', 2],
    ['a\n.\n', 'a\r\n.\r\n', 2],
    ['a\r', 'a\r\n', 1],
    ['a\0b\r\n', 'a\0b\r\n', 0],
    ['\r', '\r\n', 1],
    ['\n', '\r\n', 1],
  ];
  for (const [body, out, mended] of cases) {
    const settled = await settle(`A: b\r\n\r\n${body}`);
    assert.ok(settled.kind === 'settled', JSON.stringify(body));
    assert.equal(settled.bytes.toString('latin1'), `A: b\r\n\r\n${out}`);
    assert.equal(settled.mended, mended);
  }
});

test('what is sound comes back as it is', async () => {
  const sound = Buffer.from('A: b\r\n\r\nhi\r\n');
  assert.deepEqual(await settleLineEnds(sound), { kind: 'settled', bytes: sound, mended: 0 });
});

test('the border of a step is no place to hide', async () => {
  const border = limits.surgery.stepBytes;
  for (const offset of [-2, -1, 0, 1]) {
    for (const [piece, mended] of [
      ['\r', 1],
      ['\n', 1],
      ['\r\n', 0],
      ['\n\r', 2],
    ] as const) {
      const message = Buffer.alloc(border * 2, 'x');
      message.write('A: b\r\n\r\n');
      message.write(piece, border + offset, 'latin1');
      const settled = await settleLineEnds(message);
      assert.ok(settled.kind === 'settled');
      assert.equal(settled.mended, mended);
      assert.equal(settled.bytes.length, message.length + mended);
      assert.equal(bareLineEnd(settled.bytes, 0), -1);
    }
  }
});

test('whatever comes, what goes on has CRLF line ends only, and other bytes are kept', async () => {
  const piece = fc.constantFrom('\r', '\n', '\r\n', '\r\n\r\n', 'A: b', '.', '\0', ' ');
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async pieces => {
      const message = pieces.join('');
      const settled = await settle(message);
      if (settled.kind === 'refused') return;
      const out = settled.bytes.toString('latin1');
      assert.equal(bareLineEnd(settled.bytes, 0), -1);
      assert.equal(out, message.replace(/\r\n|\r|\n/g, '\r\n'));
    }),
    { numRuns: 2_000 },
  );
});
