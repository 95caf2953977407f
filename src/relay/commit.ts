/**
 * The barrier: all parts of a message go to the next hop together or not at all. Every connection is brought to where
 * only the final dot is missing; then the answers so far are judged, and either all dots are sent in one go or all
 * connections are dropped, which leaves no trace at the next hop. A message of one part needs no barrier and pays for none.
 */

import type { Envelope, Reply } from './message.ts';
import { isFailure } from './next-hop.ts';
import { addressRefusal, type Form, formFor } from './next-hop-form.ts';
import type { NextHopReply } from './next-hop-reply.ts';
import type { EnvelopeAnswer, Failure, NextHopSession } from './next-hop-session.ts';
import type { Grant } from './pool.ts';
import type { Timers } from './server-deadline.ts';
import {
  deferralOf,
  deferredReplies,
  meaningOf,
  type Standing,
  type Step,
  verdictBeforeDots,
} from './verdict.ts';

/** One content for some recipients. */
export type Part = {
  readonly from: string;
  readonly recipients: readonly string[];
  readonly slices: readonly Uint8Array[];
  /** What goes instead when `slices` are refused for size or content. */
  readonly instead?: readonly Uint8Array[];
  /** Of a report any 5xx is a refusal, whatever it says: there is another form to try. */
  readonly isReport?: true;
};

/** Recipients that fared alike. `answer` is what the next hop said about them. */
export type Group = {
  readonly recipients: readonly string[];
  readonly standing: Standing;
  readonly answer?: NextHopReply;
  /** Words for the log when there was no answer. */
  readonly cause?: string;
  /** The host that answered. */
  readonly host?: string;
};

/** What became of one part; `isInstead` tells that `instead` went. */
export type PartResult = {
  readonly part: Part;
  readonly groups: readonly Group[];
  readonly isInstead: boolean;
};

export type CommitResult = {
  readonly parts: readonly PartResult[];
  /** Undefined when no dot was sent: then nothing was delivered, and `reply` says why. */
  readonly reply?: Reply;
  /** The report's fate, when one went with the others. */
  readonly report?: PartResult;
};

export type CommitJob = {
  readonly parts: readonly Part[];
  readonly flags: Pick<Envelope, 'is8bit' | 'isUtf8'>;
  /** Standings of recipients that have no part here: those of earlier tries. */
  readonly settled: readonly Standing[];
  readonly grant: Grant;
  /** Ends everything before the dots. */
  readonly stop: AbortController;
  /** Forms of a report about refused recipients, the first one preferred. */
  readonly report: (refused: readonly Group[]) => readonly Part[];
  /** Called in the moment before the dots go: from here on nothing can be taken back. */
  readonly onDots: () => void;
  readonly onStage: (stage: 'connect' | 'envelope' | 'body' | 'dot') => void;
};

export type CommitLimits = { readonly atOnceBytes: number; readonly afterDotsMs: number };

export type CommitDependencies = { readonly limits: CommitLimits; readonly timers: Timers };

/** A part whose envelope is answered. `session` waits for the content; without one there is nothing to send. */
type Prepared = {
  readonly part: Part;
  readonly isInstead: boolean;
  readonly groups: readonly Group[];
  readonly ready?: { readonly session: NextHopSession; readonly form: Form };
};

