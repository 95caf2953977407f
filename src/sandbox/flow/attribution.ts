/**
 * To whom an incoming connection belongs (exchange-online.md 7.5). Pure. A tenant is looked for by the domain of the client
 * certificate, then by that of the envelope sender, then by that of the recipient; the first of them that has an enabled
 * OnPremises connector which fits the certificate or the address takes the message in as its own, and only such mail may
 * go on to the internet. Certificates that no public authority signed are nobody's.
 */
import { BlockList, isIPv4 } from 'node:net';
import type { InboundConnector } from '../exchange-objects.ts';
import { isAccepted, type MailFlow, type Tenant } from '../tenant.ts';
import { domainOf } from './addresses.ts';

export type Caller = {
  readonly address: string;
  readonly helo: string;
  readonly isSecure: boolean;
  /** Subject and alternative names of a certificate whose chain was verified; empty otherwise. */
  readonly certificateNames: readonly string[];
};

export type Attribution =
  | {
      readonly kind: 'own';
      readonly tenant: Tenant;
      readonly connector: InboundConnector;
      readonly by: 'certificate' | 'address';
    }
  /** Mail from the internet for a recipient of this tenant. */
  | { readonly kind: 'incoming'; readonly tenant: Tenant }
  | { readonly kind: 'refused'; readonly code: number; readonly text: string };

export type Arrival = { readonly caller: Caller; readonly sender: string; readonly recipient: string };

export function attribute(tenants: readonly Tenant[], arrival: Arrival): Attribution {
  const { caller, sender, recipient } = arrival;
  const flows = tenants.map(tenant => ({ tenant, flow: tenant.inForce() }));
  const ownerOf = (domain: string) => flows.find(({ flow }) => isAccepted(flow.acceptedDomains, domain));
  const candidates = [
    ...caller.certificateNames.map(name => ownerOf(name)),
    ...[sender, recipient].map(address => ownerOf(domainOf(address))),
  ].flatMap(candidate => candidate ?? []);
  for (const { tenant, flow } of candidates) {
    const found = onPremisesConnector(flow, caller);
    if (found) return mayEnter(flow, arrival, { kind: 'own', tenant, ...found });
  }
  const home = ownerOf(domainOf(recipient));
  if (!home) return relayDenied;
  return partnerRefuses(home.flow, arrival) ?? { kind: 'incoming', tenant: home.tenant };
}

const relayDenied: Attribution = {
  kind: 'refused',
  code: 550,
  text: '5.7.64 TenantAttribution; Relay Access Denied [SANDBOX.prod.protection.outlook.com]',
};

/** Relaying needs the certificate's or the sender's domain to be one of the tenant's own (RELAY23, condition 1). */
function mayEnter(flow: MailFlow, { caller, sender, recipient }: Arrival, own: Attribution): Attribution {
  const isOurs = (domain: string) => isAccepted(flow.acceptedDomains, domain);
  const mayRelay = caller.certificateNames.some(isOurs) || isOurs(domainOf(sender));
  return mayRelay || isOurs(domainOf(recipient)) ? own : relayDenied;
}

type Found = { readonly connector: InboundConnector; readonly by: 'certificate' | 'address' };

function onPremisesConnector({ inboundConnectors }: MailFlow, caller: Caller): Found | undefined {
  const own = inboundConnectors.filter(
    ({ Enabled, ConnectorType }) => Enabled && ConnectorType === 'OnPremises',
  );
  const certified = own.find(connector => fitsCertificate(connector, caller));
  if (certified) return { connector: certified, by: 'certificate' };
  const addressed = own.find(connector => fitsAddress(connector, caller));
  return addressed && { connector: addressed, by: 'address' };
}

/** `*.contoso.com` covers `mail.contoso.com`, not `contoso.com`. */
export function fitsCertificate(
  { TlsSenderCertificateName: wanted }: Pick<InboundConnector, 'TlsSenderCertificateName'>,
  { isSecure, certificateNames }: Pick<Caller, 'isSecure' | 'certificateNames'>,
): boolean {
  if (!wanted || !isSecure) return false;
  const name = wanted.toLowerCase();
  return certificateNames.some(shown => {
    const own = shown.toLowerCase();
    return own === name || (name.startsWith('*.') && own.endsWith(name.slice(1)));
  });
}

/** IPv4 only, and only for a connector that names no certificate. */
function fitsAddress(connector: InboundConnector, { address }: Caller): boolean {
  const plain = address.replace(/^::ffff:/i, '');
  if (connector.TlsSenderCertificateName || !isIPv4(plain)) return false;
  const blocks = new BlockList();
  for (const block of connector.SenderIPAddresses) {
    const [network = '', bits = '32'] = block.split('/');
    blocks.addSubnet(network, Number(bits), 'ipv4');
  }
  return blocks.check(plain, 'ipv4');
}

/** A Partner connector lets nobody relay; what it restricts to a certificate or an address must come with it. */
function partnerRefuses(
  { inboundConnectors }: MailFlow,
  { caller, sender }: Arrival,
): Attribution | undefined {
  const partner = inboundConnectors.find(
    connector =>
      connector.Enabled &&
      connector.ConnectorType === 'Partner' &&
      connector.SenderDomains.some(domain => coversSender(domain, domainOf(sender))),
  );
  if (!partner) return undefined;
  const lacksTls = partner.RequireTls && !caller.isSecure;
  const lacksCertificate = partner.RestrictDomainsToCertificate && !fitsCertificate(partner, caller);
  const lacksAddress = partner.RestrictDomainsToIPAddresses && !fitsAddress(partner, caller);
  return lacksTls || lacksCertificate || lacksAddress ? partnerRefusal : undefined;
}

const partnerRefusal: Attribution = {
  kind: 'refused',
  code: 550,
  text: "5.7.51 TenantInboundAttribution; There is a partner connector configured that matched the message's recipient domain. The connector had either the RestrictDomainsToIPAddresses or RestrictDomainsToCertificate set",
};

/** `smtp:*;1`, `smtp:*.fabrikam.com;1`, `fabrikam.com`. */
function coversSender(stored: string, domain: string): boolean {
  const wanted = stored
    .replace(/^smtp:/i, '')
    .replace(/;\d+$/, '')
    .toLowerCase();
  if (wanted === '*') return true;
  return wanted.startsWith('*.') ? domain.endsWith(wanted.slice(1)) : domain === wanted;
}
