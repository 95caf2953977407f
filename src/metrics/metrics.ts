/**
 * Counts for Prometheus: how much mail, with which result, how fast, and how near the limits. Only counts: labels are
 * tenant ids and words of closed lists, never an address, a host or a name from a message. Its own registry; nothing
 * is measured before `createMetrics` and nothing after `close`.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

export type RelayCounts = {
  readonly isListening: boolean;
  readonly connections: number;
  readonly messages: number;
  readonly waiting: number;
  readonly reservedBytes: number;
  readonly budgetBytes: number;
};

export type MetricsDependencies = {
  readonly version: string;
  readonly relay: () => RelayCounts;
  readonly tenants: () => number;
  readonly ledgerEntries: () => number;
  /** Bytes of memory the process has. */
  readonly residentBytes: () => number;
};

export type Metrics = {
  /** One message's log line. Never throws. */
  readonly record: (line: Readonly<Record<string, unknown>>) => void;
  /** The text format of Prometheus. */
  readonly text: () => Promise<string>;
  readonly contentType: string;
  /** Stops measuring; `text` still answers the last counts. */
  readonly close: () => void;
};

/** Seconds; from a message that passes in memory to a next hop that takes its time. */
const stageBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60];
/** Bytes; from a note to the largest message that the relay takes. */
const sizeBuckets = [2 ** 10, 2 ** 13, 2 ** 16, 2 ** 19, 2 ** 20, 2 ** 22, 2 ** 24, 2 ** 26, 2 ** 28];
/** Milliseconds between two looks at the event loop; delays shorter than that are not of interest. */
const loopResolutionMs = 10;

export function createMetrics(dependencies: MetricsDependencies): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const messages = new Counter({
    name: 'signet_messages_total',
    help: 'Messages, by tenant, what became of them, and why they were not stamped (or "stamped").',
    labelNames: ['tenant', 'outcome', 'reason'],
    registers,
  });
  const bytes = new Histogram({
    name: 'signet_message_bytes',
    help: 'Size of messages as received.',
    buckets: sizeBuckets,
    registers,
  });
  const stages = new Histogram({
    name: 'signet_stage_seconds',
    help: 'Time that messages spent in each stage; "total" is from DATA to the reply.',
    labelNames: ['stage'],
    buckets: stageBuckets,
    registers,
  });
  const refusals = new Counter({
    name: 'signet_next_hop_refusals_total',
    help: 'Answers of next hops that were no acceptance, by tenant and reply code.',
    labelNames: ['tenant', 'code'],
    registers,
  });
  const loop = monitorEventLoopDelay({ resolution: loopResolutionMs });
  loop.enable();
  addGauges(registry, dependencies, loop);

  /** Looked up once: the library sorts and joins labels for every count. Stages are a closed list of a dozen. */
  const byStage = new Map<string, Histogram.Internal<'stage'>>();
  function stageOf(stage: string) {
    const known = byStage.get(stage) ?? stages.labels({ stage: word(stage) ?? 'other' });
    byStage.set(stage, known);
    return known;
  }

  function record(line: Readonly<Record<string, unknown>>) {
    const tenant = word(line.tenant) ?? 'none';
    const reason = word(line.reason) ?? reasonOf(asList(line.decisions));
    messages.inc({ tenant, outcome: word(line.outcome) ?? 'none', reason });
    if (typeof line.bytes === 'number') bytes.observe(line.bytes);
    for (const [stage, ms] of Object.entries(asRecord(line.ms)))
      if (typeof ms === 'number') stageOf(stage).observe(ms / 1_000);
    for (const answer of asList(line.nextHop)) {
      const { code } = asRecord(answer);
      if (typeof code === 'number' && code >= 300) refusals.inc({ tenant, code: String(code) });
    }
  }

  return {
    record,
    text: () => registry.metrics(),
    contentType: registry.contentType,
    close: () => void loop.disable(),
  };
}

function addGauges(
  registry: Registry,
  dependencies: MetricsDependencies,
  loop: ReturnType<typeof monitorEventLoopDelay>,
) {
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name: `signet_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  const { relay } = dependencies;
  gauge('relay_listening', '1 while the relay takes mail.', () => Number(relay().isListening));
  gauge('tenants', 'Tenants in the configuration.', dependencies.tenants);
  gauge('connections', 'SMTP connections from previous hops.', () => relay().connections);
  gauge('messages_in_work', 'Messages between MAIL and reply.', () => relay().messages);
  gauge('messages_waiting', 'Messages that wait for their turn.', () => relay().waiting);
  gauge('budget_bytes', 'Memory that all messages in flight may take.', () => relay().budgetBytes);
  gauge('budget_reserved_bytes', 'Memory that messages in flight have taken.', () => relay().reservedBytes);
  gauge('ledger_entries', 'Recipients remembered as accepted before.', dependencies.ledgerEntries);
  gauge('resident_memory_bytes', 'Memory of the process.', dependencies.residentBytes);
  new Gauge({
    name: 'signet_event_loop_delay_seconds',
    help: 'How late the event loop was since the last look, by quantile.',
    labelNames: ['quantile'],
    registers: [registry],
    collect() {
      for (const quantile of [50, 99, 100])
        this.set({ quantile: String(quantile / 100) }, delaySeconds(loop.percentile(quantile)));
      loop.reset();
    },
  });
  new Gauge({
    name: 'signet_build_info',
    help: 'Always 1; the label says which version runs.',
    labelNames: ['version'],
    registers: [registry],
  }).set({ version: dependencies.version }, 1);
}

/** The histogram counts the interval itself as well, in nanoseconds. */
function delaySeconds(nanoseconds: number) {
  return Math.max(0, nanoseconds / 1e9 - loopResolutionMs / 1_000);
}

/** A word of a closed list or an id; what is not must not become a label, since labels are kept for ever. */
function word(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\w.-]{1,64}$/.test(value) ? value : undefined;
}

/** Of a message with several results the best one counts: it was stamped for somebody. */
function reasonOf(decisions: readonly unknown[]): string {
  const made = decisions.map(asRecord);
  if (made.some(({ outcome }) => outcome === 'stamped')) return 'stamped';
  return made.map(({ reason }) => word(reason)).find(reason => reason !== undefined) ?? 'none';
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
