/**
 * The mail surgery as the relay uses it: small work at once, long work in a thread, so that no message holds up the others
 * for long, and none is held up itself (DESIGN.md 4). Never rejects: whatever fails, is too slow or too much becomes a
 * reason, and the caller hands on the bytes that it has.
 */
import { Buffer } from 'node:buffer';
import { examine } from '../mail/examine.ts';
import type { FactNeeds, MessageFacts } from '../mail/facts.ts';
import type { Reason, StampOptions } from '../mail/report.ts';
import { createSurgeonPool, type PoolDependencies, type PoolLimits } from './surgeon-pool.ts';
import { type SectionPlan, type StampedForm, stampAll } from './surgery.ts';

export type Operation = {
  /** Whole content, line ends settled (settle-line-ends.ts). */
  readonly message: Buffer;
  readonly options: StampOptions;
  readonly needs: FactNeeds;
  /** What is wanted for this message; asked once, on the main thread, unless there is a reason. May throw. */
  readonly plan: (facts: MessageFacts) => readonly SectionPlan[];
  /** Aborts when nobody wants the result any more. */
  readonly signal?: AbortSignal;
};

export type Operated = {
  /** Why the message passes untouched for all; then there are no forms. */
  readonly reason: Reason | undefined;
  readonly cause: unknown;
  /** One for each plan, in order; their slices are views of `message` and insertions. */
  readonly forms: readonly StampedForm[];
  readonly where: 'inline' | 'thread';
  readonly stageMs: Readonly<Record<string, number>>;
};

export type Surgeon = {
  readonly operate: (operation: Operation) => Promise<Operated>;
  /** Starts the threads before they are needed: a first message should not pay for it. */
  readonly warmUp: () => Promise<void>;
  /** Ends the threads; what is at work there passes untouched. */
  readonly close: () => Promise<void>;
};

export type SurgeonLimits = PoolLimits & {
  readonly inlineMs: number;
  readonly worstBytesPerMs: number;
  readonly usualBytesPerMs: number;
  readonly delimiterLinesPerMs: number;
  readonly worstTextBytesPerMs: number;
  readonly usualTextBytesPerMs: number;
  readonly usualTextBytes: number;
};

export type SurgeonDependencies = Omit<PoolDependencies, 'limits'> & { readonly limits: SurgeonLimits };

export function createSurgeon(dependencies: SurgeonDependencies): Surgeon {
  const { clock, limits } = dependencies;
  const pool = createSurgeonPool(dependencies);

  async function operate(operation: Operation): Promise<Operated> {
    try {
      const settled = { ...operation, options: { ...operation.options, hasSoundLines: true } };
      const done = inline(settled);
      return typeof done === 'number' ? await inThread(settled, done) : done;
    } catch (cause) {
      return { reason: 'internal-error', cause, forms: [], where: 'inline', stageMs: {} };
    }
  }

  /** Encoded bytes of text, as far as known, when it would take too long. */
  function inline({ message, options, needs, plan }: Operation): Operated | number {
    if (!isShort(message, limits)) return Math.min(message.length, limits.usualTextBytes);
    const begun = clock.elapsed();
    const examined = examine(message, options);
    const { reason, cause } = examined;
    if (reason !== undefined)
      return { reason, cause, forms: [], where: 'inline', stageMs: { examine: clock.elapsed() - begun } };
    if (examined.textBytes / limits.worstTextBytesPerMs > limits.inlineMs) return examined.textBytes;
    const facts = examined.facts(needs);
    const read = clock.elapsed();
    const plans = plan(facts);
    const planned = clock.elapsed();
    const results = stampAll(examined, plans);
    const stageMs = { examine: read - begun, plan: planned - read, stamp: clock.elapsed() - planned };
    return results.kind === 'stamped'
      ? { reason: undefined, cause: undefined, forms: results.forms, where: 'inline', stageMs }
      : { reason: 'too-many-variants', cause: results.cause, forms: [], where: 'inline', stageMs };
  }

  async function inThread(operation: Operation, textBytes: number): Promise<Operated> {
    const estimatedMs =
      operation.message.length / limits.usualBytesPerMs + textBytes / limits.usualTextBytesPerMs;
    return { ...(await pool.run({ ...operation, estimatedMs })), where: 'thread' };
  }

  async function warmUp(): Promise<void> {
    const first = Array.from({ length: limits.threads }, () => inThread(firstOperation, 0));
    await Promise.all(first);
  }

  return { operate, warmUp, close: pool.close };
}

/**
 * Whether the structure is read in little time whatever the message holds. Attachments cost next to nothing: what counts
 * beside the bytes are lines that may be delimiters, each with a look from every group around it and a header behind it.
 */
function isShort(message: Buffer, limits: SurgeonLimits): boolean {
  if (message.length / limits.worstBytesPerMs <= limits.inlineMs) return true;
  const most = (limits.inlineMs - message.length / limits.usualBytesPerMs) * limits.delimiterLinesPerMs;
  let lines = 0;
  for (let at = message.indexOf(DELIMITER); at >= 0 && lines <= most; at = message.indexOf(DELIMITER, at + 1))
    lines++;
  return lines <= most;
}

const DELIMITER = Buffer.from('\n--');

const firstOperation: Operation = {
  message: Buffer.from('MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<p>first</p>\r\n'),
  options: { token: '', id: '', hasSoundLines: true },
  needs: { isMarkedBefore: false, newText: false },
  plan: () => [[{ zone: 'signature', html: '<p>words</p>' }]],
};
