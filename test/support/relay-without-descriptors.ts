/** A program for test/relay/crowd.test.ts, run with few descriptors: more clients than there is room for, then fewer. */
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { startRelay } from './relay.ts';
import { connectClient } from './smtp-client.ts';

const ends: (() => Promise<void>)[] = [];
const { port } = await startRelay({ after: (end: () => Promise<void>) => ends.push(end) });
const kept = await connectClient(port);
await kept.reply();
const sockets: Socket[] = [];
for (let count = 0; count < 80; count++) {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  sockets.push(socket);
}
// The kernel's queue of connections and the failing accepts have no event of their own on this side.
await pause(300);
kept.send('NOOP\r\n');
const reply = await kept.reply();
for (const socket of sockets) socket.destroy();
await pause(300);
const later = await connectClient(port);
const greeting = await later.reply();
process.stdout.write(`kept ${reply?.slice(0, 3)} after ${greeting?.slice(0, 3)}\n`);
kept.socket.destroy();
later.socket.destroy();
for (const end of ends) await end();
