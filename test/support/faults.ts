/**
 * The fault matrix: every fault at every stage of one of the connections of a message, for several numbers of variants, with a
 * client that waits and one that vanishes. What is checked are promises, not answers: nothing acknowledged is missing,
 * nothing is lost when the client tries again, nothing comes twice unless a reply was lost, nothing stays open.
 */
import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { makeJob, makeVariants, startHandBack } from './hand-back.ts';
import {
  type NextHopFault,
  type NextHopStage,
  nextHopStages,
  type ScriptedNextHop,
  startNextHop,
} from './next-hop.ts';

export const faultsByName: Readonly<Record<string, NextHopFault>> = {
  hang: { kind: 'hang' },
  reset: { kind: 'reset' },
  close: { kind: 'close' },
  'half-close': { kind: 'half-close' },
  slow: { kind: 'trickle' },
  '4xx': { kind: 'say', text: '450 4.2.0 later\r\n' },
  '5xx': { kind: 'say', text: '550 5.2.0 no\r\n' },
  '5xx about us': { kind: 'say', text: '550 5.7.64 TenantAttribution\r\n' },
  '5xx about content': { kind: 'say', text: '554 5.6.0 no\r\n' },
  '421': { kind: 'say-and-close', text: '421 4.3.2 going down\r\n' },
  garbage: { kind: 'say', text: 'HTTP/1.1 400 Bad Request\r\n\r\n' },
  'an endless reply': { kind: 'say', text: `250-${'x'.repeat(1_000)}\r\n`.repeat(1_000) },
  'two replies': { kind: 'say', text: '250 2.0.0 ok\r\n250 2.0.0 ok\r\n' },
};

export type FaultCase = {
  readonly stage: NextHopStage;
  readonly fault: string;
  readonly variants: number;
  readonly client: 'waits' | 'vanishes';
};

export function* faultCases(variants: readonly number[]): Generator<FaultCase> {
  for (const stage of nextHopStages)
    for (const fault of Object.keys(faultsByName))
      for (const count of variants)
        for (const client of ['waits', 'vanishes'] as const)
          if (isPossible(stage, fault)) yield { stage, fault, variants: count, client };
}

/** STARTTLS has tests of its own; against a server that says 250 and throws the message away there is no defence. */
function isPossible(stage: NextHopStage, fault: string): boolean {
  return stage !== 'starttls' && !(fault === 'two replies' && (stage === 'body' || stage === 'dot'));
}

export async function runFaultCase({ stage, fault, variants, client }: FaultCase): Promise<void> {
  let isFaulty = true;
  const nextHop = await startNextHop({
    fault: moment =>
      isFaulty && moment.stage === stage && moment.connection === 0 ? faultsByName[fault] : undefined,
  });
  const { handBack, tenant, pool, time, close } = startHandBack(nextHop.port);
  const lists = Array.from(
    { length: variants },
    (_, index) => `${index === 0 ? '!' : ''}a${index}@x.test b${index}@x.test`,
  );
  const recipients = lists.flatMap(list => list.replace('!', '').split(' '));

  const gone = new AbortController();
  const first = handBack(makeJob(tenant, makeVariants(lists), { signal: gone.signal }));
  if (client === 'vanishes') void nextHop.reached(stage).then(() => gone.abort());
  const told = (await untilOver(first, time.pass)).reply.code;
  checkAcknowledged(nextHop, recipients, told);

  isFaulty = false;
  // The previous hop does what RFC 5321 says: 4xx, or no answer at all, is tried again; 5xx is bounced.
  const isOver = client === 'waits' && told !== 451;
  const again = isOver
    ? told
    : (await untilOver(handBack(makeJob(tenant, makeVariants(lists))), time.pass)).reply.code;
  checkAcknowledged(nextHop, recipients, again);
  checkDeliveries({ nextHop, recipients, isReplyLost: stage === 'reply', told: again });

  assert.equal(pool.takenCount(), 0);
  assert.equal(pool.waitingCount(), 0);
  close();
  await untilOver(nextHop.allClosed(), () => {});
  await nextHop.close();
}

/** A 250 is only said of what is delivered or reported, at the moment in which it is said. */
export function checkAcknowledged(
  nextHop: ScriptedNextHop,
  recipients: readonly string[],
  code: number | undefined,
): void {
  if (code !== 250) return;
  for (const recipient of recipients)
    assert.ok(
      timesDelivered(nextHop, recipient) > 0 || isReported(nextHop, recipient),
      `${recipient} is acknowledged and nowhere`,
    );
}

/** What was not bounced is not lost, and nothing came twice unless the next hop took it and could not say so. */
export function checkDeliveries({
  nextHop,
  recipients,
  isReplyLost,
  told,
}: {
  readonly nextHop: ScriptedNextHop;
  readonly recipients: readonly string[];
  /** Somebody took the message and whoever had sent it did not hear so: only such a one may come again. */
  readonly isReplyLost: boolean;
  /** The last reply, to a message that a next hop without faults was given. */
  readonly told: number | undefined;
}): void {
  for (const recipient of recipients) {
    const times = timesDelivered(nextHop, recipient);
    const isBounced = told !== undefined && told >= 500;
    if (!isBounced && !isReported(nextHop, recipient)) assert.ok(times >= 1, `${recipient} is lost`);
    if (!isReplyLost) assert.ok(times <= 1, `${recipient} came ${times} times`);
  }
}

function timesDelivered({ deliveries }: ScriptedNextHop, recipient: string): number {
  return deliveries.filter(delivery => delivery.recipients.includes(recipient)).length;
}

function isReported({ deliveries }: ScriptedNextHop, recipient: string) {
  return deliveries.some(
    ({ recipients: [to], content }) => to === 'ada@contoso.com' && content.includes(`rfc822; ${recipient}`),
  );
}

/** The same for a state that has no event. */
export async function untilTrue(holds: () => boolean, pass: (ms: number) => void): Promise<void> {
  for (let turn = 1; !holds(); turn++) {
    await nextTurn();
    if (turn % 200 === 0) pass(10_000);
    assert.ok(turn < 20_000, 'it never comes true');
  }
}

/** Lets time pass only while nothing else happens, so that a time-out is never mistaken for an answer. */
export async function untilOver<Value>(work: Promise<Value>, pass: (ms: number) => void): Promise<Value> {
  let isOver = false;
  const watched = work.finally(() => {
    isOver = true;
  });
  for (let turn = 1; !isOver; turn++) {
    await nextTurn();
    if (turn % 200 === 0) pass(10_000);
    assert.ok(turn < 20_000, 'it never ends');
  }
  return watched;
}
