/**
 * The thread for pictures: started with the first, one picture at a time, ended when none came for a while, so that its
 * memory goes back. A picture that takes too long or too much memory ends its thread and no other picture.
 */
import type { Worker } from 'node:worker_threads';
import { limits } from '../limits.ts';
import type { StartWorker } from '../start-worker.ts';
import type { ShrinkTask } from './shrink.ts';
import type { ShrinkAnswer } from './shrink-worker.ts';

/** Undefined for a picture that ended its thread. Never rejects. */
export type ShrinkInThread = (task: ShrinkTask) => Promise<ShrinkAnswer | undefined>;

export function createShrinkThread(startWorker: StartWorker): ShrinkInThread {
  const { shrinkMs, shrinkIdleMs, shrinkHeapMiB } = limits.content;
  let last: Promise<unknown> = Promise.resolve();
  let thread: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;

  function giveUp() {
    clearTimeout(idle);
    void thread?.terminate();
    thread = undefined;
  }

  function answerTo(task: ShrinkTask): Promise<ShrinkAnswer | undefined> {
    clearTimeout(idle);
    thread ??= startWorker('shrink', undefined, { maxOldGenerationSizeMb: shrinkHeapMiB });
    const worker = thread;
    // At work it keeps a command from ending; idle it does not.
    worker.ref();
    return new Promise(resolve => {
      const timer = setTimeout(fail, shrinkMs);
      function fail() {
        giveUp();
        end(undefined);
      }
      function end(answer: ShrinkAnswer | undefined) {
        clearTimeout(timer);
        worker.off('message', end);
        worker.off('error', fail);
        worker.unref();
        idle = setTimeout(giveUp, shrinkIdleMs).unref();
        resolve(answer);
      }
      worker.on('message', end);
      worker.on('error', fail);
      worker.postMessage(task);
    });
  }

  return task => {
    const answer = last.then(() => answerTo(task)).catch(() => undefined);
    last = answer;
    return answer;
  };
}
