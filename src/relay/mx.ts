/**
 * Where to connect for a next hop: a fixed host, or the exchangers of a domain in the order in which to try them
 * (RFC 5321 5.1). A domain without MX records is its own exchanger; a null MX (RFC 7505) takes no mail at all.
 */
import { domainToASCII } from 'node:url';
import type { NextHop } from './message.ts';

export type MxRecord = { readonly exchange: string; readonly priority: number };

export type MxLookup = {
  /** Rejects with code ENODATA or ENOTFOUND when there are no records. */
  readonly resolveMx: (domain: string) => Promise<readonly MxRecord[]>;
  /** From 0 up to but not 1: spreads the load over exchangers of equal preference. */
  readonly random: () => number;
};

export type Exchangers =
  | { readonly kind: 'hosts'; readonly hosts: readonly string[] }
  | { readonly kind: 'null-mx' }
  | { readonly kind: 'unresolved'; readonly cause: string };

/** Hosts as A-labels, best first, at most `most`. Never rejects. */
export async function findExchangers(
  target: NextHop['target'],
  { resolveMx, random }: MxLookup,
  most: number,
): Promise<Exchangers> {
  if (target.kind === 'host') return { kind: 'hosts', hosts: [asciiHost(target.host)] };
  const domain = asciiHost(target.domain);
  try {
    return inside(target, order(await resolveMx(domain), domain, random, most));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    if (code === 'ENODATA' || code === 'ENOTFOUND') return inside(target, { kind: 'hosts', hosts: [domain] });
    return { kind: 'unresolved', cause: code };
  }
}

function order(records: readonly MxRecord[], domain: string, random: () => number, most: number): Exchangers {
  if (records.length === 0) return { kind: 'hosts', hosts: [domain] };
  const usable = records.filter(({ exchange }) => exchange !== '' && exchange !== '.');
  if (usable.length === 0) return { kind: 'null-mx' };
  const hosts = usable
    .map(({ exchange, priority }) => ({ host: asciiHost(exchange), priority, lot: random() }))
    .sort((one, other) => one.priority - other.priority || one.lot - other.lot)
    .map(({ host }) => host);
  return { kind: 'hosts', hosts: [...new Set(hosts)].slice(0, most) };
}

/** DNS is not signed, and a certificate fits its own name only: where the owner of the hosts is known, others are not asked. */
function inside({ within }: { readonly within?: readonly string[] }, found: Exchangers): Exchangers {
  if (found.kind !== 'hosts' || !within) return found;
  const hosts = found.hosts.filter(host => within.some(end => host.toLowerCase().endsWith(end)));
  return hosts.length > 0
    ? { kind: 'hosts', hosts }
    : { kind: 'unresolved', cause: `no exchanger ends in ${within.join(' or ')}` };
}

/** IP addresses stay as they are; `[192.0.2.1]` and `[IPv6:...]` lose their brackets. */
function asciiHost(host: string): string {
  const bare = host.replace(/^\[(?:IPv6:)?(.*)\]$/i, '$1').replace(/\.$/, '');
  return bare.includes(':') ? bare : domainToASCII(bare) || bare;
}
