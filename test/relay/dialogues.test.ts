/** Every dialogue, as written and however its bytes are cut into segments (smtp-relay.md 6.1). */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { type TestContext, test } from 'node:test';
import { limits } from '../../src/limits.ts';
import { Budget } from '../../src/relay/budget.ts';
import { type Dialogue, readDialogues } from '../support/dialogue.ts';
import { makeTenant, startRelay } from '../support/relay.ts';
import { connectClient, type SmtpClient } from '../support/smtp-client.ts';

for (const dialogue of readDialogues()) {
  test(`${dialogue.name}: ${dialogue.title}`, async context => {
    await context.test('as written', part => replay(part, dialogue, asWritten));
    if (dialogue.settings.interactive) return;
    await context.test('in one segment', part =>
      replay(
        part,
        dialogue,
        ahead(() => Number.MAX_SAFE_INTEGER),
      ),
    );
    await context.test('in pieces of one byte', part =>
      replay(
        part,
        dialogue,
        ahead(() => 1),
      ),
    );
    for (const seed of [1, 2, 3]) {
      await context.test(`in random cuts, seed ${seed}`, part =>
        replay(part, dialogue, ahead(randomSize(seed))),
      );
    }
  });
}

type Replay = (client: SmtpClient, dialogue: Dialogue) => Promise<void>;

async function replay(context: TestContext, dialogue: Dialogue, run: Replay): Promise<void> {
  const { settings, events } = dialogue;
  const tenants = (settings.tenants ?? [{}]).map(makeTenant);
  const { relay, handed, port } = await startRelay(context, {
    tenants: () => tenants,
    limits: { ...limits.relay, ...settings.limits },
    budget: new Budget(settings.budget ?? limits.relay.budgetBytes),
  });
  const client = await connectClient(port);
  await run(client, dialogue);
  client.socket.destroy();
  await relay.close();
  const got = handed.map(({ from, recipients, bytes }) => ({
    from,
    recipients,
    content: bytes.toString('latin1'),
  }));
  assert.deepEqual(got, events);
  assert.equal(relay.state().reservedBytes, 0);
  assert.equal(relay.state().messages, 0);
}

const asWritten: Replay = async (client, { steps }) => {
  for (const step of steps) {
    if (step.kind === 'send') client.socket.write(step.bytes);
    else await expectReply(client, step.pattern);
  }
};

/** Everything is sent without waiting; the replies come in the same order. */
function ahead(nextSize: () => number): Replay {
  return async (client, { steps }) => {
    const sent = Buffer.concat(steps.map(step => (step.kind === 'send' ? step.bytes : Buffer.alloc(0))));
    const sending = client.sendInPieces(sent, nextSize);
    for (const step of steps) if (step.kind === 'expect') await expectReply(client, step.pattern);
    await sending;
  };
}

async function expectReply(client: SmtpClient, pattern: RegExp | 'closed'): Promise<void> {
  const reply = await client.reply();
  if (pattern === 'closed') assert.equal(reply, undefined);
  else assert.match(reply ?? 'closed', pattern);
}

/** A small generator, so that a failure repeats. */
function randomSize(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return 1 + ((state >> 8) % 40);
  };
}
