/**
 * The surgeon's thread: examines and stamps what would hold the main loop for too long. It keeps one message at a time, and
 * only as long as that one is at work; the shared memory in which it lies is only read.
 */
import { Buffer } from 'node:buffer';
import { parentPort } from 'node:worker_threads';
import { type Examined, examine } from '../mail/examine.ts';
import { type Answer, causeText, packForm, type Request, type ThreadData } from './surgeon-protocol.ts';
import { type SectionPlan, stampAll } from './surgery.ts';

/** `data` is a `ThreadData`. Answers each request with one message. */
export function run(data: unknown): void {
  const { memory } = data as ThreadData;
  const port = parentPort;
  if (!port) throw new Error('expected a worker thread, got the main thread');
  let examined: Examined | undefined;
  port.on('message', (request: Request) => {
    try {
      if (request.kind === 'examine') {
        examined = examine(Buffer.from(memory, 0, request.length), request.options);
        const { reason, cause } = examined;
        const facts = examined.facts(request.needs);
        port.postMessage({ kind: 'examined', reason, cause: causeText(cause), facts } satisfies Answer);
        if (reason !== undefined) examined = undefined;
        return;
      }
      const { answer, transfer } = stampFor(examined, request.plans);
      examined = undefined;
      port.postMessage(answer, transfer);
    } catch (error) {
      examined = undefined;
      port.postMessage({ kind: 'failed', cause: causeText(error) ?? '' } satisfies Answer);
    }
  });
}

function stampFor(
  examined: Examined | undefined,
  plans: readonly SectionPlan[],
): { answer: Answer; transfer: ArrayBuffer[] } {
  if (!examined) throw new Error('expected a message before plans for it, got none');
  const { bytes } = examined;
  const results = stampAll(examined, plans);
  if (results.kind !== 'stamped') return { answer: results, transfer: [] };
  const forms = results.forms.map(form => packForm(form, bytes));
  return { answer: { kind: 'stamped', forms }, transfer: forms.map(({ inserted }) => inserted.buffer) };
}
