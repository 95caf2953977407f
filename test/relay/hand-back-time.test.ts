/** What happens when: clients that vanish, next hops that hang, connections that were kept. */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import { limits } from '../../src/limits.ts';
import { letter, makeJob, makeVariants, startHandBack } from '../support/hand-back.ts';
import { type Moment, type NextHopFault, type NextHopStage, startNextHop } from '../support/next-hop.ts';

const hang: NextHopFault = { kind: 'hang' };

function hangAt(stage: NextHopStage) {
  return (moment: Moment) => (moment.stage === stage ? hang : undefined);
}

async function start(fault?: (moment: Moment) => NextHopFault | undefined, overrides = {}) {
  const nextHop = await startNextHop(fault ? { fault } : {});
  const service = startHandBack(nextHop.port, overrides);
  const end = async () => {
    service.close();
    await nextHop.close();
  };
  return { nextHop, ...service, end };
}

for (const stage of ['connect', 'greeting', 'ehlo', 'mail', 'rcpt', 'data'] as const) {
  test(`a client that vanishes while the next hop hangs at ${stage} leaves no trace`, async () => {
    const { nextHop, handBack, tenant, ledger, pool, end } = await start(hangAt(stage));
    const client = new AbortController();
    const result = handBack(
      makeJob(tenant, makeVariants(['b@x.test', 'c@x.test']), { signal: client.signal }),
    );
    await nextHop.reached(stage, 2);
    client.abort();
    assert.equal((await result).outcome, 'client-gone');
    await nextHop.allClosed();
    assert.deepEqual(nextHop.deliveries, []);
    assert.equal(ledger.keys.size, 0);
    assert.equal(pool.takenCount(), 0);
    await end();
  });

  test(`a next hop that hangs at ${stage} costs 45 seconds at most and leaves no trace`, async () => {
    const { nextHop, handBack, tenant, time, end } = await start(hangAt(stage));
    const result = handBack(makeJob(tenant, makeVariants(['b@x.test', 'c@x.test'])));
    await nextHop.reached(stage, 2);
    time.pass(limits.handBack.beforeDotsMs + limits.handBack.beforeDotsMsPerMiB);
    const { reply, outcome } = await result;
    assert.equal(`${reply.code} ${reply.text.slice(0, 5)}`, '451 4.4.2');
    assert.equal(outcome, 'deferred');
    await nextHop.allClosed();
    assert.deepEqual(nextHop.deliveries, []);
    await end();
  });
}

test('a client that is gone already is not served at all', async () => {
  const { nextHop, handBack, tenant, end } = await start();
  const result = await handBack(makeJob(tenant, makeVariants(['b@x.test']), { signal: AbortSignal.abort() }));
  assert.equal(result.outcome, 'client-gone');
  assert.deepEqual(nextHop.commands, []);
  await end();
});

test('a client that vanishes behind the dots changes nothing but the ledger', async () => {
  const client = new AbortController();
  const fault = ({ stage }: Moment) => {
    if (stage === 'dot') client.abort();
    return undefined;
  };
  const { nextHop, handBack, tenant, ledger, end } = await start(fault);
  const job = makeJob(tenant, makeVariants(['b@x.test', 'c@x.test']), { signal: client.signal });
  const result = await handBack(job);
  assert.equal(result.outcome, 'client-gone');
  assert.equal(nextHop.deliveries.length, 2);
  assert.equal(ledger.keys.size, 2);
  await end();
});

test('a recipient in the ledger is not served twice, and counts as accepted', async () => {
  let isFirst = true;
  const { nextHop, handBack, tenant, ledger, end } = await start(({ stage, recipients }) =>
    stage === 'dot' && isFirst && recipients.includes('c@x.test')
      ? { kind: 'say', text: '452 4.3.1 full\r\n' }
      : undefined,
  );
  const first = await handBack(makeJob(tenant, makeVariants(['b@x.test', 'c@x.test'])));
  assert.equal(first.outcome, 'deferred');
  isFirst = false;
  const again = Buffer.concat([Buffer.from('Received: from another try\r\n'), letter]);
  const second = await handBack(
    makeJob(tenant, makeVariants(['b@x.test', 'c@x.test'], again), { bytes: again }),
  );
  assert.equal(second.outcome, 'delivered');
  assert.deepEqual(
    nextHop.deliveries.map(({ recipients }) => recipients),
    [['b@x.test'], ['c@x.test']],
  );
  assert.equal(ledger.keys.size, 1);
  await end();
});

test('a message that everybody has already is acknowledged without a word to the next hop', async () => {
  const client = new AbortController();
  const { nextHop, handBack, tenant, end } = await start(({ stage }) => {
    if (stage === 'dot') client.abort();
    return undefined;
  });
  await handBack(makeJob(tenant, makeVariants(['b@x.test']), { signal: client.signal }));
  const words = nextHop.commands.length;
  const again = await handBack(makeJob(tenant, makeVariants(['b@x.test'])));
  assert.equal(again.outcome, 'delivered-before');
  assert.equal(again.reply.code, 250);
  assert.equal(nextHop.commands.length, words);
  await end();
});

