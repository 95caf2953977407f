import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NextHop } from '../../src/relay/message.ts';
import type { NextHopSession } from '../../src/relay/next-hop-session.ts';
import { createPool, type Grant } from '../../src/relay/pool.ts';
import { createHandTime } from '../support/relay.ts';

const hop = (host: string): NextHop => ({ target: { kind: 'host', host }, port: 25, tls: 'required' });
const one = hop('one.test');
const two = hop('two.test');

/** A connection as the pool sees one: it can be lost, and it remembers how it ended. */
function makeSession(messages = 1) {
  const log: string[] = [];
  let lost = () => {};
  let isReusable = true;
  const session: NextHopSession = {
    host: 'one.test',
    isSecure: true,
    extensions: { is8bit: true, isUtf8: true, isPipelining: true, isSize: true, sizeLimit: 0 },
    envelope: () => Promise.reject(new Error('not in this test')),
    body: () => Promise.reject(new Error('not in this test')),
    dot: () => Promise.reject(new Error('not in this test')),
    bodyAndDot: () => Promise.reject(new Error('not in this test')),
    isReusable: () => isReusable,
    messages: () => messages,
    onLost: run => {
      lost = run;
    },
    destroy: reason => void log.push(`destroyed: ${reason}`),
    quit: () => void log.push('quit'),
  };
  return {
    session,
    log,
    lose: () => lost(),
    spoil: () => {
      isReusable = false;
    },
  };
}

function start(limits: Partial<Parameters<typeof createPool>[0]['limits']> = {}) {
  const time = createHandTime();
  const opened: ReturnType<typeof makeSession>[] = [];
  const pool = createPool({
    open: () => {
      const made = makeSession();
      opened.push(made);
      return Promise.resolve(made.session);
    },
    timers: time.timers,
    limits: {
      connections: 10,
      connectionsPerHop: 4,
      idlePerHop: 2,
      idleMs: 1_000,
      messagesPerConnection: 3,
      ...limits,
    },
  });
  return { pool, time, opened };
}

const never = new AbortController().signal;

/** The order in which grants arrive. */
function ask(
  pool: ReturnType<typeof createPool>,
  order: string[],
  name: string,
  nextHop: NextHop,
  count: number,
) {
  return pool.take(nextHop, count, never).then(grant => {
    order.push(name);
    return grant as Grant;
  });
}

test('a message takes all its connections or waits with none', async () => {
  const { pool } = start();
  const order: string[] = [];
  const first = await ask(pool, order, 'first', one, 3);
  const second = ask(pool, order, 'second', one, 3);
  await Promise.resolve();
  assert.deepEqual(order, ['first']);
  assert.equal(pool.takenCount(), 3);
  first.release();
  (await second).release();
  assert.equal(pool.takenCount(), 0);
});

test('first come, first served: a small message does not overtake a large one', async () => {
  const { pool } = start();
  const order: string[] = [];
  const first = await ask(pool, order, 'first', one, 3);
  const large = ask(pool, order, 'large', one, 4);
  const small = ask(pool, order, 'small', one, 1);
  await Promise.resolve();
  first.release();
  (await large).release();
  (await small).release();
  assert.deepEqual(order, ['first', 'large', 'small']);
});

test('a next hop that has used up its share does not hold back another', async () => {
  const { pool } = start();
  const order: string[] = [];
  const first = await ask(pool, order, 'first', one, 4);
  const waits = ask(pool, order, 'waits', one, 1);
  const other = await ask(pool, order, 'other', two, 4);
  assert.deepEqual(order, ['first', 'other']);
  first.release();
  (await waits).release();
  other.release();
  assert.equal(pool.takenCount(), 0);
});

test('who waits for the common share lets nobody past', async () => {
  const { pool } = start({ connections: 5 });
  const order: string[] = [];
  const first = await ask(pool, order, 'first', one, 4);
  const large = ask(pool, order, 'large', two, 3);
  const small = ask(pool, order, 'small', hop('three.test'), 1);
  await new Promise(setImmediate);
  assert.deepEqual(order, ['first']);
  first.release();
  await Promise.all([large, small]);
  assert.deepEqual(order, ['first', 'large', 'small']);
});

