/**
 * One message's way through the hand-back: who has it already (ledger), all parts through the barrier, the original where
 * the stamped form is refused, a report where recipients are, the ledger where the previous hop will come again.
 */
import type { Buffer } from 'node:buffer';
import type { Clock } from '../clock.ts';
import type { Problem } from '../problem.ts';
import {
  type CommitJob,
  type CommitResult,
  commit,
  type Group,
  type Part,
  type PartResult,
} from './commit.ts';
import { explainExchange } from './exchange-refusal.ts';
import type { HandBackLimits, Ledger } from './hand-back.ts';
import { ledgerKeys } from './ledger-key.ts';
import type { HandBack, HandedBack, RelayTenant, Reply } from './message.ts';
import type { Grant, Pool } from './pool.ts';
import { type ReportSubject, reportForms } from './report.ts';
import type { Timers } from './server-deadline.ts';
import {
  clientGoneReply,
  deferredReplies,
  isReportMissing,
  type Standing,
  verdictAfterDots,
  worstDeferral,
} from './verdict.ts';

export type AttemptDependencies = {
  readonly ledger: Ledger;
  readonly ledgerSecret: Buffer;
  readonly clock: Clock;
  readonly random: (bytes: number) => Buffer;
  readonly limits: HandBackLimits;
  readonly hostname: string;
  readonly timers: Timers;
  readonly pool: Pick<Pool, 'take'>;
};

type Job = Parameters<HandBack>[0];

