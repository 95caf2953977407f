/**
 * From a message that was taken to the forms in which it leaves: examined, decided, stamped, one variant for each different
 * result. Never rejects and never refuses: whatever fails, is too slow or too much leaves the message as it came, with
 * Signet's header fields, and the reason in the summary (PRODUCT.md 3; DESIGN.md 1, promise 1).
 */
import type { Clock } from '../clock.ts';
import { limits } from '../limits.ts';
import type { MessageFacts } from '../mail/facts.ts';
import { handedOn } from '../mail/hand-on.ts';
import type { Reason, StampOptions } from '../mail/report.ts';
import type { Plan, PlannedVariant, Situation } from '../signature/tenant.ts';
import type { Incoming, RelayTenant, Variant } from './message.ts';
import { assertPartition, type Recipients, readRecipients } from './process-recipients.ts';
import { mergeEqual } from './process-variants.ts';
import type { Operated, Surgeon } from './surgeon.ts';
import { causeText } from './surgeon-protocol.ts';
import type { StampedForm } from './surgery.ts';

export type ProcessJob = {
  readonly tenant: RelayTenant;
  /** Its line ends are settled (settle-line-ends.ts). */
  readonly incoming: Incoming;
  readonly messageId: string;
  /** Hands it on as it came, for this reason. */
  readonly pass?: Reason;
};

export type ProcessDependencies = {
  readonly surgeon: Surgeon;
  readonly clock: Clock;
  /** Whole header fields to go on top, CRLF-ended: `Received`. */
  readonly traceFields: (job: ProcessJob) => string;
};

/** For the log: names of closed lists, numbers, and names that the administrator gave. Never content, never a subject. */
export type Summary = {
  readonly mode: RelayTenant['mode'];
  /** Why the message stays untouched for everybody. */
  readonly reason?: Reason;
  /** What was thrown, or which limit it was. */
  readonly cause?: string;
  readonly person?: string;
  /** Who takes a seat: present when a form was stamped, or would have been in shadow mode. */
  readonly seat?: string;
  readonly withheld?: NonNullable<Plan['withheld']>;
  /** One for each different result, in the order of the variants; in shadow mode of those that would have been. */
  readonly decisions: readonly Decision[];
  readonly surgery: Operated['where'] | 'none';
  readonly processMs: Readonly<Record<string, number>>;
};

export type Decision = {
  readonly recipients: number;
  readonly outcome: 'stamped' | 'untouched';
  readonly reason?: Reason;
  readonly cause?: string;
  readonly rules: readonly string[];
  readonly signatures: readonly string[];
  readonly bytesAdded: number;
};

export type Processed = {
  /** A partition of the envelope's recipients. */
  readonly variants: readonly Variant[];
  readonly summary: Summary;
};

export type Process = (job: ProcessJob) => Promise<Processed>;

export function createProcess(dependencies: ProcessDependencies): Process {
  return job => processMessage(job, dependencies);
}

/** What is known of one message on its way. */
type Course = {
  readonly job: ProcessJob;
  readonly recipients: Recipients;
  /** As it came, with our header fields. */
  readonly original: readonly Uint8Array[];
  /** Once decided. */
  plan?: Plan;
  /** What is stamped: the plan's variants, equal ones as one. */
  planned: readonly PlannedVariant[];
};

/** Why nothing is stamped, and how far it came. */
type Ending = Pick<Operated, 'reason' | 'cause'> & Partial<Pick<Operated, 'where' | 'stageMs'>>;

async function processMessage(job: ProcessJob, dependencies: ProcessDependencies): Promise<Processed> {
  const { tenant, incoming } = job;
  const options = optionsFor(job, dependencies.traceFields(job));
  const { slices: original } = handedOn(incoming.bytes, options, 'signing-off');
  const recipients = readRecipients(incoming.envelope.recipients);
  const course: Course = { job, recipients, original, planned: [] };
  if (job.pass !== undefined) return passed(course, { reason: job.pass, cause: undefined });
  if (tenant.mode === 'off') return passed(course, { reason: 'signing-off', cause: undefined });
  try {
    return await operate(course, options, dependencies);
  } catch (cause) {
    return passed(course, { reason: 'internal-error', cause });
  }
}

async function operate(
  course: Course,
  options: StampOptions,
  { surgeon, clock }: ProcessDependencies,
): Promise<Processed> {
  const { tenant, incoming } = course.job;
  const operated = await surgeon.operate({
    message: incoming.bytes,
    options,
    needs: tenant.signing.needs,
    signal: incoming.signal,
    plan: facts => {
      decide(course, facts, clock);
      return course.planned.map(({ sections }) => sections);
    },
  });
  if (operated.reason !== undefined) return passed(course, operated);
  if (course.planned.length === 0) return passed(course, { ...operated, ...tooManyVariants });
  return leaving(course, operated);
}

const tooManyVariants = { reason: 'too-many-variants', cause: 'the rules gave more results' } as const;