test('the same text of another message, sender or tenant is another matter', async () => {
  const client = new AbortController();
  const { nextHop, handBack, tenant, end } = await start(({ stage }) => {
    if (stage === 'dot') client.abort();
    return undefined;
  });
  await handBack(makeJob(tenant, makeVariants(['b@x.test']), { signal: client.signal }));
  const other = Buffer.from(letter.toString().replace('<1@', '<2@'));
  await handBack(makeJob(tenant, makeVariants(['b@x.test'], other), { bytes: other }));
  await handBack(makeJob(tenant, makeVariants(['b@x.test']), { from: 'eve@contoso.com' }));
  await handBack(makeJob({ ...tenant, id: 't_02' }, makeVariants(['b@x.test'])));
  assert.equal(nextHop.deliveries.length, 4);
  await end();
});

test('a message without Message-ID is never taken for one that was delivered', async () => {
  const client = new AbortController();
  const { nextHop, handBack, tenant, ledger, end } = await start(({ stage }) => {
    if (stage === 'dot') client.abort();
    return undefined;
  });
  const bytes = Buffer.from('Subject: disk full\r\n\r\nagain\r\n');
  const variants = makeVariants(['b@x.test'], bytes);
  await handBack(makeJob(tenant, variants, { bytes, signal: client.signal }));
  assert.equal(ledger.keys.size, 0);
  await handBack(makeJob(tenant, variants, { bytes }));
  assert.equal(nextHop.deliveries.length, 2);
  await end();
});

test('a next hop that never answers the dot is waited for five minutes, then its message may come twice', async () => {
  const { nextHop, handBack, tenant, ledger, time, end } = await start(hangAt('reply'));
  const result = handBack(makeJob(tenant, makeVariants(['b@x.test'])));
  await nextHop.reached('reply');
  let isOver = false;
  void result.then(() => {
    isOver = true;
  });
  time.pass(limits.handBack.afterDotsMs - 1);
  await new Promise(setImmediate);
  assert.ok(!isOver);
  time.pass(1);
  assert.equal((await result).reply.code, 451);
  assert.equal(ledger.keys.size, 0);
  await end();
});

test('a connection is used again for the next message', async () => {
  const { nextHop, handBack, tenant, pool, end } = await start();
  for (const recipient of ['b@x.test', 'c@x.test', 'd@x.test'])
    await handBack(makeJob(tenant, makeVariants([recipient])));
  assert.equal(nextHop.connections(), 1);
  assert.equal(nextHop.deliveries.length, 3);
  assert.equal(pool.idleCount(), 1);
  await end();
});

for (const [stage, recipients] of [
  ['rcpt', 'b@x.test c@x.test'],
  ['dot', 'b@x.test'],
  ['data', 'b@x.test'],
] as const) {
  test(`a connection with a refusal at ${stage} is not used again`, async () => {
    const { nextHop, handBack, tenant, pool, end } = await start(moment =>
      moment.stage === stage && moment.connection === 0 && moment.recipient !== 'b@x.test'
        ? { kind: 'say', text: '550 5.2.0 no\r\n' }
        : undefined,
    );
    await handBack(makeJob(tenant, makeVariants([recipients])));
    await handBack(makeJob(tenant, makeVariants(['d@x.test'])));
    assert.ok(
      nextHop.deliveries.every(
        ({ recipients, connection }) => connection > 0 || recipients.includes('b@x.test'),
      ),
    );
    assert.ok(nextHop.connections() >= 2);
    assert.ok(pool.idleCount() <= 2);
    await end();
  });
}

for (const kind of ['reset', 'close', 'half-close'] as const) {
  test(`an idle connection that the next hop ends with ${kind} at the next MAIL costs nothing but a new one`, async () => {
    const { nextHop, handBack, tenant, end } = await start(({ stage, message, connection }) =>
      stage === 'mail' && message === 1 && connection === 0 ? { kind } : undefined,
    );
    await handBack(makeJob(tenant, makeVariants(['b@x.test'])));
    const second = await handBack(makeJob(tenant, makeVariants(['c@x.test'])));
    assert.equal(second.outcome, 'delivered');
    assert.deepEqual(
      nextHop.deliveries.map(({ recipients }) => recipients),
      [['b@x.test'], ['c@x.test']],
    );
    assert.equal(nextHop.connections(), 2);
    await end();
  });
}

test('an idle connection that was told 421 is replaced', async () => {
  const { nextHop, handBack, tenant, end } = await start(({ stage, message, connection }) =>
    stage === 'mail' && message === 1 && connection === 0
      ? { kind: 'say-and-close', text: '421 4.4.2 idle for too long\r\n' }
      : undefined,
  );
  await handBack(makeJob(tenant, makeVariants(['b@x.test'])));
  assert.equal((await handBack(makeJob(tenant, makeVariants(['c@x.test'])))).outcome, 'delivered');
  assert.equal(nextHop.deliveries.length, 2);
  await end();
});

