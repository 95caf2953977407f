/** Whether the signed-in account may do what a set-up needs, asked before anything is changed (exchange-online.md 1.1). */
import { failed } from '../../problem.ts';
import type { Exchange, ExchangeFailure } from '../exchange/exchange-types.ts';

const needed = [
  ...['New-InboundConnector', 'New-OutboundConnector', 'New-TransportRule'],
  ...['Set-InboundConnector', 'Set-OutboundConnector', 'Set-TransportRule'],
];

/**
 * Undefined when nothing speaks against it. The list comes from a helper of Microsoft's own module, so that it is missing
 * proves nothing: the first cmdlet will tell.
 */
export async function missingRights(
  exchange: Pick<Exchange, 'availableCmdlets'>,
  signal: AbortSignal | undefined,
): Promise<ExchangeFailure | undefined> {
  const available = await exchange.availableCmdlets(signal ? { signal } : {});
  if (available.kind === 'failed') return isTelling(available) ? available : undefined;
  const names = new Set(available.value.map(name => name.toLowerCase()));
  const missing = names.size > 0 ? needed.filter(name => !names.has(name.toLowerCase())) : [];
  if (missing.length === 0) return undefined;
  const sentence = `The signed-in account may not run ${missing.join(', ')}: sign in as Exchange Administrator or Global Administrator, with the role activated.`;
  return { kind: 'failed', reason: 'rights', problem: failed('SIGNET_EXCHANGE_RIGHTS', sentence).problem };
}

function isTelling({ reason }: ExchangeFailure) {
  return reason === 'sign-in' || reason === 'rights' || reason === 'unreachable' || reason === 'cancelled';
}