function optionsFor({ tenant, incoming, messageId }: ProcessJob, traceFields: string): StampOptions {
  const { domains, preferences } = tenant.signing;
  return {
    token: tenant.token,
    id: messageId,
    domains,
    envelopeFrom: incoming.envelope.from,
    traceFields,
    codeWords: preferences.codeWords,
    respectOtherProducts: preferences.respectOtherProducts,
    removeClientSignature: preferences.removeClientSignatures,
  };
}

/**
 * Plans, and plans one-for-all where each recipient's own result would make too many. May throw: the plan is made of what
 * administrators wrote, and it is checked before a recipient depends on it.
 */
function decide(course: Course, facts: MessageFacts, clock: Clock): void {
  const { signing } = course.job.tenant;
  const situation: Situation = { facts, recipients: course.recipients.keys, now: clock.now() };
  for (const asked of [situation, { ...situation, delivery: 'one-for-all' } as const]) {
    const plan = signing.plan(asked);
    assertPartition(plan, course.recipients);
    const planned = mergeEqual(plan.variants);
    course.plan = plan;
    if (planned.length > limits.surgery.variants) continue;
    course.planned = planned;
    return;
  }
}

/** The same bytes for everybody: as they came. */
function passed(course: Course, { reason, cause, where, stageMs }: Ending): Processed {
  const { job, plan, original } = course;
  return {
    variants: [
      { recipients: job.incoming.envelope.recipients, slices: original, original, isStamped: false },
    ],
    summary: {
      mode: job.tenant.mode,
      ...(reason === undefined ? {} : { reason }),
      ...causeOf(cause),
      ...identityOf(plan),
      decisions: [],
      surgery: where ?? 'none',
      processMs: stageMs ?? {},
    },
  };
}

function leaving(course: Course, { forms, where, stageMs }: Operated): Processed {
  const { job, plan, planned, original } = course;
  const results = planned.map((variant, index) => resultOf(course, variant, forms[index]));
  const isStamped = results.some(({ decision }) => decision.outcome === 'stamped');
  const reason = results.every(({ decision }) => decision.reason === results[0]?.decision.reason)
    ? results[0]?.decision.reason
    : undefined;
  const isShadow = job.tenant.mode === 'shadow';
  const { recipients } = job.incoming.envelope;
  return {
    variants: isShadow
      ? [{ recipients, slices: original, original, isStamped: false }]
      : unstampedAsOne(results.map(({ variant }) => variant)),
    summary: {
      mode: job.tenant.mode,
      ...(reason === undefined ? {} : { reason }),
      ...identityOf(plan),
      ...(isStamped && plan?.seatKey !== undefined ? { seat: plan.seatKey } : {}),
      decisions: results.map(({ decision }) => decision),
      surgery: where,
      processMs: stageMs,
    },
  };
}

type Result = { readonly variant: Variant; readonly decision: Decision };

function resultOf({ recipients, original }: Course, planned: PlannedVariant, form?: StampedForm): Result {
  const usable = form && form.reason !== 'internal-error' ? form : undefined;
  const bytesAdded = usable ? lengthOf(usable.slices) - lengthOf(original) : 0;
  // A message that only lost its code word is untouched by name, but its bytes are not those that came.
  const isChanged = usable !== undefined && (usable.outcome === 'stamped' || bytesAdded !== 0);
  const originals = recipients.originalsOf(planned.recipients);
  return {
    variant: {
      recipients: originals,
      slices: isChanged ? usable.slices : original,
      original,
      isStamped: isChanged,
    },
    decision: {
      recipients: originals.length,
      outcome: form?.outcome ?? 'untouched',
      ...(form?.reason === undefined ? {} : { reason: form.reason }),
      ...causeOf(form?.cause),
      rules: planned.rules,
      signatures: planned.signatures,
      bytesAdded,
    },
  };
}

/** Who gets the message as it came needs no connection of their own. */
function unstampedAsOne(variants: readonly Variant[]): readonly Variant[] {
  const plain = variants.filter(({ isStamped }) => !isStamped);
  const [first] = plain;
  if (!first || plain.length === 1) return variants;
  const joined = { ...first, recipients: plain.flatMap(({ recipients }) => recipients) };
  return variants.flatMap(variant => (variant === first ? [joined] : variant.isStamped ? [variant] : []));
}

function identityOf(plan: Plan | undefined): Pick<Summary, 'person' | 'withheld'> {
  return {
    ...(plan?.personId === undefined ? {} : { person: plan.personId }),
    ...(plan?.withheld === undefined ? {} : { withheld: plan.withheld }),
  };
}

function causeOf(cause: unknown): { readonly cause?: string } {
  const text = causeText(cause);
  return text === undefined ? {} : { cause: text };
}

function lengthOf(slices: readonly Uint8Array[]): number {
  return slices.reduce((sum, { length }) => sum + length, 0);
}
