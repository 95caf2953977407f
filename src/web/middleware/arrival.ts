/**
 * How the request came: encrypted or not, from where, under which name. What proxies say is believed only from those that
 * SIGNET_TRUSTED_PROXIES names. Without encryption pages are shown to this machine alone.
 */
import { BlockList, isIPv6 } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Context, Next } from 'koa';
import { HttpFault } from '../http-fault.ts';
import { stateOf } from '../state.ts';

export type ArrivalNeeds = {
  /** Addresses or CIDR blocks. */
  readonly trustedProxies: readonly string[];
  readonly publicUrl?: string;
};

export function arrival({ trustedProxies, publicUrl }: ArrivalNeeds) {
  const proxies = blockList(trustedProxies);
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
    const host = (isProxied && lastOf(headers['x-forwarded-host'])) || headers.host || 'localhost';
    state.origin = publicUrl ?? `${isSecure ? 'https' : 'http'}://${host}`;
    context.state.isPrivate = isSecure || isLoopback(plainAddress(socket.localAddress ?? ''));
    await next();
  };
}

/** After the error pages: pages over an open network would show passwords to it. */
export async function onlyPrivate(context: Context, next: Next): Promise<void> {
  if (context.state.isPrivate !== true) throw new HttpFault(403, 'insecure');
  await next();
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
