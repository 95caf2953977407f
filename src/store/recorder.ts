/**
 * Log entries and seats on their way to the database, off the message path. `record` only queues; a batch is written every
 * second at the latest, in one transaction, while mail flows on whatever the database says. Promised: what was recorded
 * before a batch is written with it, whole, or stays queued; after `kill -9` nothing is missing but what was recorded since
 * the last batch began to be written, which is one second and the time that one batch takes. While the database cannot be written the queue
 * grows up to its limit; then the oldest log entries go, counted and alerted. Seats are not dropped: there is one for a
 * person and month.
 */
import type { Clock } from '../clock.ts';
import { limits as allLimits } from '../limits.ts';
import type { Log } from '../log.ts';
import type { Database } from './database.ts';
import { insertSeats, type Seat } from './licences.ts';
import { insertMessages, type MessageEntry } from './messages.ts';

export type Recorder = {
  /** Never waits, never throws. */
  readonly recordMessage: (entry: MessageEntry) => void;
  readonly recordSeat: (seat: Seat) => void;
  /** For metrics and alerts. */
  readonly state: () => RecorderState;
  /** Writes what is queued, within `limits.recorder.closeMs`; resolves with how many entries were lost. */
  readonly close: () => Promise<number>;
};

export type RecorderState = {
  readonly queued: number;
  /** Log entries dropped because the queue was full, since the start. */
  readonly dropped: number;
  /** Since when batches fail, milliseconds since 1970-01-01 UTC. */
  readonly failingSince?: number;
};

export type RecorderNeeds = {
  readonly database: Pick<Database, 'runBatch' | 'write'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits?: RecorderLimits;
  /** Called when batches begin to fail, when entries are first dropped, and when all is well again. */
  readonly onChange?: (state: RecorderState) => void;
};

export type RecorderLimits = {
  readonly batchMs: number;
  readonly batchEntries: number;
  readonly queuedEntries: number;
  readonly closeMs: number;
};

export function createRecorder(needs: RecorderNeeds): Recorder {
  const { database, clock, log, limits = allLimits.recorder, onChange = () => {} } = needs;
  let messages: MessageEntry[] = [];
  const seats = new Map<string, Seat>();
  /** Seats known to be in the database: nearly every message is of a person seated long ago. */
  const seated = new Map<string, number>();
  let dropped = 0;
  let failingSince: number | undefined;
  let isDropping = false;
  let writing: Promise<boolean> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const state = (): RecorderState => ({
    queued: messages.length + seats.size,
    dropped,
    ...(failingSince === undefined ? {} : { failingSince }),
  });

  function recordMessage(entry: MessageEntry) {
    messages.push(entry);
    if (messages.length > limits.queuedEntries) dropOldest();
    arm();
  }

  function recordSeat(seat: Seat) {
    const key = JSON.stringify([seat.tenantId, seat.month, seat.personId]);
    const known = seats.get(key)?.firstAt ?? seated.get(key) ?? Number.POSITIVE_INFINITY;
    if (seat.firstAt >= known) return;
    seats.set(key, seat);
    arm();
  }

  /** A tenth at once: moving the rest for every single entry would cost more than the mail. */
  function dropOldest() {
    const count = Math.ceil(limits.queuedEntries / 10);
    messages = messages.slice(count);
    dropped += count;
    if (isDropping) return;
    isDropping = true;
    log.error({ dropped }, 'the database cannot be written: the oldest log entries are dropped');
    onChange(state());
  }

  function arm() {
    if (isClosed) return;
    timer ??= setTimeout(tick, limits.batchMs);
  }

  async function tick() {
    await flush();
    timer = undefined;
    if (messages.length + seats.size > 0) arm();
  }

  /** One batch after the other until the queue is empty or one fails. True when it is empty. */
  function flush(): Promise<boolean> {
    writing ??= writeAll().finally(() => {
      writing = undefined;
    });
    return writing;
  }

  async function writeAll() {
    while (messages.length + seats.size > 0) if (!(await writeBatch())) return false;
    return true;
  }

  async function writeBatch() {
    const batch = messages.slice(0, limits.batchEntries);
    const seatBatch = [...seats].slice(0, limits.batchEntries);
    try {
      const parts = [
        ...insertMessages(database, batch),
        ...insertSeats(
          database,
          seatBatch.map(([, seat]) => seat),
        ),
      ];
      await database.runBatch(parts);
    } catch (error) {
      return fail(error);
    }
    // Entries may have been dropped meanwhile: what was written is taken out by identity.
    const written = new Set(batch);
    messages = messages.filter(entry => !written.has(entry));
    for (const [key, seat] of seatBatch) {
      seated.set(key, seat.firstAt);
      if (seats.get(key) === seat) seats.delete(key);
    }
    return succeed();
  }

  function fail(error: unknown) {
    if (failingSince === undefined) {
      failingSince = clock.now();
      log.error(
        { error: String(error) },
        'log entries cannot be written; mail flows on and they wait in memory',
      );
      onChange(state());
    }
    return false;
  }

  function succeed() {
    if (seated.size > allLimits.recorder.rememberedSeats) seated.clear();
    if (failingSince === undefined && !isDropping) return true;
    failingSince = undefined;
    isDropping = false;
    log.info({ dropped }, 'log entries are written again');
    onChange(state());
    return true;
  }

  async function close() {
    isClosed = true;
    clearTimeout(timer);
    let giveUp: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>(resolve => {
      giveUp = setTimeout(() => resolve(false), limits.closeMs);
    });
    // A batch may be on its way with less than everything: the second flush takes the rest.
    await Promise.race([flush().then(flush), late]);
    clearTimeout(giveUp);
    return messages.length + seats.size;
  }

  return { recordMessage, recordSeat, state, close };
}
