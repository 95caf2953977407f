/**
 * The next hop of the benchmark, in a process of its own: takes every message and throws it away. It answers pipelined
 * commands at once, looks for the end of data with one native search, and does nothing else, so that it is no bottleneck.
 */
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';

// Nobody is left to work for.
process.on('disconnect', () => process.exit());

const endOfData = Buffer.from('\r\n.\r\n');
/** Larger messages are looked at up to here. */
const KEPT_BYTES = 2_000_000;

const [certificate, key] = process.argv.slice(2);
const secureContext = createSecureContext({
  cert: readFileSync(certificate),
  key: readFileSync(key),
  minVersion: 'TLSv1.2',
});
let messages = 0;
let kept;
let waiting;

const server = createServer({ noDelay: true }, socket => {
  socket.on('error', () => undefined);
  socket.write('220 sink ESMTP\r\n');
  serve(socket, false);
});
server.listen({ host: '127.0.0.1', port: 0, backlog: 1024 }, () => process.send(server.address().port));

process.on('message', ({ order, count, milliseconds }) => orders[order](count, milliseconds));

const orders = {
  count: () => process.send(messages),
  /** Answers when so many messages have come since the start, or the time is over. */
  reach: (count, milliseconds) => {
    const timer = setTimeout(() => tell(), milliseconds);
    const tell = () => {
      clearTimeout(timer);
      waiting = undefined;
      process.send(messages);
    };
    waiting = { count, tell };
    arrived(0);
  },
  /** The next message is kept, `kept` hands it over. */
  keep: () => {
    kept = [];
    process.send(true);
  },
  kept: () => {
    process.send(Buffer.concat(kept ?? []).toString('latin1'));
    kept = undefined;
  },
};

function arrived(count) {
  messages += count;
  if (waiting && messages >= waiting.count) waiting.tell();
}

function serve(socket, isSecure) {
  let line = '';
  let tail = Buffer.alloc(0);
  let isData = false;
  let held = 0;
  socket.on('data', chunk => (isData ? takeData(chunk) : takeCommands(chunk)));

  function takeCommands(chunk) {
    const text = line + chunk.toString('latin1');
    let replies = '';
    let from = 0;
    for (let end = text.indexOf('\r\n'); end >= 0; end = text.indexOf('\r\n', from)) {
      const verb = text.slice(from, from + 4).toUpperCase();
      from = end + 2;
      if (verb === 'STAR') return startTls();
      replies += replyTo(verb);
      if (verb === 'DATA') {
        isData = true;
        socket.write(replies, 'latin1');
        // What was sent ahead of our 354 is data already; nobody here does that.
        tail = Buffer.from('\r\n');
        line = '';
        if (from < text.length) takeData(Buffer.from(text.slice(from), 'latin1'));
        return;
      }
      if (verb === 'QUIT') return void socket.end(replies);
    }
    line = text.slice(from);
    if (replies !== '') socket.write(replies, 'latin1');
  }

  function replyTo(verb) {
    if (verb === 'EHLO')
      return `250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n${isSecure ? '' : '250-STARTTLS\r\n'}250 SIZE 0\r\n`;
    if (verb === 'DATA') return '354 go on\r\n';
    if (verb === 'QUIT') return '221 2.0.0 bye\r\n';
    return '250 2.0.0 ok\r\n';
  }

  function takeData(chunk) {
    const end = endIn(chunk);
    if (kept && held < KEPT_BYTES) {
      kept.push(Buffer.from(chunk));
      held += chunk.length;
    }
    if (end < 0) {
      tail = chunk.length >= 4 ? chunk.subarray(-4) : Buffer.concat([tail, chunk]).subarray(-4);
      return;
    }
    isData = false;
    held = 0;
    arrived(1);
    socket.write('250 2.0.0 taken\r\n', 'latin1');
    if (end < chunk.length) takeCommands(chunk.subarray(end));
  }

  /** Where the chunk's part of the message ends, behind the final dot; -1 when it goes on. */
  function endIn(chunk) {
    const seam = Buffer.concat([tail, chunk.subarray(0, 4)]);
    const over = seam.indexOf(endOfData);
    if (over >= 0) return over + 5 - tail.length;
    const at = chunk.indexOf(endOfData);
    return at < 0 ? -1 : at + 5;
  }

  function startTls() {
    socket.removeAllListeners('data');
    socket.write('220 go on\r\n');
    const secure = new TLSSocket(socket, { isServer: true, secureContext });
    secure.on('error', () => socket.destroy());
    serve(secure, true);
  }
}
