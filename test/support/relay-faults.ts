/**
 * The fault matrix through the whole relay: a client over TCP, the relay with its budget and slots, the hand-back, a next hop
 * that fails at one stage. Beside the promises of faults.ts: when the message is over the budget, the slots, the connections
 * on both sides and the listeners are back where they were.
 */
import assert from 'node:assert/strict';
import { limits } from '../../src/limits.ts';
import { Budget } from '../../src/relay/budget.ts';
import {
  checkAcknowledged,
  checkDeliveries,
  type FaultCase,
  faultsByName,
  untilOver,
  untilTrue,
} from './faults.ts';
import { makeVariants, startHandBack } from './hand-back.ts';
import { startNextHop } from './next-hop.ts';
import { startRelay } from './relay.ts';
import { connectClient } from './smtp-client.ts';

const data =
  'From: ada@contoso.com\r\nMessage-ID: <1@contoso.com>\r\nSubject: Offer\r\n\r\nHello,\r\n..\r\nAda\r\n.\r\n';

export async function runRelayFaultCase({ stage, fault, variants, client }: FaultCase): Promise<void> {
  let isFaulty = true;
  const nextHop = await startNextHop({
    fault: moment =>
      isFaulty && moment.stage === stage && moment.connection === 0 ? faultsByName[fault] : undefined,
  });
  const { handBack, pool, time, close, tenant } = startHandBack(nextHop.port);
  const lists = Array.from(
    { length: variants },
    (_, index) => `${index === 0 ? '!' : ''}a${index}@x.test b${index}@x.test`,
  );
  const recipients = lists.flatMap(list => list.replace('!', '').split(' '));
  const budget = new Budget(limits.relay.budgetBytes);
  const ends: (() => unknown)[] = [];
  const tenants = [tenant];
  const { relay, port, lines } = await startRelay(
    { after: (end: () => unknown) => ends.push(end) },
    {
      tenants: () => tenants,
      budget,
      handBack,
      process: ({ incoming }) =>
        Promise.resolve({ variants: makeVariants(lists, incoming.bytes), summary: {} }),
    },
  );

  const gone = client === 'vanishes' ? nextHop.reached(stage) : undefined;
  const told = await untilOver(deliver(gone), time.pass);
  // Whatever the client does, the message comes to its end, and is on record.
  await untilTrue(isRestored, time.pass);
  checkAcknowledged(nextHop, recipients, told);
  isFaulty = false;
  const isOver = told !== undefined && told !== 451;
  const again = isOver ? told : await untilOver(deliver(undefined), time.pass);
  checkAcknowledged(nextHop, recipients, again);
  // The client left in the moment in which the relay said 250 to it.
  const isUnheard = told === undefined && String(lines[0]?.reply).startsWith('250 ');
  checkDeliveries({ nextHop, recipients, isReplyLost: stage === 'reply' || isUnheard, told: again });
  assert.equal(lines.length, isOver ? 1 : 2);

  await untilTrue(isRestored, time.pass);
  assert.equal(pool.takenCount(), 0);
  assert.equal(pool.waitingCount(), 0);
  close();
  for (const end of ends) await end();
  await untilOver(nextHop.allClosed(), () => {});
  await nextHop.close();

  /** The code of the last reply; undefined when the client left before it. */
  async function deliver(leave: Promise<void> | undefined): Promise<number | undefined> {
    const session = await connectClient(port);
    void leave?.then(() => session.socket.destroy());
    let reply = await session.reply();
    const commands = ['EHLO client.example', 'MAIL FROM:<ada@contoso.com>'];
    for (const line of [...commands, ...recipients.map(to => `RCPT TO:<${to}>`), 'DATA', data]) {
      session.send(line === data ? data : `${line}\r\n`);
      reply = await session.reply();
      if (reply === undefined) return undefined;
      assert.match(reply, line === data ? /^(?:250|451|5\d\d) / : /^(?:250|354)/);
    }
    session.socket.destroy();
    return Number(reply?.slice(0, 3));
  }

  function isRestored(): boolean {
    const { connections, messages, waiting, reservedBytes } = relay.state();
    return connections + messages + waiting + reservedBytes === 0;
  }
}
