/** Runs contenders against each other on one case: processes of their own, turn by turn, never two at a time. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const worker = fileURLToPath(new URL('worker.mjs', import.meta.url));

/** Fewer rounds than these are no median. */
const MIN_ROUNDS = 3;

/**
 * `pairs`: what runs, as [contender, message files]. The figures come in the same order. Slow cases get fewer rounds:
 * none are begun after `budgetMs`.
 */
export async function measure(pairs, { bundle, rounds, roundMs, warmUpMs, budgetMs }) {
  const runners = [];
  try {
    for (const [contender, files] of pairs) runners.push(await startWorker(contender, bundle, files));
    const results = [];
    for (const ask of runners) {
      const firstMs = await ask('first');
      await ask('verify');
      // A call that takes that long is warm by its own end.
      if (firstMs < warmUpMs) await ask('round', warmUpMs - firstMs);
      results.push({ firstMs, rounds: [] });
    }
    const start = performance.now();
    const isInBudget = () => performance.now() - start < budgetMs;
    for (let count = 0; count < rounds && (count < MIN_ROUNDS || isInBudget()); count++) {
      for (const [index, ask] of runners.entries()) {
        results[index].rounds.push(await ask('round', roundMs));
      }
    }
    for (const [index, ask] of runners.entries()) results[index].peakRssBytes = await ask('peak');
    return results.map(figuresOf);
  } finally {
    for (const ask of runners) ask.stop();
  }
}

async function startWorker(contender, bundle, files) {
  const child = fork(worker, [contender, bundle, ...files], { execArgv: [] });
  const answer = async () => {
    // Aborted when the answer is there, or the other listener would stay behind with every question.
    const waiting = new AbortController();
    const { signal } = waiting;
    const ended = once(child, 'exit', { signal }).then(([code]) => {
      throw new Error(`expected ${contender} to go on, got exit code ${code}`);
    });
    try {
      const [message] = await Promise.race([once(child, 'message', { signal }), ended]);
      return message;
    } finally {
      ended.catch(() => undefined);
      waiting.abort();
    }
  };
  await answer();
  const ask = (order, milliseconds) => {
    child.send({ order, milliseconds });
    return answer();
  };
  ask.stop = () => child.kill();
  return ask;
}

/** The median is that of the rounds' medians; p99 is over all calls, as a single round may hold only a few. */
function figuresOf({ firstMs, rounds, peakRssBytes }) {
  const samples = rounds.flatMap(round => round.samples);
  return {
    firstMs,
    medianMs: quantile(
      rounds.map(round => quantile(round.samples, 0.5)),
      0.5,
    ),
    p99Ms: quantile(samples, 0.99),
    // What it costs when nothing else wants the machine: tells a slow program from a busy machine.
    bestMs: samples.reduce((least, sample) => Math.min(least, sample)),
    cpuMs: quantile(
      rounds.map(round => round.cpuMs),
      0.5,
    ),
    calls: samples.length,
    peakRssBytes,
  };
}

/** Nearest rank. */
function quantile(values, share) {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}
