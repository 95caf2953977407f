/**
 * One contender on one case in a process of its own, so that peak memory is its own. It works only while it is told to:
 * contenders take turns, and whatever disturbs the machine disturbs all of them.
 */
import { readFileSync } from 'node:fs';
import { contenders, marker } from './contenders.mjs';

/** Larger results are not held whole for a look into them: it would count as the contender's memory. */
const MAX_VERIFIED_BYTES = 4_000_000;

const [name, bundle, ...files] = process.argv.slice(2);
const messages = files.map(file => readFileSync(file));
const run = contenders[name](bundle);
let next = 0;

const orders = { first, verify, round, peak };

process.on('message', ({ order, milliseconds }) => {
  orders[order](milliseconds).then(answer => process.send(answer));
});
process.send('ready');

/** The very first message of a process: nothing compiled, nothing cached. */
async function first() {
  return timed();
}

async function verify() {
  const message = messages[0];
  if (message.length > MAX_VERIFIED_BYTES) return true;
  const chunks = [];
  await run(message, chunk => chunks.push(chunk));
  if (!holdsMarker(Buffer.concat(chunks).toString('latin1')))
    throw new Error(`expected a signature in the result of ${name}`);
  return true;
}

/** A signature may be cut by soft line breaks, or stand in a base64 part. */
function holdsMarker(result) {
  if (result.replaceAll('=\r\n', '').includes(marker)) return true;
  const bodies = result.split(/\r\n\r\n(?=[A-Za-z0-9+/]{60})/).slice(1);
  return bodies.some(body => Buffer.from(body, 'base64').toString('latin1').includes(marker));
}

async function round(milliseconds) {
  const samples = [];
  const cpu = process.cpuUsage();
  const start = performance.now();
  do samples.push(await timed());
  while (performance.now() - start < milliseconds);
  const { user, system } = process.cpuUsage(cpu);
  return { samples, cpuMs: (user + system) / 1000 / samples.length };
}

async function timed() {
  const message = messages[next++ % messages.length];
  let size = 0;
  const start = performance.now();
  await run(message, chunk => {
    size += chunk.length;
  });
  const took = performance.now() - start;
  if (size < message.length * 0.9) throw new Error(`expected about ${message.length} bytes, got ${size}`);
  return took;
}

async function peak() {
  return process.resourceUsage().maxRSS * 1024;
}
