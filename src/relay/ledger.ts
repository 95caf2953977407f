/**
 * The ledger: which recipients have their mail although the previous hop was told to send the message again. An append-only
 * file, synced before a recording ends, mirrored in memory, kept for 48 hours. It holds keys only (ledger-key.ts).
 *
 * It may forget, never invent: a lost entry is a duplicate, a wrong one would be a loss. So a torn line counts as none,
 * a disk that fails or is slow leaves the entry in memory and raises an alert, and nothing here ever throws at the mail.
 */
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Problem } from '../problem.ts';
import type { Ledger } from './hand-back.ts';
import type { Timers } from './server-deadline.ts';

export type LedgerHandle = {
  readonly appendFile: (text: string) => Promise<void>;
  readonly datasync: () => Promise<void>;
  readonly sync: () => Promise<void>;
  readonly close: () => Promise<void>;
};

/** The part of `node:fs/promises` that is used. */
export type LedgerFiles = {
  readonly readFile: (path: string, encoding: 'latin1') => Promise<string>;
  readonly open: (path: string, flags: 'a' | 'w' | 'r', mode?: number) => Promise<LedgerHandle>;
  readonly rename: (from: string, to: string) => Promise<void>;
};

export type LedgerDependencies = {
  readonly folder: string;
  readonly files: LedgerFiles;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  /** Told once when the file cannot be written, and again after it could in between. */
  readonly alert: (problem: Problem) => void;
  readonly limits: {
    readonly ledgerMs: number;
    readonly ledgerRecordMs: number;
    readonly ledgerEntries: number;
  };
};

export type FileLedger = Ledger & {
  /** Entries, for metrics. */
  readonly size: () => number;
  readonly close: () => Promise<void>;
};

/** Lines of expired and repeated entries that a file may hold beside the living before it is written anew. */
const slack = 1_000;

/** Reads what is there. Never rejects: without a readable file the ledger starts empty. */
export async function openLedger(dependencies: LedgerDependencies): Promise<FileLedger> {
  const { folder, files, clock, timers, log, alert, limits } = dependencies;
  const path = `${folder}/ledger`;
  /**
   * Key to its entry, oldest first. `at` is for the file; `until` counts on the clock that nobody sets: a machine whose time
   * jumps by days must not forget who has the mail.
   */
  const entries = new Map<string, { readonly at: number; readonly until: number }>();
  let unsaved: string[] = [];
  let lineCount = 0;
  let handle: LedgerHandle | undefined;
  let isInTrouble = false;
  // A failed write may have left half a line, which the next one must not continue.
  let isLineOpen = true;
  let work: Promise<void> = Promise.resolve();

  await load();
  return {
    size: () => entries.size,
    isEmpty: () => {
      forgetOld();
      return entries.size === 0;
    },
    accepted: keys => {
      forgetOld();
      return Promise.resolve(new Set(keys.filter(key => entries.has(key))));
    },
    record,
    close: async () => {
      await withinTime(work, () => undefined);
      const open = handle;
      handle = undefined;
      await open?.close().catch(() => undefined);
    },
  };

  async function load() {
    try {
      for (const { key, at } of readLines(await files.readFile(path, 'latin1'))) remember(key, at);
      forgetOld();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') report(error);
    }
    if (entries.size > 0) await guarded(rewrite);
  }

  /** Ends within `ledgerRecordMs`, on disk or not. */
  function record(keys: readonly string[]): Promise<void> {
    const at = clock.now();
    for (const key of keys) remember(key, at);
    unsaved.push(...keys);
    work = work.then(() => guarded(save));
    return withinTime(work, () => report(new Error('the disk is too slow')));
  }

  function withinTime(done: Promise<void>, onLate: () => void): Promise<void> {
    return new Promise(end => {
      const disarm = timers.after(limits.ledgerRecordMs, () => {
        onLate();
        end();
      });
      void done.then(() => {
        disarm();
        end();
      });
    });
  }

  /** Everything that is not on disk, in one write: what waited for the write before shares it. */
  async function save() {
    const keys = unsaved.slice();
    if (keys.length === 0) return;
    const text = keys.map(key => lineOf(key, entries.get(key)?.at ?? clock.now())).join('');
    handle ??= await files.open(path, 'a', 0o600);
    await handle.appendFile(isLineOpen ? `\n${text}` : text);
    await handle.datasync();
    isLineOpen = false;
    unsaved = unsaved.slice(keys.length);
    lineCount += keys.length;
    if (lineCount > 2 * entries.size + slack) await rewrite();
  }

  /** The living entries into a new file, which then takes the place of the old one (write, sync, rename, sync). */
  async function rewrite() {
    const text = [...entries].map(([key, { at }]) => lineOf(key, at)).join('');
    const fresh = await files.open(`${path}.new`, 'w', 0o600);
    try {
      await fresh.appendFile(text);
      await fresh.sync();
    } finally {
      await fresh.close();
    }
    await files.rename(`${path}.new`, path);
    const old = handle;
    handle = undefined;
    await old?.close();
    lineCount = entries.size;
    isLineOpen = false;
    await syncFolder();
  }

  async function syncFolder() {
    const opened = await files.open(folder, 'r');
    try {
      await opened.sync();
    } finally {
      await opened.close();
    }
  }

  async function guarded(step: () => Promise<void>) {
    try {
      await step();
      isInTrouble = false;
    } catch (error) {
      isLineOpen = true;
      const broken = handle;
      handle = undefined;
      await broken?.close().catch(() => undefined);
      report(error);
    }
  }

  function report(error: unknown) {
    if (isInTrouble) return;
    isInTrouble = true;
    log.error({ error }, 'the ledger cannot be written');
    alert({
      code: 'SIGNET_LEDGER_UNWRITABLE',
      sentence: `the ledger in ${folder} cannot be written: mail flows on, but a restart may deliver some twice; free space there or make it writable.`,
    });
  }

  function remember(key: string, at: number) {
    // Behind the others: the map is in the order of time. What the file dates from the future was written just now.
    entries.delete(key);
    const age = Math.max(0, clock.now() - at);
    entries.set(key, { at, until: clock.elapsed() + limits.ledgerMs - age });
  }

  function forgetOld() {
    const now = clock.elapsed();
    for (const [key, { until }] of entries) {
      if (until > now && entries.size <= limits.ledgerEntries) return;
      entries.delete(key);
    }
  }
}

function lineOf(key: string, at: number): string {
  return `${at} ${key}\n`;
}

/** Whole lines only; a torn or foreign one is none. */
function readLines(text: string): readonly { readonly key: string; readonly at: number }[] {
  return text.split('\n').flatMap(line => {
    const found = /^(\d{1,16}) ([\w-]{43})$/.exec(line);
    return found ? [{ key: found[2] ?? '', at: Number(found[1]) }] : [];
  });
}
