/**
 * What a set-up tries before the rule goes live: that the relay takes Exchange's own test for a short time, and that a mail of
 * the pilot's mailbox went through the relay and was taken back. The relay may be another process: what it is to know goes
 * through the store, and what it did is read from the message log.
 */
import type { Clock } from '../../clock.ts';
import { limits } from '../../limits.ts';
import type { Trials } from '../../microsoft/apply/setup-types.ts';
import type { MessageEntry, Messages } from '../../store/messages.ts';
import type { MicrosoftStore } from '../../store/microsoft.ts';
import type { RunTools } from './runs.ts';

export type TrialsNeeds = {
  readonly microsoft: Pick<MicrosoftStore, 'openValidation' | 'closeValidation'>;
  readonly messages: Pick<Messages, 'searchMessages'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Resolves when the relay has what was stored. */
  readonly relayFollows: () => Promise<void>;
  /** The address as the message log may show it, for a tenant that hashes addresses. */
  readonly hashAddress: (address: string) => string;
};

/** PRODUCT.md 7: 15 minutes at most, whatever the test takes. */
const openMs = 15 * 60_000;

export function createTrials(
  needs: TrialsNeeds,
  {
    tenantId,
    recipients,
    tools,
  }: { readonly tenantId: string; readonly recipients: readonly string[]; readonly tools: RunTools },
): Trials {
  const { microsoft, clock, relayFollows } = needs;
  return {
    validationRecipients: recipients,
    openValidation: async () => {
      await microsoft.openValidation(tenantId, { until: clock.now() + openMs, recipients });
      await relayFollows();
    },
    closeValidation: () => microsoft.closeValidation(tenantId),
    probe: async ({ mailbox, signal }) => {
      const since = clock.now();
      const until = since + limits.microsoft.probeMs;
      const sentence = `Send a mail from ${mailbox} now, to anyone. Exchange may take up to an hour until it routes it to Signet; send one again from time to time.`;
      tools.tell({ kind: 'probe', mailbox, until, sentence });
      return await watch(needs, { tenantId, mailbox, since, until, signal, tools });
    },
  };
}

type Watch = {
  readonly tenantId: string;
  readonly mailbox: string;
  readonly since: number;
  readonly until: number;
  readonly signal: AbortSignal;
  readonly tools: RunTools;
};

type Probe = Awaited<ReturnType<Trials['probe']>>;

async function watch(
  needs: TrialsNeeds,
  { tenantId, mailbox, since, until, signal, tools }: Watch,
): Promise<Probe> {
  const address = mailbox.toLowerCase();
  const senders = [address, needs.hashAddress(address)];
  const noted = new Set<string>();
  while (!signal.aborted) {
    for (const entry of await lately(needs, tenantId, since)) {
      if (!senders.includes(entry.sender.toLowerCase())) continue;
      if (entry.outcome.startsWith('delivered')) return { kind: 'through' };
      if (noted.has(entry.id)) continue;
      noted.add(entry.id);
      tools.tell({ kind: 'note', sentence: troubleWith(entry) });
    }
    if (needs.clock.now() >= until)
      return { kind: 'not-through', sentence: `no mail of ${mailbox} came through Signet in time` };
    await needs.wait(limits.microsoft.probeLookMs, signal);
  }
  return { kind: 'not-through', sentence: 'it was stopped' };
}

async function lately(
  { messages }: TrialsNeeds,
  tenantId: string,
  from: number,
): Promise<readonly MessageEntry[]> {
  return (await messages.searchMessages({ tenantId, from }, { size: 100 })).entries;
}

/** What the next hop said, which names no address and no content. */
function troubleWith({ outcome, detail }: MessageEntry): string {
  const { nextHop } = (detail ?? {}) as {
    readonly nextHop?: readonly { readonly code?: unknown; readonly text?: unknown }[];
  };
  const [answer] = nextHop ?? [];
  const said = answer ? `: ${String(answer.code)} ${String(answer.text).slice(0, 200)}` : '';
  return `A mail of the pilot reached Signet and was not taken back yet (${outcome}${said}). Exchange sends it again.`;
}
