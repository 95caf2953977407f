/** Addresses in header fields and envelopes, as far as the simulated Exchange needs them. Pure. */
import { mailboxOf } from '../../mail/address.ts';

/** Lower-case domain, '' when there is none. */
export function domainOf(address: string): string {
  const at = address.lastIndexOf('@');
  return at < 0 ? '' : address.slice(at + 1).toLowerCase();
}

/** Address of the first mailbox of a field value, in a list so that callers need no third case. */
export function addressesOf(value: string): readonly string[] {
  const mailbox = mailboxOf(value);
  return mailbox ? [mailbox.address.toLowerCase()] : [];
}
