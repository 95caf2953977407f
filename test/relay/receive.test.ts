import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import { Budget, type Reservation } from '../../src/relay/budget.ts';
import { type ReceiveOptions, receive } from '../../src/relay/receive.ts';

function reserveIn(budget: Budget, bytes = 1): Reservation {
  const reservation = budget.reserve(bytes);
  assert.ok(reservation);
  return reservation;
}

const options = (facts: Partial<ReceiveOptions> = {}): ReceiveOptions => ({
  reservation: reserveIn(new Budget(10_000_000)),
  sizeBytes: undefined,
  maxBytes: 5_000_000,
  signal: new AbortController().signal,
  ...facts,
});

const streamOf = (...chunks: readonly Buffer[]): PassThrough => {
  const stream = new PassThrough();
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  return stream;
};

test('any chunks, with a right, wrong or no announced size, make the message, inside what is reserved', async () => {
  const chunks = fc.array(fc.uint8Array({ maxLength: 30_000, minLength: 1 }), { maxLength: 12 });
  const property = fc.asyncProperty(chunks, fc.option(fc.nat(200_000)), async (arrays, announced) => {
    const budget = new Budget(10_000_000);
    const reservation = reserveIn(budget, Math.max(1, announced ?? 1));
    const wanted = Buffer.concat(arrays);
    const got = await receive(
      streamOf(...arrays.map(array => Buffer.from(array))),
      options({ reservation, sizeBytes: announced ?? undefined }),
    );
    assert.ok(got.kind === 'whole');
    assert.ok(got.bytes.equals(wanted));
    assert.equal(reservation.bytes, Math.max(got.bytes.buffer.byteLength, reservation.bytes));
    reservation.release();
    assert.equal(budget.reservedBytes, 0);
  });
  await fc.assert(property, { numRuns: 60 });
});

test('a message of the announced size is one allocation of memory that V8 counts', async () => {
  for (const size of [100, 1_000_000]) {
    const got = await receive(streamOf(Buffer.alloc(size, 'a')), options({ sizeBytes: size }));
    assert.ok(got.kind === 'whole');
    assert.ok(got.bytes.buffer instanceof ArrayBuffer);
    assert.equal(got.bytes.buffer.byteLength, size);
  }
});

test('while a buffer grows both are counted: twice and a half of a message is enough, and less is not', async () => {
  const chunks = Array.from({ length: 64 }, () => Buffer.alloc(16 * 1024, 'a'));
  const kindWithin = async (capacity: number) =>
    (await receive(streamOf(...chunks), options({ reservation: reserveIn(new Budget(capacity)) }))).kind;
  assert.equal(await kindWithin(64 * 16 * 1024 * 2.5), 'whole');
  assert.equal(await kindWithin(64 * 16 * 1024 * 1.5), 'no-memory');
});

test('what is too large or has no room is read to its end, and nothing of it stays reserved', async () => {
  for (const [kind, facts] of [
    ['too-large', { maxBytes: 50_000 }],
    ['no-memory', { reservation: reserveIn(new Budget(50_000)) }],
  ] as const) {
    const given = options(facts);
    const stream = streamOf(Buffer.alloc(40_000), Buffer.alloc(40_000), Buffer.alloc(40_000));
    assert.deepEqual(await receive(stream, given), { kind });
    assert.equal(stream.readableEnded, true);
    assert.equal(given.reservation.bytes, 0);
  }
});

test('a client that leaves settles it, and a late error of its stream harms nobody', async () => {
  const gone = new AbortController();
  const stream = new PassThrough();
  const received = receive(stream, options({ signal: gone.signal }));
  stream.write('half');
  gone.abort();
  assert.deepEqual(await received, { kind: 'gone' });
  stream.destroy(new Error('connection reset'));
  const broken = new PassThrough();
  const second = receive(broken, options());
  broken.destroy(new Error('connection reset'));
  assert.deepEqual(await second, { kind: 'gone' });
  const early = new PassThrough();
  early.destroy();
  assert.deepEqual(await receive(early, options()), { kind: 'gone' });
});
