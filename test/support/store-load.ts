/**
 * The store under load, for the proof and, smaller, for a test: a search over the whole log, a backup, an import of
 * people, and the recorder, all at once; and how long the main loop was held meanwhile.
 */
import { statSync } from 'node:fs';
import process from 'node:process';
import { systemClock } from '../../src/clock.ts';
import { createLog } from '../../src/log.ts';
import type { Person } from '../../src/signature/person.ts';
import { insertMessages, type MessageEntry } from '../../src/store/messages.ts';
import { createRecorder } from '../../src/store/recorder.ts';
import type { Store } from '../../src/store/store.ts';
import { type LoopFigures, watchLoop } from './loop-watch.ts';

export type Load = { readonly messages: number; readonly people: number; readonly groups: number };

export type Figures = {
  readonly importMs: number;
  readonly backupMs: number;
  readonly backupBytes: number;
  /** Each kind of search over the whole log: milliseconds of the slowest one while everything ran. */
  readonly searchMs: Readonly<Record<string, number>>;
  readonly recorded: number;
  readonly rssBeforeMb: number;
} & LoopFigures;

const entry = (number: number, at: number): MessageEntry => ({
  id: `${number.toString(16).padStart(8, '0')}${(Math.imul(number, 2_654_435_761) >>> 0).toString(16)}`,
  tenantId: 'acme',
  at,
  sender: `p${number % 5_000}@acme.example`,
  recipients: [`r${number % 20_011}@x.example`, `s${number % 997}@y.example`],
  personId: `p${number % 5_000}`,
  reason: ['stamped', 'stamped', 'stamped', 'calendar', 'no-text-part'][number % 5] ?? 'stamped',
  outcome: 'delivered',
  sizeBytes: 8_000 + (number % 1_000),
  detail: {
    rules: ['everyone', 'external'],
    signatures: ['standard'],
    stageMs: { decide: 0.4, handBack: 120 },
  },
});

export async function fillLog({ database }: Store, count: number) {
  for (let start = 0; start < count; start += 2_000) {
    const numbers = Array.from({ length: Math.min(2_000, count - start) }, (_, index) => start + index);
    await database.runBatch(
      insertMessages(
        database,
        numbers.map(number => entry(number, number * 100)),
      ),
    );
  }
}

function* manyPeople({ people, groups }: Load): Generator<Person> {
  for (let number = 0; number < people; number++)
    yield {
      id: `6f1d2c3b-0000-4000-8000-${String(number).padStart(12, '0')}`,
      kind: 'user',
      address: `person.${number}@acme.example`,
      aliases: [`p${number}@acme.example`, `person.${number}@acme.onmicrosoft.example`],
      fields: {
        displayName: `Person Number ${number}`,
        jobTitle: `Senior Tester ${number % 100}`,
        department: `Department ${number % 300}`,
        businessPhone: '+49 30 1234567',
        mobilePhone: '+49 170 1234567',
        streetAddress: 'Some Street 12',
        city: 'Berlin',
        country: 'Germany',
      },
      custom: { costCentre: String(number % 1_000) },
      groups: Array.from({ length: 10 }, (_, index) => `g${(number * 7 + index * 131) % groups}`),
    };
}

/** The log holds `load.messages` entries and the tenant `acme` exists. */
export async function runAtOnce(store: Store, load: Load, copy: string): Promise<Figures> {
  const rssBefore = process.memoryUsage.rss();
  const watch = watchLoop();
  const recorder = createRecorder({
    database: store.database,
    clock: systemClock,
    log: createLog('silent'),
  });
  let recorded = 0;
  const mail = setInterval(() => {
    for (let more = 0; more < 5; more++)
      recorder.recordMessage(entry(load.messages + ++recorded, systemClock.now()));
  }, 10);

  const groups = Array.from({ length: load.groups }, (_, index) => ({
    id: `g${index}`,
    name: `Group ${index}`,
  }));
  let isBusy = true;
  const searching = searchUntil(store, () => !isBusy);
  const [importMs, backupMs] = await Promise.all([
    timed(() => store.people.replacePeople('acme', 'csv', { people: manyPeople(load), groups })),
    timed(() => store.backUp(copy)),
  ]);
  isBusy = false;
  const searchMs = await searching;
  clearInterval(mail);
  const lost = await recorder.close();
  if (lost > 0) throw new Error(`${lost} log entries were lost`);
  const loop = watch.stop();
  return {
    importMs,
    backupMs,
    backupBytes: statSync(copy).size,
    searchMs,
    recorded,
    ...loop,
    rssBeforeMb: Math.round(rssBefore / 1e6),
  };
}

async function searchUntil({ messages }: Store, isOver: () => boolean) {
  const slowest: Record<string, number> = {};
  const acme = { tenantId: 'acme' };
  const searches: Record<string, () => Promise<unknown>> = {
    'newest 100': () => messages.searchMessages(acme, { size: 100 }),
    'one sender': () => messages.searchMessages({ ...acme, sender: 'p77@acme.example' }, { size: 100 }),
    'one recipient': () => messages.searchMessages({ ...acme, recipient: 's7@y.example' }, { size: 100 }),
    'a reason, deep page': () =>
      messages.searchMessages(
        { ...acme, reason: 'calendar' },
        { size: 100, after: { at: 5_000_000, id: 'z' } },
      ),
    'nobody has this sender': () =>
      messages.searchMessages({ ...acme, sender: 'x@y.example' }, { size: 100 }),
    'reasons counted over the whole log': () => messages.countReasons('acme', 0),
  };
  do
    for (const [name, search] of Object.entries(searches))
      slowest[name] = Math.max(slowest[name] ?? 0, await timed(search));
  while (!isOver());
  return slowest;
}

async function timed(work: () => Promise<unknown>) {
  const start = performance.now();
  await work();
  return Math.round(performance.now() - start);
}
