/**
 * Addresses and domains in the one form in which they are compared: lower case, the domain as A-labels. Local parts
 * are compared without regard to case too: Exchange does, and so does everybody who writes a rule.
 */
import { asciiDomain } from '../mail/address.ts';

/** `Ada@BÜRO.example` -> `ada@xn--bro-hoa.example`; without an `@` the lower-cased input. */
export function addressKey(address: string): string {
  const at = address.lastIndexOf('@');
  if (at < 0) return address.toLowerCase();
  return `${address.slice(0, at).toLowerCase()}@${asciiDomain(address.slice(at + 1))}`;
}

/** The domain of an address key; '' when it has none. */
export function domainOfKey(key: string): string {
  const at = key.lastIndexOf('@');
  return at < 0 ? '' : key.slice(at + 1);
}
