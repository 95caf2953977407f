import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type LedgerFiles, openLedger } from '../../src/relay/ledger.ts';
import { silentLog } from '../support/hand-back.ts';
import { createHandTime } from '../support/relay.ts';

const disk: LedgerFiles = { readFile, open, rename };
const root = await mkdtemp(join(tmpdir(), 'signet-ledger-'));
const opened: { readonly close: () => Promise<void> }[] = [];
after(async () => {
  await Promise.all(opened.map(ledger => ledger.close()));
  await rm(root, { recursive: true });
});

const key = (word: string) => createHash('sha256').update(word).digest('base64url');

const ledgerLimits = { ledgerMs: 1_000, ledgerRecordMs: 100, ledgerEntries: 5_000 };

async function newFolder() {
  return mkdtemp(join(root, 'case-'));
}

async function start(folder: string, files: LedgerFiles = disk, time = createHandTime()) {
  const alerts: string[] = [];
  const ledger = await openLedger({
    folder,
    files,
    clock: time.clock,
    timers: time.timers,
    log: silentLog,
    alert: ({ code }) => alerts.push(code),
    limits: ledgerLimits,
  });
  opened.push(ledger);
  return { ledger, alerts, time };
}

async function known(
  ledger: { accepted: (keys: readonly string[]) => Promise<ReadonlySet<string>> },
  ...words: string[]
) {
  const found = await ledger.accepted(words.map(key));
  return words.filter(word => found.has(key(word)));
}

test('what is recorded is there after a restart', async () => {
  const folder = await newFolder();
  const first = await start(folder);
  assert.ok(first.ledger.isEmpty());
  await first.ledger.record([key('a'), key('b')]);
  await first.ledger.record([key('c')]);
  // No close: the process is killed here.
  const second = await start(folder);
  assert.deepEqual(await known(second.ledger, 'a', 'b', 'c', 'd'), ['a', 'b', 'c']);
  assert.ok(!second.ledger.isEmpty());
});

test('entries are forgotten after their time, in memory and on disk', async () => {
  const folder = await newFolder();
  const { ledger, time } = await start(folder);
  await ledger.record([key('a')]);
  time.pass(600);
  await ledger.record([key('b')]);
  time.pass(500);
  assert.deepEqual(await known(ledger, 'a', 'b'), ['b']);
  await ledger.close();
  const later = await start(folder, disk, time);
  assert.deepEqual(await known(later.ledger, 'a', 'b'), ['b']);
  assert.equal((await readFile(join(folder, 'ledger'), 'latin1')).split('\n').length, 2);
});

test('a clock that is set forwards or backwards by days changes nothing of what is remembered, nor for how long', async () => {
  const time = createHandTime();
  let offset = 0;
  const jumping = { ...time, clock: { now: () => time.clock.now() + offset, elapsed: time.clock.elapsed } };
  const { ledger } = await start(await newFolder(), disk, jumping);
  await ledger.record([key('a')]);
  for (const jump of [5_000, 100_000, -100_000]) {
    offset = jump;
    assert.deepEqual(await known(ledger, 'a'), ['a']);
  }
  await ledger.record([key('b')]);
  time.pass(600);
  assert.deepEqual(await known(ledger, 'a', 'b'), ['a', 'b']);
  time.pass(500);
  assert.deepEqual(await known(ledger, 'a', 'b'), []);
});

test('an entry that the file dates from the future is kept as one of now', async () => {
  const folder = await newFolder();
  const time = createHandTime();
  await writeFile(join(folder, 'ledger'), `${time.clock.now() + 1_000_000} ${key('a')}\n`);
  const { ledger } = await start(folder, disk, time);
  assert.deepEqual(await known(ledger, 'a'), ['a']);
  time.pass(1_100);
  assert.deepEqual(await known(ledger, 'a'), []);
});

test('a torn last line is none, and the next entry does not continue it', async () => {
  const folder = await newFolder();
  const { ledger } = await start(folder);
  await ledger.record([key('a'), key('b')]);
  await ledger.close();
  const whole = await readFile(join(folder, 'ledger'), 'latin1');
  for (let cut = whole.length - 50; cut < whole.length; cut++) {
    await writeFile(join(folder, 'ledger'), whole.slice(0, cut));
    const again = await start(folder);
    await again.ledger.record([key('c')]);
    await again.ledger.close();
    const last = await start(folder);
    assert.deepEqual((await known(last.ledger, 'a', 'c')).join(), 'a,c');
    await last.ledger.close();
  }
});

test('foreign lines and binary rubbish are no entries', async () => {
  const folder = await newFolder();
  await writeFile(join(folder, 'ledger'), Buffer.from([0, 255, 10, 49, 10, 13, 10]));
  const { ledger, alerts } = await start(folder);
  assert.ok(ledger.isEmpty());
  assert.deepEqual(alerts, []);
});

