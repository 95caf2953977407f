/** Which outbound connector takes a message: the one that a rule names, or one that no rule binds (exchange-online.md 4.1). Pure. */
import type { OutboundConnector } from '../exchange-objects.ts';
import type { Tenant } from '../tenant.ts';
import { domainOf } from './addresses.ts';

export function findConnector(tenant: Tenant, identity: string): OutboundConnector | undefined {
  const wanted = identity.toLowerCase();
  return tenant
    .inForce()
    .outboundConnectors.find(
      ({ Enabled, Guid, Name, Identity }) =>
        Enabled && [Guid, Name, Identity].some(own => own.toLowerCase() === wanted),
    );
}

/** A connector that no rule binds takes all mail for its recipient domains: the reason for `IsTransportRuleScoped`. */
export function capturingConnector(tenant: Tenant, recipient: string, isOurs: boolean) {
  return tenant.inForce().outboundConnectors.find(connector => {
    const { Enabled, IsTransportRuleScoped, AllAcceptedDomains, RouteAllMessagesViaOnPremises } = connector;
    if (!Enabled || IsTransportRuleScoped || connector.SmartHosts.length === 0) return false;
    if (isOurs) return AllAcceptedDomains;
    return (
      RouteAllMessagesViaOnPremises || connector.RecipientDomains.some(domain => covers(domain, recipient))
    );
  });
}

function covers(written: string, recipient: string) {
  const wanted = written.toLowerCase();
  if (wanted === '*') return true;
  const domain = domainOf(recipient);
  return wanted.startsWith('*.') ? domain.endsWith(wanted.slice(1)) : domain === wanted;
}
