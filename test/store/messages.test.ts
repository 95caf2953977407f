import assert from 'node:assert/strict';
import { insertMessages, type MessageEntry, type MessageSearch } from '../../src/store/messages.ts';
import type { Store } from '../../src/store/store.ts';
import { testStore } from '../support/store.ts';

const entry = (number: number, more: Partial<MessageEntry> = {}): MessageEntry => ({
  id: `m${String(number).padStart(5, '0')}`,
  tenantId: 'acme',
  // Two of each time, so that the order needs the id as well.
  at: 1_000 + Math.floor(number / 2),
  sender: number % 3 === 0 ? 'ada@acme.example' : 'bob@acme.example',
  recipients: [`r${number % 5}@x.example`, 'All@x.example'],
  reason: number % 4 === 0 ? 'calendar' : 'stamped',
  outcome: 'delivered',
  sizeBytes: 2_000,
  detail: { rules: ['r1'], stageMs: { decide: 0.5 } },
  ...more,
});

async function log({ database }: Store, entries: readonly MessageEntry[]) {
  await database.runBatch(insertMessages(database, entries));
}

async function allPages({ messages }: Store, search: MessageSearch, size: number) {
  const found: MessageEntry[] = [];
  for (let after: MessageEntry | undefined; ; ) {
    const page = await messages.searchMessages(search, { size, ...(after && { after }) });
    found.push(...page.entries);
    assert.ok(page.entries.length <= size);
    if (!page.next) return found;
    after = page.entries.at(-1);
  }
}

const numbers = Array.from({ length: 60 }, (_, index) => index);
const newestFirst = [...numbers].reverse();

const searches: { name: string; search: Partial<MessageSearch>; holds: (number: number) => boolean }[] = [
  { name: 'everything', search: {}, holds: () => true },
  { name: 'a time', search: { from: 1_005, until: 1_010 }, holds: number => number >= 10 && number < 20 },
  { name: 'a sender in any case', search: { sender: 'ADA@acme.example' }, holds: number => number % 3 === 0 },
  { name: 'a recipient', search: { recipient: 'r2@x.example' }, holds: number => number % 5 === 2 },
  { name: 'a recipient of all, in any case', search: { recipient: 'all@X.example' }, holds: () => true },
  { name: 'a reason', search: { reason: 'calendar' }, holds: number => number % 4 === 0 },
  { name: 'an id', search: { id: 'm00017' }, holds: number => number === 17 },
  {
    name: 'all of these',
    search: { sender: 'ada@acme.example', recipient: 'r0@x.example', reason: 'stamped', from: 1_003 },
    holds: number => number % 3 === 0 && number % 5 === 0 && number % 4 !== 0 && number >= 6,
  },
  { name: 'another tenant', search: { tenantId: 'other' }, holds: () => false },
];

testStore(
  'a search finds exactly what it names, newest first, in pages that neither repeat nor skip',
  async store => {
    await log(
      store,
      numbers.map(number => entry(number)),
    );
    for (const { name, search, holds } of searches)
      for (const size of [1, 7, 100]) {
        const found = await allPages(store, { tenantId: 'acme', ...search }, size);
        const wanted = newestFirst.filter(holds).map(number => entry(number));
        assert.deepEqual(found, wanted, `${name}, ${size} a page`);
      }
  },
);

testStore('the same entry twice is one', async store => {
  await log(store, [entry(1), entry(1)]);
  await log(store, [entry(1)]);
  assert.equal((await allPages(store, { tenantId: 'acme' }, 10)).length, 1);
  assert.deepEqual(await store.messages.findMessage('acme', 'm00001'), entry(1));
  assert.equal(await store.messages.findMessage('other', 'm00001'), undefined);
});

testStore(
  'retention removes what is older, with its recipients, and leaves other tenants alone',
  async store => {
    await log(store, [...numbers.map(number => entry(number)), entry(900, { tenantId: 'other', at: 1 })]);
    assert.equal(await store.messages.removeMessagesBefore('acme', 1_010), 20);
    assert.equal((await allPages(store, { tenantId: 'acme' }, 100)).length, 40);
    assert.equal((await allPages(store, { tenantId: 'acme', recipient: 'all@x.example' }, 100)).length, 40);
    assert.equal((await allPages(store, { tenantId: 'other' }, 100)).length, 1);
    assert.deepEqual(await store.messages.countReasons('acme', 1_010), { stamped: 30, calendar: 10 });
    const stopped = AbortSignal.abort();
    assert.equal(await store.messages.removeMessagesBefore('acme', 9_999, stopped), 0);
  },
);