test('a file of many old entries is written anew while it grows', async () => {
  const folder = await newFolder();
  const { ledger, time } = await start(folder);
  for (let round = 0; round < 8; round++) {
    await ledger.record(Array.from({ length: 400 }, (_, index) => key(`${round}/${index}`)));
    time.pass(990);
    ledger.isEmpty();
  }
  const lines = (await readFile(join(folder, 'ledger'), 'latin1')).split('\n');
  assert.ok(lines.length < 2_600, `${lines.length} lines`);
  assert.equal((await known(ledger, '7/0', '7/399')).length, 2);
});

test('records at the same time share the disk and are all there', async () => {
  const folder = await newFolder();
  const { ledger } = await start(folder);
  await Promise.all(Array.from({ length: 50 }, (_, index) => ledger.record([key(`${index}`)])));
  const again = await start(folder);
  assert.equal(
    (await known(again.ledger, ...Array.from({ length: 50 }, (_, index) => `${index}`))).length,
    50,
  );
});

/** Every call of the file system in its turn fails once. */
const calls = ['open', 'appendFile', 'datasync', 'sync', 'close', 'rename', 'readFile'] as const;

function failing(
  call: (typeof calls)[number],
  nth: number,
): LedgerFiles & { readonly isDone: () => boolean } {
  let count = 0;
  const step = <Value>(name: string, run: () => Promise<Value>): Promise<Value> =>
    name === call && ++count === nth
      ? Promise.reject(Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' }))
      : run();
  return {
    isDone: () => count >= nth,
    readFile: (path, encoding) => step('readFile', () => readFile(path, encoding)),
    rename: (from, to) => step('rename', () => rename(from, to)),
    open: (path, flags, mode) =>
      step('open', async () => {
        const handle = await open(path, flags, mode);
        return {
          appendFile: text => step('appendFile', () => handle.appendFile(text)),
          datasync: () => step('datasync', () => handle.datasync()),
          sync: () => step('sync', () => handle.sync()),
          close: async () => {
            await handle.close();
            await step('close', () => Promise.resolve());
          },
        };
      }),
  };
}

for (const call of calls) {
  test(`whenever ${call} fails, entries stay in memory, the next recording saves them, and nothing throws`, async () => {
    for (let nth = 1; nth < 8; nth++) {
      const folder = await newFolder();
      const before = await start(folder);
      await before.ledger.record([key('old')]);
      await before.ledger.close();
      const files = failing(call, nth);
      const { ledger, alerts } = await start(folder, files);
      await ledger.record([key('a')]);
      await ledger.record([key('b')]);
      if (!(call === 'readFile' && files.isDone())) assert.deepEqual(await known(ledger, 'old'), ['old']);
      assert.deepEqual(await known(ledger, 'a', 'b'), ['a', 'b']);
      assert.ok(alerts.length <= 1);
      await ledger.record([key('c')]);
      // The nth call may have been the one for `c`.
      await ledger.record([key('d')]);
      await ledger.close();
      const after = await start(folder);
      assert.deepEqual(await known(after.ledger, 'a', 'b', 'c'), ['a', 'b', 'c'], `${call} ${nth}`);
      await after.ledger.close();
      if (!files.isDone()) return;
    }
  });
}

test('a full disk raises one alert, and one more after it had room in between', async () => {
  let isFull = true;
  const files: LedgerFiles = {
    ...disk,
    open: (path, flags, mode) => (isFull ? Promise.reject(new Error('ENOSPC')) : open(path, flags, mode)),
  };
  const { ledger, alerts } = await start(await newFolder(), files);
  await ledger.record([key('a')]);
  await ledger.record([key('b')]);
  assert.deepEqual(alerts, ['SIGNET_LEDGER_UNWRITABLE']);
  isFull = false;
  await ledger.record([key('c')]);
  await ledger.close();
  isFull = true;
  await ledger.record([key('d')]);
  assert.equal(alerts.length, 2);
});

test('a disk that hangs holds no reply back for longer than its time', async () => {
  const files: LedgerFiles = { ...disk, open: () => new Promise(() => {}) };
  const { ledger, alerts, time } = await start(await newFolder(), files);
  opened.pop();
  const recorded = ledger.record([key('a')]);
  time.pass(ledgerLimits.ledgerRecordMs);
  await recorded;
  assert.deepEqual(await known(ledger, 'a'), ['a']);
  assert.equal(alerts.length, 1);
});

test('beyond the limit the oldest entries go', async () => {
  const { ledger } = await start(await newFolder());
  await ledger.record(Array.from({ length: 5_010 }, (_, index) => key(`${index}`)));
  assert.deepEqual(await known(ledger, '0', '9', '10', '5009'), ['10', '5009']);
});
