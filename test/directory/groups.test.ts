import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createMemberships } from '../../src/directory/groups.ts';
import { limits } from '../../src/limits.ts';
import { group } from '../support/people.ts';

test('nested groups are found, nearest first, each once', () => {
  const { of } = createMemberships([
    group('team', ['unit']),
    group('unit', ['firm', 'all']),
    group('firm', ['all']),
    group('all'),
    group('other', ['all']),
  ]);
  assert.deepEqual(of(['team']), ['team', 'unit', 'firm', 'all']);
  assert.deepEqual(of(['other', 'team']), ['team', 'other', 'unit', 'all', 'firm']);
});

test('cycles, self-membership and unknown groups are survived', () => {
  const { of } = createMemberships([
    group('a', ['b']),
    group('b', ['c', 'gone']),
    group('c', ['a']),
    group('d', ['d']),
  ]);
  assert.deepEqual(of(['a']), ['a', 'b', 'c']);
  assert.deepEqual(of(['d', 'nowhere']), ['d']);
  assert.deepEqual(of([]), []);
});

test('people in the same groups share one list', () => {
  const { of } = createMemberships([group('a', ['b']), group('b')]);
  assert.equal(of(['a', 'b']), of(['b', 'a', 'a']));
});

test('a chain beyond the limit is cut at its far end and counted', () => {
  const chain = Array.from({ length: 5_000 }, (_, index) => group(`g${index}`, [`g${index + 1}`]));
  const memberships = createMemberships(chain);
  assert.equal(memberships.of(['g0']).length, limits.directory.groupsPerPerson);
  assert.equal(memberships.of(['g0'])[0], 'g0');
  assert.equal(memberships.of(['g4000']).length, 1_000);
  assert.equal(memberships.cut(), 1);
});

test('any graph: the same groups as Warshall finds', () => {
  const size = 12;
  const edges = fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 40 });
  fc.assert(
    fc.property(edges, fc.uniqueArray(fc.nat(size - 1)), (pairs, direct) => {
      const reach = Array.from({ length: size }, (_, from) =>
        Array.from(
          { length: size },
          (_, to) => from === to || pairs.some(([a, b]) => a === from && b === to),
        ),
      );
      for (let via = 0; via < size; via++)
        for (const row of reach)
          if (row[via]) for (let to = 0; to < size; to++) row[to] ||= reach[via]?.[to] ?? false;
      const want = new Set(direct.flatMap(from => [...Array(size).keys()].filter(to => reach[from]?.[to])));
      const groups = Array.from({ length: size }, (_, from) =>
        group(
          `g${from}`,
          pairs.filter(([a]) => a === from).map(([, b]) => `g${b}`),
        ),
      );
      const found = createMemberships(groups).of(direct.map(index => `g${index}`));
      assert.deepEqual([...found].sort(), [...want].map(index => `g${index}`).sort());
    }),
  );
});
