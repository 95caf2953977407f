/**
 * Lends database threads, one user at a time, in the order of asking. Further threads start only when all are lent. One that
 * ended by itself (an error nobody expected, memory) fails the calls that it had; another one takes its place.
 */
import type { DatabaseThread } from './database-thread.ts';
import { StoreError, threadEnded } from './store-error.ts';

export type ThreadPool = {
  /** Rejects with a `StoreError` when there is no thread and none can be started. */
  readonly take: () => Promise<DatabaseThread>;
  readonly give: (thread: DatabaseThread) => void;
  readonly close: () => Promise<void>;
};

export type ThreadPoolNeeds = {
  /** Open already. */
  readonly first: DatabaseThread;
  readonly open: () => Promise<DatabaseThread>;
  readonly most: number;
  /** Told of each thread that ended by itself. */
  readonly onLost?: (() => void) | undefined;
};

type Waiting = {
  readonly resolve: (thread: DatabaseThread) => void;
  readonly reject: (error: unknown) => void;
};

export function createThreadPool({ first, open, most, onLost }: ThreadPoolNeeds): ThreadPool {
  const all = new Set([first]);
  const idle = [first];
  const queue: Waiting[] = [];
  let opening = 0;
  let isClosed = false;

  async function take() {
    const free = nextIdle();
    if (free) return free;
    if (isClosed) throw new StoreError('the database is closed', threadEnded);
    const waiting = new Promise<DatabaseThread>((resolve, reject) => queue.push({ resolve, reject }));
    if (all.size + opening < most) void grow();
    return waiting;
  }

  function nextIdle() {
    for (let thread = idle.pop(); thread; thread = idle.pop()) {
      if (!thread.hasEnded()) return thread;
      lose(thread);
    }
    return undefined;
  }

  function lose(thread: DatabaseThread) {
    all.delete(thread);
    if (!isClosed) onLost?.();
  }

  /** A thread that cannot start (memory) is no failure as long as others serve. */
  async function grow() {
    opening++;
    const opened = await open().catch((error: unknown) => ({ error }));
    opening--;
    if (!('error' in opened)) {
      all.add(opened);
      if (isClosed) await opened.close();
      else give(opened);
    } else if (all.size + opening === 0) for (const { reject } of queue.splice(0)) reject(opened.error);
  }

  function give(thread: DatabaseThread) {
    if (thread.hasEnded()) {
      lose(thread);
      if (queue.length > 0 && !isClosed) void grow();
      return;
    }
    const next = queue.shift();
    if (next) next.resolve(thread);
    else idle.push(thread);
  }

  async function close() {
    isClosed = true;
    await Promise.all([...all].map(thread => thread.close()));
  }

  return { take, give, close };
}
