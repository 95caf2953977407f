/** Lends database threads, one user at a time, in the order of asking. Further threads start only when all are lent. */
import type { DatabaseThread } from './database-thread.ts';

export type ThreadPool = {
  readonly take: () => Promise<DatabaseThread>;
  readonly give: (thread: DatabaseThread) => void;
  readonly close: () => Promise<void>;
};

/** `first` is open already; `open` starts another one, up to `most` of them. */
export function createThreadPool(
  first: DatabaseThread,
  open: () => Promise<DatabaseThread>,
  most: number,
): ThreadPool {
  const all = new Set([first]);
  const idle = [first];
  const queue: ((thread: DatabaseThread) => void)[] = [];
  let opening = 0;

  async function take() {
    const free = idle.pop();
    if (free) return free;
    if (all.size + opening < most) await grow();
    return idle.pop() ?? new Promise<DatabaseThread>(resolve => queue.push(resolve));
  }

  /** A thread that cannot start (memory) is no failure: the others serve. */
  async function grow() {
    opening++;
    const thread = await open().catch(() => undefined);
    opening--;
    if (!thread) return;
    all.add(thread);
    give(thread);
  }

  function give(thread: DatabaseThread) {
    const next = queue.shift();
    if (next) next(thread);
    else idle.push(thread);
  }

  async function close() {
    await Promise.all([...all].map(thread => thread.close()));
  }

  return { take, give, close };
}
