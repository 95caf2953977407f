/** PURE. Names: the relay's among the accepted domains, its address, and the SPF record (exchange-online.md 5.3, 9). */
import { type Look, light } from './preflight-types.ts';

export const acceptedDomainLights: Look = ({ settings: { identification }, domains }) => {
  if (identification.kind !== 'certificate') return [];
  const name = identification.name.replace(/^\*\./, '').toLowerCase();
  if (domains.includes(name))
    return light(
      'accepted-domain',
      'well',
      `${name} is an accepted domain of the tenant, as Microsoft asks for.`,
    );
  const parent = domains.find(domain => name.endsWith(`.${domain}`));
  const how = `add ${name} as an accepted domain (Microsoft 365 admin centre, Settings > Domains)`;
  return parent === undefined
    ? light(
        'accepted-domain',
        'broken',
        `${name} belongs to no domain of the tenant, so Exchange may take returning mail for a stranger's: ${how}, or use a certificate of one of its domains.`,
      )
    : light(
        'accepted-domain',
        'look',
        `${name} is not an accepted domain, only ${parent} above it is: ${how}, else delivery reports may not come back.`,
      );
};

export const addressLights: Look = ({ settings: { relayHost }, names }) => {
  if (!names) return [];
  const { relayAddresses } = names;
  return relayAddresses.length > 0
    ? light(
        'relay-name',
        'well',
        `${relayHost} leads to ${relayAddresses.join(', ')}; port 25 must be open there for Exchange.`,
      )
    : light(
        'relay-name',
        'broken',
        `${relayHost} has no address in DNS: make an A record for it, or Exchange finds no relay.`,
      );
};

/** Mail leaves from Exchange, so outside nothing depends on it; coming back it is judged by Signet's address. */
export const spfLights: Look = ({ domains: [domain = ''], names }) => {
  if (!names || names.relayAddresses.length === 0) return [];
  const terms = names.relayAddresses.map(address => `ip4:${address}`);
  const missing = terms.filter(
    term =>
      !names.spf
        .toLowerCase()
        .split(/\s+/)
        .some(one => one.replace(/^\+/, '').replace(/\/32$/, '') === term),
  );
  if (missing.length === 0)
    return light('spf', 'well', `The SPF record of ${domain} names Signet's address.`);
  const what =
    names.spf === ''
      ? `${domain} has no SPF record`
      : `The SPF record of ${domain} does not name Signet's address itself`;
  return light(
    'spf',
    'look',
    `${what}: add ${missing.join(' ')} to it, so that mail between people of the organisation is not taken for spam when it comes back.`,
  );
};
