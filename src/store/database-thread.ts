/** The main thread's end of a database thread: requests out, answers back, in order. */
import type { StartWorker } from '../start-worker.ts';
import { StoreError, threadEnded } from './store-error.ts';
import type { Answer, Numbered, Opening, Request } from './worker-protocol.ts';

type Done = Exclude<Answer, { kind: 'failed' }>;

export type DatabaseThread = {
  /** Rejects with a `StoreError`. */
  readonly ask: (request: Request) => Promise<Done>;
  /** Whether it ended by itself: its calls fail from now on, and another one must take its place. */
  readonly hasEnded: () => boolean;
  /** Ends the thread after what was asked before; may be called again. */
  readonly close: () => Promise<void>;
};

type Waiting = { readonly resolve: (answer: Done) => void; readonly reject: (error: StoreError) => void };

/** Resolves when the database is open in its thread; rejects with a `StoreError`, and the thread has ended. */
export async function startDatabaseThread(start: StartWorker, opening: Opening): Promise<DatabaseThread> {
  const worker = start('store', opening);
  const waiting = new Map<number, Waiting>();
  let newest = 0;
  let ending: StoreError | undefined;
  let closing: Promise<void> | undefined;

  const ended = new Promise<void>(resolve => {
    const end = (reason: string) => {
      ending ??= new StoreError(reason, threadEnded);
      for (const { reject } of waiting.values()) reject(ending);
      waiting.clear();
      resolve();
    };
    worker.on('error', error => end(`the database thread failed: ${error}`));
    worker.on('exit', () => end('the database is closed'));
  });
  worker.on('message', ({ id, content }: Numbered<Answer>) => {
    const entry = waiting.get(id);
    waiting.delete(id);
    if (content.kind === 'failed') entry?.reject(new StoreError(content.message, content.code));
    else entry?.resolve(content);
  });

  const answerTo = (id: number) =>
    new Promise<Done>((resolve, reject) => {
      if (ending) reject(ending);
      else waiting.set(id, { resolve, reject });
    });

  function ask(content: Request) {
    const id = ++newest;
    const answer = answerTo(id);
    if (!ending) worker.postMessage({ id, content } satisfies Numbered<Request>);
    return answer;
  }

  async function close() {
    closing ??= ask({ kind: 'close' }).then(
      () => ended,
      () => ended,
    );
    await closing;
  }

  await answerTo(0);
  return { ask, hasEnded: () => ending !== undefined, close };
}
