/** What a message waits for Signet at a usual load, and what memory it takes when much arrives at once. */
import { peakBytes } from './processes.mjs';
import { recipients } from './relay-bundle.mjs';
import { contenders, fastestRaw } from './relay-contenders.mjs';

const PER_SECOND = 100;
const WARM_UP_MS = 3000;
/** Large ones are few: what is asked for is the highest level, which is reached at once. */
const memoryCases = [
  { size: '1 MB', share: 1 },
  { size: '25 MB', share: 0.5 },
];
const MEMORY_CONNECTIONS = 50;

/** 100 messages a second of 50 KB, each on its own connection: through each contender, and directly, in turns. */
export async function measureLatency(bench) {
  const name = '50 KB, 100 messages/s, a connection each';
  if (!bench.wants(name)) return [];
  bench.tell(name);
  const names = ['direct', fastestRaw, 'signet'];
  const running = [];
  try {
    for (const one of names)
      running.push({ name: one, pairs: [], ...(await contenders[one]({ ...bench.setting, isTls: false })) });
    const { files } = bench.messages('50 KB');
    const job = {
      order: 'paced',
      files,
      perSecond: PER_SECOND,
      isTls: false,
      recipients: [recipients.external],
    };
    for (const { port } of running) await bench.client.ask({ ...job, port, milliseconds: WARM_UP_MS });
    for (let pair = 0; pair < bench.pace.pairs; pair++) {
      for (const one of pair % 2 === 0 ? running : running.toReversed()) {
        const { latencies } = await bench.client.ask({
          ...job,
          port: one.port,
          milliseconds: bench.pace.latencyMs,
        });
        one.pairs.push({
          p50: quantile(latencies, 0.5),
          p99: quantile(latencies, 0.99),
          worst: Math.max(...latencies),
        });
      }
    }
    return [{ name, contenders: Object.fromEntries(running.map(({ name: of, pairs }) => [of, { pairs }])) }];
  } finally {
    for (const { stop } of running) stop();
  }
}

/** The highest resident memory of fresh processes, and how many messages were put off for want of memory. */
export async function measureMemory(bench) {
  const results = [];
  for (const { size, share } of memoryCases) {
    const name = `memory, ${MEMORY_CONNECTIONS} connections of ${size}`;
    if (!bench.wants(name)) continue;
    bench.tell(name);
    const { files } = bench.messages(size);
    const job = { order: 'round', files, connections: MEMORY_CONNECTIONS, isKept: true, isTls: false };
    const limit = Math.round(bench.pace.memory * share);
    const figures = {};
    for (const of of [fastestRaw, 'signet']) {
      const { port, pid, stop } = await contenders[of]({ ...bench.setting, isTls: false });
      try {
        const idleBytes = peakBytes(pid);
        const order = { ...job, port, most: limit, milliseconds: 120_000, recipients: [recipients.external] };
        const { messages, deferred } = await bench.client.ask(order);
        figures[of] = { idleBytes, peakBytes: peakBytes(pid), messages, deferred };
      } finally {
        stop();
      }
    }
    results.push({ name, contenders: figures });
  }
  return results;
}

/** Nearest rank. */
function quantile(values, share) {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}