test('who wants more than the share of one next hop gets the share', async () => {
  const { pool } = start();
  const grant = await ask(pool, [], 'huge', one, 99);
  assert.equal(pool.takenCount(), 4);
  grant.release();
});

test('a grant is given back once, however often it is said', async () => {
  const { pool } = start();
  const grant = await ask(pool, [], 'a', one, 2);
  grant.release();
  grant.release();
  assert.equal(pool.takenCount(), 0);
});

test('giving up while waiting lets the next one in', async () => {
  const { pool } = start();
  const order: string[] = [];
  const first = await ask(pool, order, 'first', one, 3);
  const gone = new AbortController();
  const large = pool.take(one, 4, gone.signal);
  const small = ask(pool, order, 'small', one, 1);
  gone.abort();
  assert.equal(await large, undefined);
  (await small).release();
  first.release();
  assert.equal(pool.waitingCount(), 0);
  assert.equal(await pool.take(one, 1, AbortSignal.abort()), undefined);
});

test('the youngest idle connection is taken first; more than enough are not kept', async () => {
  const { pool, opened } = start();
  const grant = await ask(pool, [], 'a', one, 3);
  const sessions = await Promise.all([1, 2, 3].map(() => grant.open(never)));
  for (const session of sessions) if (!('kind' in session)) grant.putBack(session);
  assert.equal(pool.idleCount(), 2);
  assert.deepEqual(opened[2]?.log, ['quit']);
  assert.equal(grant.reuse(), opened[1]?.session);
  assert.equal(grant.reuse(), opened[0]?.session);
  assert.equal(grant.reuse(), undefined);
  grant.release();
});

test('a connection in the midst of something is destroyed, never told QUIT', async () => {
  const { pool } = start();
  const grant = await ask(pool, [], 'a', one, 1);
  const { session, log, spoil } = makeSession();
  spoil();
  grant.putBack(session);
  assert.deepEqual(log, ['destroyed: cancelled']);
  grant.release();
});

test('a connection that has carried its share is left', async () => {
  const { pool } = start();
  const grant = await ask(pool, [], 'a', one, 1);
  const { session, log } = makeSession(3);
  grant.putBack(session);
  assert.deepEqual(log, ['quit']);
  grant.release();
});

test('idle connections end after their time, or when the other side ends them', async () => {
  const { pool, time } = start();
  const grant = await ask(pool, [], 'a', one, 2);
  const [first, second] = [makeSession(), makeSession()];
  grant.putBack(first.session);
  time.pass(500);
  grant.putBack(second.session);
  grant.release();
  second.lose();
  assert.equal(pool.idleCount(), 1);
  time.pass(500);
  assert.equal(pool.idleCount(), 0);
  assert.deepEqual([first.log, second.log], [['quit'], []]);
});

test('a new snapshot of the same next hop finds its connections, another identity does not', async () => {
  const { pool } = start();
  const grant = await ask(pool, [], 'a', one, 1);
  grant.putBack(makeSession().session);
  grant.release();
  const other = await ask(pool, [], 'b', { ...one, auth: { user: 'u', password: 'p' } }, 1);
  assert.equal(other.reuse(), undefined);
  const same = await ask(pool, [], 'c', { ...one }, 1);
  assert.ok(same.reuse());
});

test('a warmed connection belongs to the message that comes; given up, it is kept', async () => {
  const { pool, opened } = start();
  const grant = await ask(pool, [], 'a', one, 1);
  pool.warm(one);
  pool.warm(one);
  const gone = new AbortController();
  const waiting = grant.open(gone.signal);
  gone.abort();
  assert.ok('kind' in (await waiting));
  await Promise.resolve();
  grant.release();
  assert.equal(opened.length, 1);
  assert.equal(pool.idleCount(), 1);
  pool.warm(one);
  assert.equal(opened.length, 1);
});

test('closing ends idle connections and keeps no others', async () => {
  const { pool } = start();
  const grant = await ask(pool, [], 'a', one, 2);
  const [idle, busy] = [makeSession(), makeSession()];
  grant.putBack(idle.session);
  pool.close();
  grant.putBack(busy.session);
  grant.release();
  assert.deepEqual([idle.log, busy.log, pool.idleCount()], [['quit'], ['quit'], 0]);
});
