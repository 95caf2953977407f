import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createShardedMap } from '../../src/directory/sharded-map.ts';

test('any sequence of changes leaves what a Map holds', () => {
  const key = fc.oneof(
    fc.string({ maxLength: 3 }),
    fc.constantFrom('__proto__', 'constructor', 'a'.repeat(100)),
  );
  const change = fc.tuple(key, fc.option(fc.nat()));
  fc.assert(
    fc.property(fc.array(change, { maxLength: 200 }), changes => {
      const [sharded, plain] = [createShardedMap<number>(), new Map<string, number>()];
      for (const [name, value] of changes) {
        if (value === null) plain.delete(name);
        else plain.set(name, value);
        if (value === null) sharded.delete(name);
        else sharded.set(name, value);
      }
      assert.equal(sharded.size(), plain.size);
      assert.deepEqual([...sharded.values()].sort(), [...plain.values()].sort());
      for (const [name] of changes) {
        assert.equal(sharded.get(name), plain.get(name));
        assert.equal(sharded.has(name), plain.has(name));
      }
    }),
  );
});
