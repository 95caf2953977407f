/**
 * How the request came: encrypted or not, from where, under which name. What proxies say is believed only from those that
 * SIGNET_TRUSTED_PROXIES names. Without encryption pages are shown to this machine alone, and not to a proxy on it that nobody
 * declared: that one would show them, and the passphrases typed into them, to whatever network it listens on.
 */
import { BlockList, isIP, isIPv6 } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Context, Next } from 'koa';
import { HttpFault } from '../http-fault.ts';
import { stateOf } from '../state.ts';

export type ArrivalNeeds = {
  /** Addresses or CIDR blocks. */
  readonly trustedProxies: readonly string[];
  readonly publicUrl?: string;
  /** By which mail servers know this machine. */
  readonly hostname: string;
};

export function arrival({ trustedProxies, publicUrl, hostname }: ArrivalNeeds) {
  const proxies = blockList(trustedProxies);
  const names = new Set([hostname.toLowerCase(), ...(publicUrl ? [nameOf(new URL(publicUrl).host)] : [])]);
  return async (context: Context, next: Next): Promise<void> => {
    const { socket, headers } = context.req;
    const peer = plainAddress(socket.remoteAddress ?? '');
    const isProxied = contains(proxies, peer);
    const isEncrypted = (socket as TLSSocket).encrypted === true;
    const said = isProxied ? lastOf(headers['x-forwarded-proto']) : undefined;
    const isSecure = isEncrypted || said === 'https';
    const state = stateOf(context);
    state.isSecure = isSecure;
    state.address = (isProxied && lastOf(headers['x-forwarded-for'])) || peer;
    const host = (isProxied && lastOf(headers['x-forwarded-host'])) || headers.host || '';
    state.askedOrigin = `${isSecure ? 'https' : 'http'}://${host}`;
    state.origin = publicUrl ?? state.askedOrigin;
    const isOfThisMachine =
      isLoopback(plainAddress(socket.localAddress ?? '')) && !isUndeclaredProxy(context.req, isProxied);
    state.isPrivate = isSecure || isOfThisMachine;
    state.isOwnName = isOwnName(nameOf(host), names);
    await next();
  };
}

/** After the error pages: pages over an open network would show passwords to it. */
export async function onlyPrivate(context: Context, next: Next): Promise<void> {
  if (!stateOf(context).isPrivate) throw new HttpFault(403, 'insecure');
  await next();
}

/**
 * A name of somebody else's that leads to our address makes their page one of our origin (DNS rebinding): it could read and
 * send whatever the browser may. Addresses are no names, and nobody else's page can stand under them.
 */
export async function onlyOwnNames(context: Context, next: Next): Promise<void> {
  if (!stateOf(context).isOwnName) throw new HttpFault(421, 'unknown-name');
  await next();
}

function isOwnName(name: string, names: ReadonlySet<string>) {
  if (name === 'localhost' || name.endsWith('.localhost')) return true;
  return isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0 || names.has(name);
}

/** Without the port. */
function nameOf(host: string) {
  return host.toLowerCase().replace(/:\d+$/, '').replace(/\.$/, '');
}

const proxyHeaders = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
];

/** By what proxies add. No browser speaks HTTP/1.0, which nginx does when nothing else is set, adding nothing. */
function isUndeclaredProxy({ headers, httpVersion }: Context['req'], isProxied: boolean) {
  return !isProxied && (httpVersion === '1.0' || proxyHeaders.some(name => headers[name] !== undefined));
}

/** Of a list the last is what the nearest proxy saw; those before are the client's own words. */
function lastOf(header: string | string[] | undefined): string | undefined {
  return (Array.isArray(header) ? header.join(',') : header)?.split(',').at(-1)?.trim();
}

function blockList(blocks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const block of blocks) {
    const [address = '', bits] = block.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}

function contains(list: BlockList, address: string) {
  return address !== '' && list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** An IPv4 address that came over an IPv6 socket. */
function plainAddress(address: string) {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

function isLoopback(address: string) {
  return address === '::1' || address.startsWith('127.');
}
