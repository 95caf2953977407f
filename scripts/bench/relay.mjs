/**
 * `npm run bench -- relay`: what relaying a signed message costs, beside what the two libraries do by themselves, and with
 * `--peers` beside Haraka and Postfix. The bundle is measured, as it is what runs in production. Contenders take turns,
 * in an order that turns as well, and are judged by ratios of the same turn: whatever disturbs the machine disturbs all.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from '../build.mjs';
import { relaySizes } from './messages.mjs';
import { startHelper } from './relay-contenders.mjs';
import { judgeRelay } from './relay-judge.mjs';
import { measureLatency, measureMemory } from './relay-load.mjs';
import { measureSpeed } from './relay-speed.mjs';

const paces = {
  quick: { pairs: 3, roundMs: 500, warmUpMs: 1000, sizes: ['8 KB', '1 MB'], latencyMs: 1500, memory: 100 },
  full: {
    pairs: 5,
    roundMs: 1000,
    warmUpMs: 2000,
    sizes: ['1 KB', '8 KB', '100 KB', '1 MB', '25 MB'],
    latencyMs: 4000,
    memory: 300,
  },
};

/** All figures and targets as one object. `tell` hears what is being measured; `only` is part of the name of what is. */
export async function benchRelay({ pace, peers, only = '', tell }) {
  const folder = mkdtempSync(join(tmpdir(), 'signet-bench-'));
  process.once('SIGTERM', () => process.exit(143)).once('SIGINT', () => process.exit(130));
  const giveBack = [() => rmSync(folder, { recursive: true, force: true })];
  try {
    const where = machine();
    await build();
    const files = makeCertificate(folder);
    const sink = await startHelper('relay-sink.mjs', [files.certificate, files.key]);
    giveBack.push(sink.stop);
    const client = await startHelper('relay-client.mjs', []);
    giveBack.push(client.stop);
    const setting = { folder, ...files, nextPort: sink.ready };
    const wants = name => name.includes(only);
    const bench = {
      setting,
      sink,
      client,
      wants,
      tell,
      pace: paces[pace],
      messages: store(folder),
      giveBack,
    };
    const figures = {
      throughput: [
        ...(await measureSpeed(bench, { isTls: false, peers })),
        ...(await measureSpeed(bench, { isTls: true, peers: false })),
      ],
      latency: await measureLatency(bench),
      memory: await measureMemory(bench),
    };
    return { machine: where, loadAtEnd: loadavg()[0], pace, ...figures, targets: judgeRelay(figures) };
  } finally {
    for (const give of giveBack.reverse()) await give();
  }
}

/** `load`: processes that wanted a core in the minute before; with the benchmark's own, more than cores is a queue. */
function machine() {
  const cores = availableParallelism();
  return { node: process.version, cpu: cpus()[0]?.model.trim(), cores, load: loadavg()[0] };
}

/** For localhost. */
function makeCertificate(folder) {
  const [certificate, key] = [join(folder, 'localhost.pem'), join(folder, 'localhost.key')];
  const how = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  execFileSync('openssl', ['req', '-x509', ...how, ...names, '-keyout', key, '-out', certificate], {
    stdio: 'ignore',
  });
  return { certificate, key };
}

/** Names of sizes -> the files with their messages; what makes them must not count as memory of those who relay them. */
function store(folder) {
  const made = new Map();
  return name => {
    const known = made.get(name);
    if (known) return known;
    const messages =
      relaySizes()
        .find(size => size.name === name)
        ?.messages() ?? [];
    const files = messages.map((message, index) => {
      const file = join(folder, `${name.replace(' ', '')}-${index}.eml`);
      writeFileSync(file, message);
      return file;
    });
    const sizeBytes = Math.round(messages.reduce((sum, { length }) => sum + length, 0) / files.length);
    made.set(name, { files, sizeBytes });
    return { files, sizeBytes };
  };
}
