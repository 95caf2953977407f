import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import { createIds } from '../../src/relay/ids.ts';

test('ids are twenty hex digits, each from random bytes that no other one has', () => {
  let made = 0;
  const random = (bytes: number) => {
    const block = Buffer.alloc(bytes);
    for (let at = 0; at + 10 <= bytes; at += 10) block.writeUInt32BE(++made, at + 6);
    return block;
  };
  const next = createIds(random);
  const ids = Array.from({ length: 1_000 }, next);
  assert.deepEqual(
    ids,
    ids.map((_, index) => (index + 1).toString(16).padStart(20, '0')),
  );
});
