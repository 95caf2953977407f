/** While large messages are at work, the loop on which all sessions live goes on: DESIGN.md 4. */
import assert from 'node:assert/strict';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { test } from 'node:test';
import { settleLineEnds } from '../../src/relay/settle-line-ends.ts';
import type { Operated } from '../../src/relay/surgeon.ts';
import { largeLetter, makeSurgeon, operation } from '../support/surgeons.ts';

const MB = 1_000_000;
const MESSAGES = 20;
/** As many as one peer sends side by side. */
const AT_ONCE = 4;
const MAX_DELAY_MS = 50;
/** On a busy machine a look may come out too long, never too short. */
const MAX_LOOKS = 5;

test('twenty messages of 25 MB with 1 to 9 MB of HTML hold the loop for less than 50 ms', async () => {
  const letters = [1, 3, 5, 7, 9].map(html => largeLetter(html * MB, (25 - html) * MB));
  const surgeon = makeSurgeon();
  await surgeon.warmUp();
  const delays: number[] = [];
  for (let look = 0; look < MAX_LOOKS && !delays.some(delay => delay < MAX_DELAY_MS); look++) {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const results = await passAll(letters, surgeon);
    delay.disable();
    delays.push(delay.max / 1e6);
    assert.equal(results.length, MESSAGES);
    for (const { where, reason, forms } of results) {
      assert.equal(where, 'thread');
      assert.ok(reason === undefined ? forms[0]?.outcome === 'stamped' : reason === 'too-slow', reason);
    }
    assert.ok(results.some(({ reason }) => reason === undefined));
  }
  assert.ok(
    Math.min(...delays) < MAX_DELAY_MS,
    `the loop stood still for ${delays.map(Math.round).join(', ')} ms`,
  );
});

async function passAll(
  letters: readonly Buffer[],
  surgeon: ReturnType<typeof makeSurgeon>,
): Promise<Operated[]> {
  const results: Operated[] = [];
  let next = 0;
  const takeTurns = async (): Promise<void> => {
    while (next < MESSAGES) {
      const message = letters[next++ % letters.length] as Buffer;
      const settled = await settleLineEnds(message);
      assert.ok(settled.kind === 'settled');
      results.push(await surgeon.operate(operation(settled.bytes)));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, takeTurns));
  return results;
}
