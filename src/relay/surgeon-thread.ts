/**
 * One surgeon's thread as the main thread sees it: a message is loaded, then questions and answers. It is started with the
 * first question and keeps the process alive only while one is open.
 *
 * The shared memory is the thread's own and used for one message after the other. A new one for each message would be
 * simpler and need no copy, but V8 does not count shared memory: what outlives two young collections is hardly ever
 * given back (measured: 3 GB after 120 messages of 25 MB, of which 5 were alive).
 */
import { Buffer } from 'node:buffer';
import { setImmediate as othersTurn } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import type { StartWorker } from '../start-worker.ts';
import type { Answer, Request, ThreadData } from './surgeon-protocol.ts';

export type ThreadLimits = {
  readonly heapMiB: number;
  /** Of the largest message that a thread can take. */
  readonly memoryBytes: number;
  readonly stepBytes: number;
};

export type SurgeonThread = {
  /** False before the first question, and behind an end. */
  readonly isRunning: () => boolean;
  /** Copies a message to where the thread reads it, step by step. */
  readonly load: (message: Buffer) => Promise<void>;
  /** One question at a time. Rejects when the thread ends before its answer. */
  readonly ask: (request: Request) => Promise<Answer>;
  /** At once, in the middle of any computation. The next question starts another thread. */
  readonly end: () => Promise<void>;
};

type Asker = { readonly resolve: (answer: Answer) => void; readonly reject: (error: Error) => void };

export function createSurgeonThread(startWorker: StartWorker, limits: ThreadLimits): SurgeonThread {
  // Pages that no message ever touched take no memory.
  const memory = new SharedArrayBuffer(limits.memoryBytes);
  let worker: Worker | undefined;
  let asker: Asker | undefined;

  function start(): Worker {
    const data: ThreadData = { memory };
    const started = startWorker('surgeon', data, { maxOldGenerationSizeMb: limits.heapMiB });
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
    isRunning: () => worker !== undefined,
    load: async message => {
      const target = Buffer.from(memory);
      for (let at = 0; at < message.length; at += limits.stepBytes) {
        if (at > 0) await othersTurn();
        message.copy(target, at, at, at + limits.stepBytes);
      }
    },
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