/** May reject only by a fault of ours. */
export async function attemptHandBack(job: Job, dependencies: AttemptDependencies): Promise<HandedBack> {
  const { tenant, incoming, messageId, variants } = job;
  const { ledger, clock, limits, timers, pool } = dependencies;
  const watch = createWatch(clock);
  const stop = new AbortController();
  const onGone = () => stop.abort('client-gone');
  incoming.signal.addEventListener('abort', onGone, { once: true });
  if (incoming.signal.aborted) onGone();
  const cancelTimer = timers.after(beforeDotsMs(incoming.bytes.length, limits), () => stop.abort('timeout'));
  const keyOf = keyOnce();
  let isReportRefused = false;
  try {
    const known = await rememberedRecipients();
    const settled: Standing[] = known.size > 0 ? [{ kind: 'accepted-before' }] : [];
    const parts = partsOf(known);
    if (parts.length === 0) return conclude([], settled);
    const grant = await pool.take(tenant.nextHop, slotsFor(parts), stop.signal);
    if (!grant) return abandoned(deferredReplies.timeout, []);
    try {
      return await deliver(grant, parts, settled);
    } finally {
      grant.release();
    }
  } finally {
    disarm();
  }

  function disarm() {
    cancelTimer();
    incoming.signal.removeEventListener('abort', onGone);
  }

  async function deliver(grant: Grant, parts: readonly Part[], settled: readonly Standing[]) {
    const first = await run(parts, settled, grant, stop);
    if (first.reply) return abandoned(first.reply, first.parts);
    // Behind the first dots nothing is given up any more, but by time.
    const late = new AbortController();
    const cancelLate = timers.after(limits.afterDotsMs, () => late.abort('timeout'));
    try {
      const results = await sendOriginals(withReport(first), grant, late);
      return await conclude(await reportLate(results, settled, grant, late), settled);
    } finally {
      cancelLate();
    }
  }

  function run(
    parts: readonly Part[],
    settled: readonly Standing[],
    grant: Grant,
    controller: AbortController,
  ) {
    const report = (refused: readonly Group[]) => reportForms(reportSubject(refused));
    const flags = incoming.envelope;
    const onDots = disarm;
    const work: CommitJob = {
      parts,
      settled,
      flags,
      grant,
      stop: controller,
      report,
      onDots,
      onStage: watch.enter,
    };
    return commit(work, { limits, timers });
  }

  /** Recipients refused before the dots now stand as the report about them does. */
  function withReport({ parts, report }: CommitResult): readonly PartResult[] {
    if (!report) return parts;
    const fate = standingsOf([report])[0];
    if (fate?.kind === 'refused') isReportRefused = true;
    return parts.map(part => ({
      ...part,
      groups: part.groups.map(group =>
        isRefused(group) ? { ...group, standing: reportedStanding(group, fate) } : group,
      ),
    }));
  }

  /** Stamped forms that were refused behind the dot for size or content: the original goes, once. */
  async function sendOriginals(results: readonly PartResult[], grant: Grant, controller: AbortController) {
    const again = results.filter(wantsOriginal);
    if (again.length === 0) return results;
    const others = results.filter(result => !wantsOriginal(result));
    const parts = again.map(({ part, groups }) => originalPart(part, groups));
    const kept = again.map(result => ({
      ...result,
      groups: result.groups.filter(group => !isAboutContent(group)),
    }));
    const settled = standingsOf([...others, ...kept]);
    const second = await run(parts, settled, grant, controller);
    const sent = second.reply ? withoutReport(second.parts).map(asDeferred) : withReport(second);
    return [...others, ...kept, ...sent.map(result => ({ ...result, isInstead: true }))];
  }

  async function reportLate(
    results: readonly PartResult[],
    settled: readonly Standing[],
    grant: Grant,
    controller: AbortController,
  ): Promise<readonly PartResult[]> {
    if (isReportRefused || !isReportMissing([...settled, ...standingsOf(results)])) return results;
    const refused = results.flatMap(({ groups }) => groups.filter(isRefused));
    for (const form of reportForms(reportSubject(refused))) {
      const sent = await run([form], [], grant, controller);
      const report = sent.parts[0];
      if (report?.groups.some(isRefused)) continue;
      return withReport({
        parts: results,
        ...(report && { report: sent.reply ? asDeferred(report) : report }),
      });
    }
    return results;
  }

  async function conclude(results: readonly PartResult[], settled: readonly Standing[]): Promise<HandedBack> {
    const standings = [...settled, ...standingsOf(results)];
    const report = isReportRefused ? 'refused' : 'none';
    const verdict = verdictAfterDots({ standings, messageId, report });
    const isGone = incoming.signal.aborted;
    if (verdict.isLedgerNeeded || isGone) await remember(results);
    const told = isGone ? ({ reply: clientGoneReply, outcome: 'client-gone' } as const) : verdict;
    return handedBack(told, results);
  }

  function abandoned(reply: Reply, results: readonly PartResult[]): HandedBack {
    if (stop.signal.reason === 'client-gone')
      return handedBack({ reply: clientGoneReply, outcome: 'client-gone' }, results);
    const told = stop.signal.reason === 'timeout' ? deferredReplies.timeout : reply;
    return handedBack({ reply: told, outcome: told.code < 500 ? 'deferred' : 'refused' }, results);
  }

  function handedBack(
    { reply, outcome }: Pick<HandedBack, 'reply' | 'outcome'>,
    results: readonly PartResult[],
  ): HandedBack {
    const alarm =
      exchangeAlarm(results, tenant) ?? alarmOf(standingsOf(results), isReportRefused, tenant.name);
    return {
      reply,
      outcome,
      isOriginalInstead: results.some(({ isInstead }) => isInstead),
      answers: results.flatMap(({ groups }) => groups.map(answerOf)),
      stageMs: watch.read(),
      ...(alarm && { alarm }),
    };
  }

  async function rememberedRecipients(): Promise<ReadonlySet<string>> {
    if (ledger.isEmpty()) return new Set();
    const key = keyOf();
    if (!key) return new Set();
    const { recipients } = incoming.envelope;
    const found = await ledger.accepted(recipients.map(key));
    return new Set(recipients.filter(recipient => found.has(key(recipient))));
  }

  async function remember(results: readonly PartResult[]) {
    const key = keyOf();
    const recipients = results.flatMap(({ groups }) =>
      groups.filter(isNew).flatMap(group => group.recipients),
    );
    if (key && recipients.length > 0) await ledger.record(recipients.map(key));
  }

  /** The digest of the message is made at most once, and only when the ledger is asked. */
  function keyOnce() {
    let made: { readonly key: ReturnType<typeof ledgerKeys> } | undefined;
    return () => {
      const subject = { tenantId: tenant.id, from: incoming.envelope.from, bytes: incoming.bytes };
      made ??= { key: ledgerKeys(subject, dependencies.ledgerSecret) };
      return made.key;
    };
  }

  function partsOf(known: ReadonlySet<string>): readonly Part[] {
    const { from } = incoming.envelope;
    return variants.flatMap(({ recipients, slices, original, isStamped }) => {
      const left = known.size > 0 ? recipients.filter(recipient => !known.has(recipient)) : recipients;
      if (left.length === 0) return [];
      return [{ from, recipients: left, slices, ...(isStamped && { instead: original }) }];
    });
  }

  function reportSubject(refused: readonly Group[]): ReportSubject {
    const { hostname, random } = dependencies;
    return {
      refused: refused.flatMap(({ recipients, answer, host }) =>
        recipients.map(recipient => ({ recipient, ...(answer && { answer }), ...(host && { host }) })),
      ),
      from: incoming.envelope.from,
      message: incoming.bytes,
      receivedAt: incoming.receivedAt,
      now: clock.now(),
      hostname,
      domain: tenant.signing.domains[0] ?? hostname,
      token: tenant.token,
      unique: random(12).toString('hex'),
      headerBytes: limits.reportHeaderBytes,
    };
  }
}

