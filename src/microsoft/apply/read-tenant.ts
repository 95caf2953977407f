/** What a tenant has now: all connectors and rules, route secrets masked. */
import { command } from '../exchange/cmdlets.ts';
import type { Row } from '../exchange/command.ts';
import type { Exchange, ExchangeReason, RunOptions } from '../exchange/exchange-types.ts';
import { done, type Outcome } from '../failure.ts';
import { actualObjects } from '../plan/actual.ts';
import type { ActualObjects } from '../plan/plan-types.ts';

/**
 * Outbound connectors are asked for in both ways, since the plain one leaves out those that rules use by its documentation
 * and shows them by others' experience (exchange-online.md 4.1). Nothing is asked for by name: an unknown one may return all.
 */
const queries = [
  ['inbound', command('Get-InboundConnector', {})],
  ['outbound', command('Get-OutboundConnector', { IsTransportRuleScoped: true, ResultSize: 'Unlimited' })],
  ['outbound', command('Get-OutboundConnector', { ResultSize: 'Unlimited' })],
  ['rules', command('Get-TransportRule', { ResultSize: 'Unlimited' })],
] as const;

export async function readTenant(
  exchange: Pick<Exchange, 'run'>,
  options: Pick<RunOptions, 'signal'> = {},
): Promise<Outcome<ActualObjects, ExchangeReason>> {
  const rows = { inbound: [] as Row[], outbound: [] as Row[], rules: [] as Row[] };
  for (const [kind, query] of queries) {
    const answer = await exchange.run(query, options);
    if (answer.kind === 'failed') return answer;
    rows[kind].push(...answer.value.rows);
  }
  return done(actualObjects(rows));
}
