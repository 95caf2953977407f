/**
 * The load of the benchmark, in a process of its own: raw sockets, pipelined commands, bodies encoded once. It does what a
 * fast mail server does, and no more, so that it is no bottleneck; the row "direct" shows how fast it could be.
 */
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';

/** How long a client waits before it tries again what was put off. */
// Nobody is left to work for.
process.on('disconnect', () => process.exit());

const DEFERRED_MS = 50;

process.on('message', job => {
  runs[job.order](job).then(
    answer => process.send(answer),
    error => process.send({ failure: error.message }),
  );
});
process.send('ready');

const runs = { round, paced };

/** As many messages as go through in the time, at least `least` and at most `most`, over so many connections at once. */
async function round({
  port,
  files,
  connections,
  isKept,
  isTls,
  milliseconds,
  recipients,
  least = 0,
  most = Infinity,
}) {
  const bodies = files.map(bodyFrom);
  const start = performance.now();
  const cpu = process.cpuUsage();
  let messages = 0;
  let deferred = 0;
  let begun = 0;
  const isOver = () => begun >= most || (begun >= least && performance.now() - start >= milliseconds);
  const work = async () => {
    let line;
    while (!isOver()) {
      line ??= await open(port, isTls);
      const code = await send(line, bodies[begun++ % bodies.length], recipients);
      if (code === 250) messages++;
      else deferred++;
      if (code !== 250) await pause(DEFERRED_MS);
      if (isKept && line.isOpen()) continue;
      await line.leave();
      line = undefined;
    }
    await line?.leave();
  };
  await Promise.all(Array.from({ length: connections }, work));
  const elapsedMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { messages, deferred, elapsedMs, cpuMs: (user + system) / 1000 };
}

/** So many messages a second, whatever becomes of the others, each on its own connection; ms from SYN to last reply. */
async function paced({ port, files, perSecond, milliseconds, isTls, recipients }) {
  const bodies = files.map(bodyFrom);
  const start = performance.now() + 50;
  const count = Math.floor((perSecond * milliseconds) / 1000);
  const one = async index => {
    const due = start + (index * 1000) / perSecond;
    await pause(Math.max(0, due - performance.now()));
    const begun = performance.now();
    const line = await open(port, isTls);
    const code = await send(line, bodies[index % bodies.length], recipients);
    if (code !== 250) throw new Error(`expected every message to be taken, got ${code}`);
    const took = performance.now() - begun;
    void line.leave();
    return took;
  };
  const latencies = [];
  let running = [];
  for (let index = 0; index < count; index++) {
    running.push(one(index).then(took => latencies.push(took)));
    if (running.length === 100) {
      await running[50];
      running = running.slice(51);
    }
  }
  await Promise.all(running);
  return { latencies };
}

/** With dots doubled and the end of data behind it. */
const encoded = new Map();
function bodyFrom(file) {
  const known = encoded.get(file);
  if (known) return known;
  const text = readFileSync(file, 'latin1').replace(/^\./gm, '..');
  const body = Buffer.from(`${text.endsWith('\r\n') ? text : `${text}\r\n`}.\r\n`, 'latin1');
  encoded.set(file, body);
  return body;
}

/** The code of the reply to the final dot, or of the one that put the message off. */
async function send(line, body, recipients) {
  const commands = [
    `MAIL FROM:<bob@example.com> SIZE=${body.length} BODY=8BITMIME\r\n`,
    ...recipients.map(recipient => `RCPT TO:<${recipient}>\r\n`),
    'DATA\r\n',
  ];
  const codes = await line.ask(commands.join(''), commands.length);
  if (codes.at(-1) !== 354) return codes[0];
  const [code] = await line.ask(body, 1);
  return code;
}

/** A connection behind EHLO, and behind STARTTLS if asked for. */
async function open(port, isTls) {
  const socket = connectTcp({ host: '127.0.0.1', port, noDelay: true });
  const line = dialogue(socket);
  await line.expect(1);
  await line.ask('EHLO client.example.com\r\n', 1);
  if (!isTls) return line;
  await line.ask('STARTTLS\r\n', 1);
  line.detach();
  const secure = dialogue(connectTls({ socket, rejectUnauthorized: false }));
  await secure.ask('EHLO client.example.com\r\n', 1);
  return secure;
}

function dialogue(socket) {
  let rest = '';
  let codes = [];
  let waiting;
  let isEnded = false;
  const end = () => {
    isEnded = true;
    waiting?.fail(
      new Error(`expected ${waiting.count} replies, got ${codes.join(' ')} and the end of the connection`),
    );
    waiting = undefined;
  };
  const read = chunk => {
    rest += chunk.toString('latin1');
    let from = 0;
    for (let at = rest.indexOf('\r\n'); at >= 0; at = rest.indexOf('\r\n', from)) {
      if (rest[from + 3] !== '-') codes.push(Number(rest.slice(from, from + 3)));
      from = at + 2;
    }
    rest = rest.slice(from);
    if (!waiting || codes.length < waiting.count) return;
    const { done } = waiting;
    waiting = undefined;
    done(codes);
    codes = [];
  };
  socket.on('data', read).on('error', end).on('close', end);
  const expect = count =>
    new Promise((done, fail) => {
      if (isEnded) fail(new Error('expected a connection, got its end'));
      else waiting = { count, done, fail };
    });
  return {
    expect,
    ask: (bytes, count) => {
      const answers = expect(count);
      socket.write(bytes, 'latin1');
      return answers;
    },
    detach: () => socket.off('data', read),
    isOpen: () => !isEnded,
    leave: async () => {
      if (isEnded) return;
      const answer = expect(1).catch(() => undefined);
      socket.write('QUIT\r\n');
      await answer;
      socket.destroy();
    },
  };
}
