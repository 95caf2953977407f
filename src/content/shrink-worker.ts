/** The thread that makes pictures smaller: one answer for each task, in their order. */
import { parentPort } from 'node:worker_threads';
import { type ShrinkTask, shrink } from './shrink.ts';

export type ShrinkAnswer =
  | { readonly kind: 'shrunk'; readonly bytes: Uint8Array }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'damaged' };

export function run(): void {
  const port = parentPort;
  if (!port) throw new Error('expected a worker thread, got the main thread');
  port.on('message', (task: ShrinkTask) => port.postMessage(answerTo(task)));
}

function answerTo(task: ShrinkTask): ShrinkAnswer {
  try {
    const bytes = shrink(task);
    return bytes ? { kind: 'shrunk', bytes } : { kind: 'too-large' };
  } catch {
    return { kind: 'damaged' };
  }
}
