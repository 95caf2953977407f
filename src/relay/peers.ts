/**
 * Who is at the other end: addresses and blocks of addresses (RFC 4632, RFC 4291), users, certificate names. Pure. An
 * IPv4 address that a dual-stack socket shows as `::ffff:192.0.2.1` is the same as `192.0.2.1`, on both sides.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { BlockList, isIPv4, isIPv6 } from 'node:net';
import type { Peer, Session } from './message.ts';

export type Block = { readonly address: string; readonly family: 'ipv4' | 'ipv6'; readonly bits: number };

/** `192.0.2.0/24`, `2001:db8::/32` or a single address; undefined when it is none. Host bits need not be zero. */
export function parseBlock(text: string): Block | undefined {
  const match = /^([0-9A-Fa-f.:]+)(?:\/(\d{1,3}))?$/.exec(text.trim());
  const given = match?.[1] ?? '';
  const address = withoutMapping(given);
  const isMapped = address !== given;
  const family = isIPv4(address) ? 'ipv4' : isIPv6(address) ? 'ipv6' : undefined;
  if (!family) return undefined;
  const width = family === 'ipv4' ? 32 : 128;
  const bits = match?.[2] === undefined ? width : Number(match[2]) - (isMapped ? 96 : 0);
  return bits >= 0 && bits <= width ? { address, family, bits } : undefined;
}

/** `::ffff:a.b.c.d` (RFC 4291 2.5.5.2) as `a.b.c.d`; everything else, lower-cased, without a zone index. */
export function withoutMapping(address: string): string {
  const plain = address.toLowerCase().replace(/%.*$/, '');
  const dotted = /^(?:0{0,4}:){2,5}ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(plain)?.[1];
  if (dotted !== undefined) return dotted;
  const words = /^(?:0{0,4}:){2,5}ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(plain);
  if (!words || !isIPv6(plain)) return plain;
  const bits = [words[1], words[2]].map(word => Number.parseInt(word as string, 16));
  return bits.flatMap(word => [word >> 8, word & 255]).join('.');
}

/** The part of an address that one customer holds: limits per peer count an IPv6 /64 as one. */
export function networkOf(address: string): string {
  const plain = withoutMapping(address);
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.split('::');
  const words = head === '' ? [] : head.split(':');
  const missing = tail === undefined ? 0 : 8 - words.length - (tail === '' ? 0 : tail.split(':').length);
  const all = [...words, ...Array<string>(missing).fill('0'), ...(tail ? tail.split(':') : [])];
  return `${all
    .slice(0, 4)
    .map(word => Number.parseInt(word, 16).toString(16))
    .join(':')}::/64`;
}

/** True when the session comes from that peer. Users and certificates count over TLS only. */
export type Recognise = (session: Session) => boolean;

/** Compiles a tenant's peers once. A block that is none matches nobody. */
export function compilePeers(tenantId: string, peers: readonly Peer[]): Recognise {
  const blocks = new BlockList();
  const users = new Set<string>();
  const names = new Set<string>();
  for (const peer of peers) {
    if (peer.kind === 'user') users.add(peer.user);
    else if (peer.kind === 'certificate') names.add(peer.name.toLowerCase());
    else {
      const block = parseBlock(peer.block);
      if (block) blocks.addSubnet(block.address, block.bits, block.family);
    }
  }
  const isUser = ({ isSecure, user, userTenants }: Session) =>
    isSecure && user !== undefined && users.has(user) && userTenants?.includes(tenantId) === true;
  return session =>
    isInside(blocks, session.address) ||
    isUser(session) ||
    (session.isSecure && session.certificateNames.some(name => names.has(name.toLowerCase())));
}

function isInside(blocks: BlockList, address: string): boolean {
  const plain = withoutMapping(address);
  if (isIPv4(plain)) return blocks.check(plain, 'ipv4');
  return isIPv6(plain) && blocks.check(plain, 'ipv6');
}

/** Compares in a time that tells nothing about where two passwords differ, nor how long they are. */
export function isSamePassword(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text, 'utf8').digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