/** Runs one message through the barrier. Every connection it used is given back or ended when it returns. */
export async function commit(job: CommitJob, { limits, timers }: CommitDependencies): Promise<CommitResult> {
  const live = new Set<NextHopSession>();
  const { signal } = job.stop;
  const dropAll = () => {
    for (const session of live) session.destroy(signal.reason === 'timeout' ? 'timeout' : 'cancelled');
  };
  signal.addEventListener('abort', dropAll, { once: true });
  try {
    return await run();
  } finally {
    signal.removeEventListener('abort', dropAll);
    for (const session of live) session.destroy('cancelled');
  }

  async function run(): Promise<CommitResult> {
    const parts = await Promise.all(job.parts.map(part => prepare(part, false)));
    const verdict = verdictBeforeDots([...job.settled, ...standingsOf(parts)]);
    if (verdict.kind === 'abandon') return { parts, reply: verdict.reply };
    const refused = parts.flatMap(({ groups }) =>
      groups.filter(({ standing }) => standing.kind === 'refused'),
    );
    const report = refused.length > 0 ? await prepareReport(refused) : undefined;
    const all = report ? [...parts, report] : parts;
    const joined = verdictBeforeDots([...job.settled, ...standingsOf(all)]);
    if (joined.kind === 'abandon') return { parts: all, reply: joined.reply };
    const [only, ...others] = all.filter(({ ready }) => ready);
    if (only?.ready && others.length === 0 && only.ready.form.sizeBytes <= limits.atOnceBytes)
      return sendDots(parts, report, ({ session, form }) => session.bodyAndDot(form.slices));
    const sent = await Promise.all(all.map(sendBody));
    const again = verdictBeforeDots([...job.settled, ...standingsOf(sent)]);
    if (again.kind === 'abandon') return { parts: sent, reply: again.reply };
    return sendDots(sent.slice(0, parts.length), report && sent.at(-1), ({ session }) => session.dot());
  }

  /** Brings one part to where its content can go, on a connection of its own. */
  async function prepare(part: Part, isInstead: boolean): Promise<Prepared> {
    const idle = job.grant.reuse();
    const answered = idle && (await ask(idle, part, isInstead));
    // The next hop has left an idle connection meanwhile: nothing was accepted there, so nothing can come twice.
    const isStale = answered?.groups.some(({ cause }) => cause !== undefined) && !signal.aborted;
    const prepared = answered && !isStale ? answered : await askAnew(part, isInstead);
    if (part.instead && !isInstead && prepared.groups.some(isAboutContent)) {
      drop(prepared);
      return prepare({ ...part, slices: part.instead }, true);
    }
    if (prepared.groups.some(({ standing }) => standing.kind === 'deferred')) job.stop.abort('barrier');
    return prepared;
  }

  async function askAnew(part: Part, isInstead: boolean): Promise<Prepared> {
    job.onStage('connect');
    const session = await job.grant.open(signal);
    if (!isFailure(session)) return ask(session, part, isInstead);
    return { part, isInstead, groups: [failedGroup(part.recipients, session)] };
  }

  async function ask(session: NextHopSession, part: Part, isInstead: boolean): Promise<Prepared> {
    live.add(session);
    if (signal.aborted) dropAll();
    job.onStage('envelope');
    const { host, extensions } = session;
    const form = formFor(part, job.flags, extensions);
    if ('code' in form) {
      live.delete(session);
      job.grant.putBack(session);
      return { part, isInstead, groups: [groupOf(part, part.recipients, form, 'data', host)] };
    }
    const refused = part.recipients.flatMap(recipient => {
      const refusal = addressRefusal(recipient, extensions);
      return refusal ? [groupOf(part, [recipient], refusal, 'recipient', host)] : [];
    });
    const recipients = part.recipients.filter(to => !refused.some(group => group.recipients.includes(to)));
    if (recipients.length === 0) {
      live.delete(session);
      job.grant.putBack(session);
      return { part, isInstead, groups: refused };
    }
    const answer = await session.envelope({ ...form, from: part.from, recipients });
    if (isFailure(answer)) return { part, isInstead, groups: [failedGroup(recipients, answer), ...refused] };
    const groups = [...groupsOf(part, recipients, answer, host), ...refused];
    const isReady = groups.some(({ standing }) => standing.kind === 'ready');
    return { part, isInstead, groups, ...(isReady && { ready: { session, form } }) };
  }

  /** The first form of the report that is not refused joins the barrier. */
  async function prepareReport(refused: readonly Group[]): Promise<Prepared | undefined> {
    let last: Prepared | undefined;
    for (const form of job.report(refused)) {
      last = await prepare(form, false);
      if (last.groups.every(({ standing }) => standing.kind !== 'refused')) return last;
      drop(last);
    }
    return last;
  }

  async function sendBody(prepared: Prepared): Promise<Prepared> {
    const { ready } = prepared;
    if (!ready) return prepared;
    job.onStage('body');
    const failure = await ready.session.body(ready.form.slices);
    if (!failure) return prepared;
    job.stop.abort('barrier');
    return {
      ...prepared,
      groups: prepared.groups.map(group => (isReady(group) ? failedGroup(group.recipients, failure) : group)),
    };
  }

  async function sendDots(
    parts: readonly Prepared[],
    report: Prepared | undefined,
    send: (ready: NonNullable<Prepared['ready']>) => Promise<NextHopReply | Failure>,
  ): Promise<CommitResult> {
    if (signal.aborted) return { parts, reply: deferredReplies.cancelled };
    job.onDots();
    job.onStage('dot');
    const disarm = timers.after(limits.afterDotsMs, () => {
      for (const session of live) session.destroy('timeout');
    });
    // No await between the first dot and the last one.
    const sent = [...parts, ...(report ? [report] : [])].map(prepared => settle(prepared, send));
    const settled = await Promise.all(sent);
    disarm();
    const last = report && settled.pop();
    return { parts: settled, ...(last && { report: last }) };
  }

  async function settle(
    { part, isInstead, groups, ready }: Prepared,
    send: (ready: NonNullable<Prepared['ready']>) => Promise<NextHopReply | Failure>,
  ): Promise<PartResult> {
    if (!ready) return { part, isInstead, groups };
    const answer = await send(ready);
    live.delete(ready.session);
    job.grant.putBack(ready.session);
    const settled = groups.map(group => (isReady(group) ? dotGroup(part, group, answer) : group));
    return { part, isInstead, groups: settled };
  }

  function drop({ ready }: Prepared) {
    if (!ready) return;
    live.delete(ready.session);
    ready.session.destroy('cancelled');
  }
}

