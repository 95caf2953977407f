/** The name Signet gives itself in EHLO: others look it up, and a name that leads nowhere costs mail its good reputation. */
import { isIP } from 'node:net';
import { type Finding, findingsOf } from './finding.ts';

export type Names = {
  /** Rejects with a `code` of node:dns. */
  readonly addressesOf: (name: string) => Promise<readonly string[]>;
  readonly namesOf: (address: string) => Promise<readonly string[]>;
};

export async function examineHostname(hostname: string, names: Names): Promise<readonly Finding[]> {
  const is = findingsOf('hostname', hostname);
  if (!hostname.includes('.') || isIP(hostname) !== 0)
    return [
      is.warning(
        'is no full name, and mail servers may distrust it',
        'set SIGNET_HOSTNAME to the public name of this machine, such as signet.contoso.com',
      ),
    ];
  const addresses = await names.addressesOf(hostname).catch(error => codeOf(error));
  if (typeof addresses === 'string') return [unresolved(is, addresses)];
  const backwards = await Promise.all(
    addresses.map(async address => ({ address, found: await names.namesOf(address).catch(() => []) })),
  );
  const strangers = backwards.filter(({ found }) => !found.some(name => sameName(name, hostname)));
  if (strangers.length === 0) return [is.fine(`leads to ${addresses.join(', ')} and back`)];
  return [
    is.warning(
      `leads to ${addresses.join(', ')}, but ${strangers.map(({ address, found }) => `${address} leads back to ${found.join(', ') || 'no name'}`).join('; ')}`,
      'let the owner of the address set its reverse DNS (PTR) to this name; inside a private network it does not matter',
    ),
  ];
}

function unresolved(is: ReturnType<typeof findingsOf>, code: string) {
  if (code === 'ENOTFOUND' || code === 'ENODATA')
    return is.warning(
      'has no address in DNS',
      'add an A or AAAA record for it, or set SIGNET_HOSTNAME to a name that has one',
    );
  return is.unknown(
    `cannot be looked up (${code})`,
    'check the name servers of this machine (/etc/resolv.conf)',
  );
}

function sameName(one: string, other: string) {
  return one.replace(/\.$/, '').toLowerCase() === other.toLowerCase();
}

function codeOf(error: unknown) {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