test('an idle connection is left after its time', async () => {
  const { nextHop, handBack, tenant, time, pool, end } = await start();
  await handBack(makeJob(tenant, makeVariants(['b@x.test'])));
  time.pass(limits.handBack.idleMs);
  assert.equal(pool.idleCount(), 0);
  await nextHop.allClosed();
  assert.equal(nextHop.commands.at(-1), 'QUIT');
  await end();
});

test('an idle connection that the next hop ends is forgotten', async () => {
  const { nextHop, handBack, tenant, pool, end } = await start();
  await handBack(makeJob(tenant, makeVariants(['b@x.test'])));
  nextHop.dropConnections();
  await nextHop.allClosed();
  while (pool.idleCount() > 0) await new Promise(setImmediate);
  await end();
});

test('a client that vanishes in the midst of a large body leaves no trace', async () => {
  const big = Buffer.concat([letter, Buffer.alloc(8_000_000, 'All work and no play.\r\n')]);
  const { nextHop, handBack, tenant, end } = await start(hangAt('body'));
  const client = new AbortController();
  const result = handBack(
    makeJob(tenant, makeVariants(['b@x.test'], big), { bytes: big, signal: client.signal }),
  );
  await nextHop.reached('body');
  client.abort();
  assert.equal((await result).outcome, 'client-gone');
  assert.deepEqual(nextHop.deliveries, []);
  await end();
});

test('a large body arrives whole, dots and all', async () => {
  const big = Buffer.concat([letter, Buffer.from('.\r\n'.repeat(100_000)), Buffer.from('x'.repeat(900_000))]);
  const { nextHop, handBack, tenant, end } = await start();
  await handBack(makeJob(tenant, makeVariants(['b@x.test', '!c@x.test'], big), { bytes: big }));
  assert.equal(
    nextHop.deliveries.find(({ recipients }) => recipients[0] === 'b@x.test')?.content,
    `${big}\r\n`,
  );
  await end();
});

test('messages that need more connections than there are wait for each other and all pass', async () => {
  const few = { ...limits.handBack, connections: 6, connectionsPerHop: 4 };
  const { nextHop, handBack, tenant, pool, end } = await start(undefined, { limits: few });
  const lists = ['b@x.test', 'c@x.test', 'd@x.test'];
  const results = await Promise.all(
    Array.from({ length: 12 }, () => handBack(makeJob(tenant, makeVariants(lists)))),
  );
  assert.ok(results.every(({ outcome }) => outcome === 'delivered'));
  assert.equal(nextHop.deliveries.length, 36);
  assert.ok(nextHop.connections() <= 4);
  assert.equal(pool.waitingCount(), 0);
  await end();
});

test('a client that vanishes while its message waits for connections gives up its place', async () => {
  const few = { ...limits.handBack, connections: 1, connectionsPerHop: 1 };
  const { nextHop, handBack, tenant, pool, time, end } = await start(hangAt('mail'), { limits: few });
  const first = handBack(makeJob(tenant, makeVariants(['b@x.test'])));
  await nextHop.reached('mail');
  const client = new AbortController();
  const second = handBack(makeJob(tenant, makeVariants(['c@x.test']), { signal: client.signal }));
  while (pool.waitingCount() === 0) await new Promise(setImmediate);
  client.abort();
  assert.equal((await second).outcome, 'client-gone');
  assert.equal(pool.waitingCount(), 0);
  time.pass(limits.handBack.beforeDotsMs + limits.handBack.beforeDotsMsPerMiB);
  assert.equal((await first).outcome, 'deferred');
  await end();
});

test('a fault of our own is a 451, never a rejection', async () => {
  const broken = {
    random: () => {
      throw new Error('no entropy');
    },
  };
  const { handBack, tenant, nextHop, end } = await start(
    ({ stage, recipient }) =>
      stage === 'rcpt' && recipient === 'c@x.test' ? { kind: 'say', text: '550 5.1.1 no\r\n' } : undefined,
    broken,
  );
  const result = await handBack(makeJob(tenant, makeVariants(['b@x.test c@x.test'])));
  assert.equal(result.reply.code, 451);
  await nextHop.allClosed();
  assert.deepEqual(nextHop.deliveries, []);
  await end();
});

test('a connection is warmed once and taken by the message that comes', async () => {
  const { nextHop, handBack, warm, tenant, end } = await start();
  warm(tenant);
  warm(tenant);
  const result = await handBack(makeJob(tenant, makeVariants(['b@x.test'])));
  assert.equal(result.outcome, 'delivered');
  assert.equal(nextHop.connections(), 1);
  await end();
});