/** A report can become necessary only where some are refused and others are not. */
function slotsFor(parts: readonly Part[]): number {
  const recipients = parts.reduce((count, part) => count + part.recipients.length, 0);
  return parts.length + (recipients > 1 ? 1 : 0);
}

function beforeDotsMs(bytes: number, limits: HandBackLimits): number {
  return limits.beforeDotsMs + Math.ceil((bytes / 2 ** 20) * limits.beforeDotsMsPerMiB);
}

function standingsOf(results: readonly PartResult[]): readonly Standing[] {
  return results.flatMap(({ groups }) => groups.map(({ standing }) => standing));
}

function isRefused({ standing }: Group): boolean {
  return standing.kind === 'refused';
}

function isAboutContent({ standing }: Group): boolean {
  return standing.kind === 'refused' && standing.isAboutContent;
}

function isNew({ standing }: Group): boolean {
  return standing.kind === 'accepted' || standing.kind === 'reported';
}

function wantsOriginal({ part, groups, isInstead }: PartResult): boolean {
  return part.instead !== undefined && !isInstead && groups.some(isAboutContent);
}

function originalPart({ from, instead, slices }: Part, groups: readonly Group[]): Part {
  const recipients = groups.filter(isAboutContent).flatMap(group => group.recipients);
  return { from, recipients, slices: instead ?? slices };
}

function reportedStanding({ standing }: Group, fate: Standing | undefined): Standing {
  if (fate?.kind === 'accepted') return { kind: 'reported' };
  return fate?.kind === 'refused' ? standing : { kind: 'deferred', because: 'answer' };
}

function withoutReport(results: readonly PartResult[]): readonly PartResult[] {
  return results.filter(({ part }) => !part.isReport);
}

/** A part whose dot was never sent because of another's trouble. */
function asDeferred(result: PartResult): PartResult {
  const groups = result.groups.map(
    (group): Group =>
      group.standing.kind === 'ready'
        ? { ...group, standing: { kind: 'deferred', because: 'cancelled' } }
        : group,
  );
  return { ...result, groups };
}

function answerOf({ recipients, answer, cause }: Group): HandedBack['answers'][number] {
  const text = answer ? [answer.enhanced, answer.text].filter(Boolean).join(' ') : (cause ?? '');
  return { recipients: recipients.length, code: answer?.code ?? 0, text: withoutAddresses(text) };
}

/** Next hops like to repeat addresses, which the log may have to hash. */
function withoutAddresses(text: string): string {
  return text.includes('@') ? text.replace(/[^\s<>"']*@[^\s<>"']*/g, '(address)') : text;
}

/** What Exchange Online says is more telling than that it refuses. */
function exchangeAlarm(results: readonly PartResult[], tenant: RelayTenant): Problem | undefined {
  if (tenant.kind !== 'exchange-online') return undefined;
  const open = results.flatMap(({ groups }) => groups.filter(({ standing }) => standing.kind === 'deferred'));
  return explainExchange(
    open.flatMap(({ answer }) => answer ?? []),
    tenant.name,
  );
}

function alarmOf(
  standings: readonly Standing[],
  isReportRefused: boolean,
  tenant: string,
): Problem | undefined {
  const deferral = worstDeferral(standings);
  if (isReportRefused)
    return {
      code: 'SIGNET_REPORT_REFUSED',
      sentence: `the next hop of ${tenant} refused a delivery report in both forms: let it take mail with an empty sender from Signet.`,
    };
  if (deferral === 'about-us')
    return {
      code: 'SIGNET_NEXT_HOP_REFUSES',
      sentence: `the next hop of ${tenant} refuses mail from Signet as such: check its connector, the certificate and the address it expects.`,
    };
  if (deferral === 'tls')
    return {
      code: 'SIGNET_NEXT_HOP_TLS',
      sentence: `no verified TLS connection to the next hop of ${tenant}: check its certificate and name, or the CA in the configuration.`,
    };
  if (deferral === 'no-mail')
    return {
      code: 'SIGNET_NEXT_HOP_NO_MAIL',
      sentence: `the domain of the next hop of ${tenant} takes no mail (null MX): correct the next hop.`,
    };
  return undefined;
}

/** Milliseconds between the first entry of one stage and that of the next. */
function createWatch({ elapsed }: Clock) {
  const entered = new Map<string, number>([['grant', elapsed()]]);
  return { enter, read };

  function enter(stage: string) {
    if (!entered.has(stage)) entered.set(stage, elapsed());
  }

  function read(): Record<string, number> {
    const marks = [...entered, ['end', elapsed()] as const];
    const spans = marks
      .slice(0, -1)
      .map(([stage, at], index) => [stage, (marks[index + 1]?.[1] ?? at) - at] as const);
    return Object.fromEntries(spans.map(([stage, ms]) => [stage, Math.round(ms * 10) / 10]));
  }
}
