/**
 * What stands between client and sink, each a program of its own: the two libraries by themselves, Signet as production
 * runs it, nothing at all. `start` answers the port to send to and the process whose CPU and memory count.
 */
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle, running } from '../build.mjs';
import { writeBundle } from './relay-bundle.mjs';

/** Without the delay and with connections kept, the libraries are as fast as they get: what Signet is judged against. */
export const fastestRaw = 'raw+kept+no delay';

export const contenders = {
  direct: async ({ nextPort }) => ({ port: nextPort, pid: undefined, stop: () => undefined }),
  raw: setting => startRaw(setting, { keeps: false, greets: false }),
  'raw+kept': setting => startRaw(setting, { keeps: true, greets: false }),
  [fastestRaw]: setting => startRaw(setting, { keeps: true, greets: true }),
  signet: startSignet,
};

/** A process of ours that says when it is ready and answers orders, one at a time. */
export async function startHelper(file, words) {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), words, { execArgv: [] });
  const [ready] = await answerOf(child, file);
  const ask = async message => {
    child.send(message);
    const [answer] = await answerOf(child, file);
    if (answer?.failure !== undefined) throw new Error(`${file}: ${answer.failure}`);
    return answer;
  };
  return { ready, ask, pid: child.pid, stop: () => child.kill('SIGKILL') };
}

async function answerOf(child, name) {
  const waiting = new AbortController();
  const { signal } = waiting;
  const ended = once(child, 'exit', { signal }).then(([code]) => {
    throw new Error(`expected ${name} to go on, got exit code ${code}`);
  });
  try {
    return await Promise.race([once(child, 'message', { signal }), ended]);
  } finally {
    ended.catch(() => undefined);
    waiting.abort();
  }
}

async function startRaw({ nextPort, certificate, key, isTls }, { keeps, greets }) {
  const settings = JSON.stringify({ nextPort, certificate, key, isTls, keeps, greets });
  const { ready, pid, stop } = await startHelper('relay-raw.mjs', [settings]);
  return { port: ready, pid, stop };
}

/**
 * The bundle, run as `npm start` runs it; its log goes to a file, as to a service manager's. BENCH_NODE_FLAGS adds others:
 * `--cpu-prof --cpu-prof-dir=/tmp/profiles` shows where the time goes.
 */
async function startSignet({ folder, nextPort, certificate, key, isTls }) {
  const home = mkdtempSync(join(folder, 'signet-'));
  const logFile = join(home, 'signet.log');
  const log = openSync(logFile, 'w');
  const more = process.env.BENCH_NODE_FLAGS?.split(' ') ?? [];
  const child = spawn(process.execPath, [...running.flags, ...more, bundle], {
    cwd: home,
    stdio: ['ignore', 'pipe', log],
    env: {
      ...running.environment,
      SIGNET_BUNDLE: writeBundle(home, { nextPort, certificate, isTls }),
      SIGNET_DATA: join(home, 'data'),
      SIGNET_SMTP_LISTEN: '127.0.0.1:0',
      SIGNET_HTTP_LISTEN: '127.0.0.1:0',
      SIGNET_HOSTNAME: 'signet.example.com',
      ...(isTls ? { SIGNET_TLS_CERT: certificate, SIGNET_TLS_KEY: key } : {}),
    },
  });
  closeSync(log);
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const port = await portOf(child, logFile);
  return {
    port,
    pid: child.pid,
    stop: async () => {
      process.off('exit', kill);
      const ended = once(child, 'exit');
      // Time to write a profile.
      if (more.length > 0) child.kill('SIGTERM');
      else kill();
      await ended;
    },
  };
}

/** What the line on standard output says; rejects with the log when the process ends before it. */
function portOf(child, logFile) {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stdout.on('data', chunk => {
      said += chunk;
      const found = /relays mail on 127\.0\.0\.1:(\d+)/.exec(said);
      if (found) resolve(Number(found[1]));
    });
    child.once('exit', () => reject(new Error(said.length > 0 ? said : readLog(logFile))));
  });
}

function readLog(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    return String(error);
  }
}
