/**
 * One surgeon's thread as the main thread sees it: a question, an answer. It is started with the first question and keeps
 * the process alive only while one is open.
 */
import type { Worker } from 'node:worker_threads';
import type { StartWorker } from '../start-worker.ts';
import type { Answer, Request } from './surgeon-protocol.ts';

export type SurgeonThread = {
  /** One question at a time. Rejects when the thread ends before its answer. */
  readonly ask: (request: Request) => Promise<Answer>;
  /** At once, in the middle of any computation. The next question starts another thread. */
  readonly end: () => Promise<void>;
};

type Asker = { readonly resolve: (answer: Answer) => void; readonly reject: (error: Error) => void };

export function createSurgeonThread(startWorker: StartWorker, heapMiB: number): SurgeonThread {
  let worker: Worker | undefined;
  let asker: Asker | undefined;

  function start(): Worker {
    const started = startWorker('surgeon', undefined, { maxOldGenerationSizeMb: heapMiB });
    // What is said of a thread that was given up concerns nobody any more.
    const settle = (tell: (asking: Asker) => void): void => {
      if (worker !== started) return;
      const asking = asker;
      asker = undefined;
      started.unref();
      if (asking) tell(asking);
    };
    const fail = (error: Error): void =>
      settle(({ reject }) => {
        worker = undefined;
        reject(error);
      });
    started.on('message', (answer: Answer) => settle(({ resolve }) => resolve(answer)));
    started.on('error', fail);
    started.on('messageerror', fail);
    started.on('exit', code => {
      fail(new Error(`the surgeon's thread ended by itself with code ${code}`));
      if (worker === started) worker = undefined;
    });
    return started;
  }

  return {
    ask: request =>
      new Promise((resolve, reject) => {
        worker ??= start();
        asker = { resolve, reject };
        worker.ref();
        worker.postMessage(request);
      }),
    end: async () => {
      const ending = worker;
      worker = undefined;
      asker?.reject(new Error("the surgeon's thread was ended"));
      asker = undefined;
      await ending?.terminate();
    },
  };
}
