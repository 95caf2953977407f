/**
 * What decides how a tenant's connectors and rules look (exchange-online.md 5.3, PRODUCT.md 7). `desiredObjects` makes the
 * objects of it; nothing else about Exchange is stored.
 */
export type Identification =
  /** By the name in the certificate that Signet shows; it should be an accepted domain of the tenant. */
  | { readonly kind: 'certificate'; readonly name: string }
  /** By Signet's own public IPv4 addresses or blocks (/24 to /32), used by no other customer of Microsoft. */
  | { readonly kind: 'addresses'; readonly addresses: readonly string[] };

export type Senders =
  | { readonly kind: 'all' }
  /** Members of one mail-enabled group, by its primary address. */
  | { readonly kind: 'group'; readonly address: string };

export type Scope = {
  readonly senders: Senders;
  /** Also mail between people of this organisation. */
  readonly isInternalToo: boolean;
};

export type ConnectorSettings = {
  /** Random, of this appliance and tenant: 32 hexadecimal digits. Marks the objects as ours. */
  readonly installationId: string;
  /** Signet's version, for the comment. */
  readonly version: string;
  /** The relay's public name: smart host, and name in its certificate. */
  readonly relayHost: string;
  /** `verified`: Exchange checks the relay's certificate and name. `encrypted`: any certificate will do (no public CA). */
  readonly relayTls: 'verified' | 'encrypted';
  readonly identification: Identification;
  /** `CloudServicesMailEnabled` on both connectors, so that internal mail stays internal. */
  readonly keepsHeaders: boolean;
  readonly scope: Scope;
  /** Value of `X-Signet-Processed`: 32 hexadecimal digits (PRODUCT.md 3). Not a secret. */
  readonly token: string;
  /** Value of `X-Signet-Route`: 32 to 64 characters `[0-9A-Za-z_-]`. A secret. */
  readonly routeSecret: string;
  /** The one before, while both are valid. */
  readonly previousRouteSecret?: string;
  /** Place of Signet's rules among the tenant's: 0 is first. Only for rules that are made anew. */
  readonly priority: number;
  /** Whether rules behind Signet's wait for the second pass. */
  readonly stopsOtherRules: boolean;
  /** When the rule itself cannot be carried out: mail goes unsigned, or waits. */
  readonly onRuleError: 'ignore' | 'defer';
  /** Mail above it is not routed: bytes. */
  readonly sizeLimitBytes: number;
  /** The rule ends by itself at this time unless it is extended; milliseconds since 1970-01-01 UTC. */
  readonly leaseUntil?: number;
  /** Routes one mailbox for a short time; milliseconds since 1970-01-01 UTC. */
  readonly pilot?: { readonly mailbox: string; readonly until: number };
};

/** Exclaimer's 22.5 MB: what Exchange takes back with a signature on top (exchange-online.md 7.4). */
export const defaultSizeLimitBytes = 23_592_960;