function standingsOf(parts: readonly PartResult[]): readonly Standing[] {
  return parts.flatMap(({ groups }) => groups.map(({ standing }) => standing));
}

function isReady({ standing }: Group): boolean {
  return standing.kind === 'ready';
}

function isAboutContent({ standing }: Group): boolean {
  return standing.kind === 'refused' && standing.isAboutContent;
}

function groupsOf(part: Part, recipients: readonly string[], answer: EnvelopeAnswer, host: string): Group[] {
  const { mail, data } = answer;
  if (meaningOf(mail, 'mail') !== 'accepted') return [groupOf(part, recipients, mail, 'mail', host)];
  const accepted: string[] = [];
  const others: Group[] = [];
  recipients.forEach((recipient, index) => {
    const reply = answer.recipients[index];
    if (!reply || meaningOf(reply, 'recipient') === 'accepted') accepted.push(recipient);
    else others.push(groupOf(part, [recipient], reply, 'recipient', host));
  });
  if (accepted.length === 0) return others;
  const missing: Group = { recipients: accepted, host, standing: { kind: 'deferred', because: 'answer' } };
  return [data ? groupOf(part, accepted, data, 'data', host) : missing, ...others];
}

/** A step that ended in an answer, before the dot. */
function groupOf(
  part: Part,
  recipients: readonly string[],
  answer: NextHopReply,
  step: Step,
  host: string,
): Group {
  return { recipients, answer, host, standing: standingOf(part, answer, step) };
}

function standingOf(part: Part, reply: NextHopReply, step: Step): Standing {
  if (part.isReport && reply.code >= 500) return { kind: 'refused', reply, isAboutContent: false };
  const meaning = meaningOf(reply, step);
  switch (meaning) {
    case 'accepted':
      return { kind: step === 'dot' ? 'accepted' : 'ready' };
    case 'deferred':
      return { kind: 'deferred', because: 'answer' };
    case 'about-us':
      return { kind: 'deferred', because: 'about-us' };
    default:
      return { kind: 'refused', reply, isAboutContent: meaning === 'about-content' };
  }
}

function dotGroup(part: Part, { recipients, host }: Group, answer: NextHopReply | Failure): Group {
  if (!isFailure(answer)) return groupOf(part, recipients, answer, 'dot', host ?? '');
  const isUnknown = answer.stage === 'dot' && !answer.reply;
  return isUnknown
    ? { recipients, standing: { kind: 'unknown' }, cause: answer.cause }
    : failedGroup(recipients, answer);
}

function failedGroup(recipients: readonly string[], failure: Failure): Group {
  const { reply, cause } = failure;
  return {
    recipients,
    cause: `${failure.stage}: ${cause}`,
    standing: { kind: 'deferred', because: deferralOf(failure) },
    ...(reply && { answer: reply }),
  };
}
