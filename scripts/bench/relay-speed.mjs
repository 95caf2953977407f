/** Messages per second, CPU per message and memory of all contenders, size by size, in rounds that they take in turns. */
import { cpuMs, peakBytes, resetPeak } from './processes.mjs';
import { marker, recipients } from './relay-bundle.mjs';
import { contenders } from './relay-contenders.mjs';
import { startPeers } from './relay-peers.mjs';

const CONNECTIONS = 20;
/** More would only measure the memory of the kernel. */
const LARGE_CONNECTIONS = 4;
const LARGE_BYTES = 10_000_000;
/** Before so many, much of the code still waits for its compiler. */
const WARM_UP_MESSAGES = 1000;
const WARM_UP_BYTES = 50_000_000;
/** For programs with a queue: how long behind the last reply messages may still be on their way. */
const DRAIN_MS = 60_000;

export async function measureSpeed(bench, { isTls, peers }) {
  const cases = bench.pace.sizes.flatMap(size =>
    [false, true].map(isKept => ({ name: nameOf(size, isKept, isTls), size, isKept, isTls })),
  );
  const wanted = cases.filter(({ name }) => bench.wants(name));
  if (wanted.length === 0) return [];
  const running = await startAll({ ...bench.setting, isTls }, peers);
  try {
    for (const contender of running) await verify(bench, contender, isTls);
    const results = [];
    for (const one of wanted) {
      bench.tell(one.name);
      results.push(await compare(bench, one, running));
    }
    return results;
  } finally {
    for (const { stop } of running.reverse()) await stop();
  }
}

function nameOf(size, isKept, isTls) {
  return `${size}, ${isKept ? 'kept connections' : 'a connection each'}${isTls ? ', TLS' : ''}`;
}

async function startAll(setting, peers) {
  const running = [];
  for (const [name, start] of Object.entries(contenders)) running.push({ name, ...(await start(setting)) });
  if (peers) running.push(...(await startPeers(setting)));
  return running;
}

/** That the message arrives, and signed by whoever should. */
async function verify(bench, { name, port }, isTls) {
  const before = await bench.sink.ask({ order: 'count' });
  await bench.sink.ask({ order: 'keep' });
  const { files } = bench.messages('8 KB');
  const job = {
    order: 'round',
    port,
    files,
    connections: 1,
    isKept: false,
    isTls,
    milliseconds: 60_000,
    most: 1,
  };
  const { messages } = await bench.client.ask({ ...job, recipients: [recipients.external] });
  const after = await bench.sink.ask({ order: 'reach', count: before + 1, milliseconds: DRAIN_MS });
  const arrived = await bench.sink.ask({ order: 'kept' });
  if (messages !== 1 || after !== before + 1)
    throw new Error(`expected ${name} to relay a message, got none`);
  const isSigned = arrived.replaceAll('=\r\n', '').includes(marker);
  if (isSigned !== (name === 'signet'))
    throw new Error(`expected only signet to sign, got ${name}: ${isSigned}`);
}

async function compare(bench, { name, size, isKept, isTls }, running) {
  const { files, sizeBytes } = bench.messages(size);
  const connections = sizeBytes > LARGE_BYTES ? LARGE_CONNECTIONS : CONNECTIONS;
  const job = { order: 'round', files, connections, isKept, isTls, recipients: [recipients.external] };
  const rounds = running.map(() => []);
  for (const contender of running) {
    await round(bench, contender, {
      ...job,
      milliseconds: bench.pace.warmUpMs,
      least: Math.min(WARM_UP_MESSAGES, Math.ceil(WARM_UP_BYTES / sizeBytes)),
    });
    if (contender.pid) resetPeak(contender.pid);
  }
  for (let pair = 0; pair < bench.pace.pairs; pair++) {
    const order = running.map((_, index) => index);
    if (pair % 2 === 1) order.reverse();
    for (const index of order)
      rounds[index].push(await round(bench, running[index], { ...job, milliseconds: bench.pace.roundMs }));
  }
  const entries = running.map((contender, index) => [
    contender.name,
    {
      ...middle(rounds[index]),
      peakBytes: contender.pid ? peakBytes(contender.pid) : undefined,
      rounds: rounds[index],
    },
  ]);
  return { name, size, sizeBytes, isKept, isTls, connections, contenders: Object.fromEntries(entries) };
}

async function round({ client, sink }, { port, pid, name, most }, job) {
  const before = await sink.ask({ order: 'count' });
  const cpu = pid ? cpuMs(pid) : 0;
  const start = performance.now();
  const {
    messages,
    deferred,
    cpuMs: clientMs,
  } = await client.ask({ ...(most && { most }), ...job, port }).catch(cause => {
    throw new Error(`expected messages to go through ${name}, got a failure`, { cause });
  });
  const arrived = await sink.ask({ order: 'reach', count: before + messages, milliseconds: DRAIN_MS });
  const seconds = (performance.now() - start) / 1000;
  if (arrived !== before + messages || messages === 0)
    throw new Error(`expected ${messages} messages through ${name}, got ${arrived - before}`);
  return {
    perSecond: messages / seconds,
    cpuMs: pid ? (cpuMs(pid) - cpu) / messages : 0,
    clientMs: clientMs / messages,
    messages,
    deferred,
  };
}

function middle(rounds) {
  const of = key => median(rounds.map(round => round[key]));
  return { perSecond: of('perSecond'), cpuMs: of('cpuMs'), clientMs: of('clientMs') };
}

export function median(values) {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];
}
