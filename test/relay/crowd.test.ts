/** Very many clients at once, and a process without descriptors: refused, borne, and gone without a trace. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { limits } from '../../src/limits.ts';
import { startRelay } from '../support/relay.ts';
import { connectClient, type SmtpClient } from '../support/smtp-client.ts';

test('of two thousand connections at once two hundred are greeted, the others told so, and all are gone after', async context => {
  const { port, relay } = await startRelay(context, {
    limits: { ...limits.relay, connectionsPerPeer: 2_000 },
  });
  const clients: SmtpClient[] = [];
  const replies: (string | undefined)[] = [];
  // In batches that the kernel's queue holds: what it drops it repeats after seconds.
  while (clients.length < 2_000) {
    const batch = await Promise.all(Array.from({ length: 100 }, () => connectClient(port)));
    replies.push(...(await Promise.all(batch.map(client => client.reply()))));
    clients.push(...batch);
  }
  assert.equal(replies.filter(reply => reply?.startsWith('220 ')).length, limits.relay.connections);
  assert.equal(
    replies.filter(reply => reply?.startsWith('421 4.3.2 ')).length,
    2_000 - limits.relay.connections,
  );
  for (const client of clients) client.socket.destroy();
  while (relay.state().connections > 0) await nextTurn();
  const next = await connectClient(port);
  assert.match((await next.reply()) ?? '', /^220 /);
});

test('without descriptors for new connections the server goes on with those it has, and takes others later', () => {
  const program = new URL('../support/relay-without-descriptors.ts', import.meta.url).pathname;
  const command = `ulimit -n 60; exec "${process.execPath}" --import tsx "${program}"`;
  const { stdout, stderr, status } = spawnSync('bash', ['-c', command], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  assert.equal(status, 0, stderr);
  assert.equal(stdout, 'kept 250 after 220\n');
});
