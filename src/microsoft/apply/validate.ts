/** Exchange's own test of the connector (exchange-online.md 4.1): it connects to the relay and sends mails through it. */

import { limits } from '../../limits.ts';
import { failed } from '../../problem.ts';
import { command } from '../exchange/cmdlets.ts';
import type { Row } from '../exchange/command.ts';
import type { Exchange } from '../exchange/exchange-types.ts';
import { cancelled, stopped, type Wait } from './settle.ts';
import type { Setup, SetupEvent, Trials } from './setup-types.ts';

export type Validation = {
  readonly exchange: Pick<Exchange, 'run'>;
  readonly wait: Wait;
  /** GUID or name of our own outbound connector. */
  readonly identity: string;
  readonly trials: Trials;
  readonly onEvent?: ((event: SetupEvent) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
};

/** The relay takes test mails while this runs, and only then. A connector made seconds ago gets several attempts. */
export async function validate(validation: Validation): Promise<Setup<'validated'>> {
  await validation.trials.openValidation();
  try {
    return await attempts(validation);
  } finally {
    await validation.trials.closeValidation();
  }
}

async function attempts(validation: Validation): Promise<Setup<'validated'>> {
  const { exchange, wait, identity, trials, onEvent = () => {}, signal } = validation;
  const options = { timeoutMs: limits.microsoft.validationMs, ...(signal ? { signal } : {}) };
  for (let attempt = 1; ; attempt++) {
    const answer = await exchange.run(
      command('Validate-OutboundConnector', { Identity: identity, Recipients: trials.validationRecipients }),
      options,
    );
    if (signal?.aborted) return stopped('validation', cancelled());
    if (answer.kind === 'failed' && !['not-yet', 'not-found', 'unknown'].includes(answer.reason))
      return stopped('validation', answer);
    const fault = answer.kind === 'ok' ? faultOf(answer.value.rows) : answer.problem.sentence;
    if (fault === undefined) return await markValidated(validation);
    if (attempt === limits.microsoft.validationAttempts) return stopped('validation', refusal(fault));
    const forMs = limits.microsoft.validationPauseMs;
    onEvent({ kind: 'waiting', sentence: `Exchange's test did not pass yet: ${fault}`, forMs });
    await wait(forMs, signal);
  }
}

/** What the admin centre shows beside the connector; mail does not depend on it, so a refusal is not one of ours. */
async function markValidated({ exchange, identity }: Validation): Promise<Setup<'validated'>> {
  await exchange.run(command('Set-OutboundConnector', { Identity: identity, IsValidated: true }));
  return { kind: 'ok', value: 'validated' };
}

/** The first task that failed, in Exchange's words; no task at all is a failure as well. */
function faultOf(rows: readonly Row[]): string | undefined {
  if (rows.length === 0) return 'Exchange reported no result.';
  const bad = rows.find(row => !/^true$/i.test(String(row.IsTaskSuccessful)));
  return bad && [bad.TaskName, bad.TaskDetail].filter(Boolean).map(String).join(': ').slice(0, 500);
}

function refusal(fault: string) {
  const sentence = `Exchange's test of the connector failed (${fault}): check that the relay's name resolves to this server, that port 25 is open to Microsoft and that its certificate covers the name, then run this again.`;
  return {
    reason: 'validation' as const,
    problem: failed('SIGNET_CONNECTOR_VALIDATION', sentence).problem,
    detail: fault,
  };
}
