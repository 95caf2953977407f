/**
 * The relay's vocabulary: what the server takes in, what processing makes of it, and what the hand-back answers.
 * Data only; the contract is src/relay/README.md.
 */
import type { Buffer } from 'node:buffer';
import type { Problem } from '../problem.ts';
import type { SigningTenant } from '../signature/tenant.ts';

/** An SMTP envelope (RFC 5321 2.3.1). Addresses keep the case of their local part; domains are lower-case A-labels. */
export type Envelope = {
  /** Reverse-path without brackets, '' for the null sender. */
  readonly from: string;
  readonly recipients: readonly string[];
  /** `BODY=8BITMIME` was given (RFC 6152). */
  readonly is8bit: boolean;
  /** `SMTPUTF8` was given (RFC 6531). */
  readonly isUtf8: boolean;
};

/** Who is at the other end of an accepted connection. */
export type Session = {
  /** Random, unique, for the log. */
  readonly id: string;
  readonly address: string;
  readonly helo: string;
  readonly isSecure: boolean;
  /** The user of a successful AUTH. */
  readonly user: string | undefined;
  /** Ids of the tenants of whose peers that user is: two tenants may know different users by one name. */
  readonly userTenants?: readonly string[];
  /** Subject and alternative names of a client certificate whose chain was verified. */
  readonly certificateNames: readonly string[];
  /** The client certificate has Microsoft's name: whether a public authority stands behind it. */
  readonly microsoft?: 'verified' | 'unverified' | undefined;
};

export type Incoming = {
  readonly session: Session;
  readonly envelope: Envelope;
  /** Whole content, dot-stuffing undone, line ends as they came. */
  readonly bytes: Buffer;
  /** `Clock.now()` at the final dot. */
  readonly receivedAt: number;
  /** Aborts when the client is gone or the server stops: before our dots go out, everything can be dropped. */
  readonly signal: AbortSignal;
};

/** One reply line; `text` starts with its enhanced status code (RFC 3463). Never an echo of the next hop's words. */
export type Reply = { readonly code: number; readonly text: string };

export type Peer =
  /** An address or a CIDR block, IPv4 or IPv6. */
  | { readonly kind: 'address'; readonly block: string }
  | { readonly kind: 'user'; readonly user: string; readonly password: string }
  /** A name in a client certificate of a chain that the server trusts. */
  | { readonly kind: 'certificate'; readonly name: string };

export type NextHop = {
  /** A fixed host, or a domain whose MX records are followed. */
  readonly target:
    | { readonly kind: 'host'; readonly host: string }
    /** `within`: ends of host names; exchangers outside of them do not count, whatever DNS says. */
    | { readonly kind: 'mx'; readonly domain: string; readonly within?: readonly string[] };
  readonly port: number;
  readonly tls: 'required' | 'opportunistic' | 'off';
  /** PEM; trusted beside the system's roots when given. */
  readonly ca?: string;
  /** PEM of the certificate with which Signet shows itself to this next hop. */
  readonly clientCertificate?: { readonly certificate: string; readonly key: string };
  readonly auth?: { readonly user: string; readonly password: string };
};

export type RelayTenant = {
  readonly id: string;
  readonly name: string;
  readonly kind: 'smtp' | 'exchange-online';
  readonly mode: 'on' | 'shadow' | 'off';
  readonly peers: readonly Peer[];
  readonly nextHop: NextHop;
  /** Value of `X-Signet-Processed`, 32 hexadecimal digits. */
  readonly token: string;
  /** By what its mail is known; without it a tenant of the kind `exchange-online` takes none. */
  readonly exchange?: ExchangeProof;
  readonly signing: SigningTenant;
};

/** What a message of an Exchange Online tenant must carry (PRODUCT.md 7). */
export type ExchangeProof = {
  /** Entra's id of the tenant, lower case: `X-MS-Exchange-CrossTenant-Id`. */
  readonly tenantId: string;
  /** Valid values of `X-Signet-Route`, two during a rotation; none: it needs its secret, and its mail waits. */
  readonly routeSecrets: readonly string[];
  readonly validation?: ValidationWindow;
};

/** Exchange's own test of the connector carries no secret: it is taken for a short time, for these recipients alone. */
export type ValidationWindow = {
  /** Unique for each opening. */
  readonly id: string;
  /** `Clock.now()` at which it closes by itself. */
  readonly until: number;
  /** Lower case. */
  readonly recipients: readonly string[];
  /** Test messages taken before this process began to count. */
  readonly taken: number;
};

/** One result for some of the recipients. */
export type Variant = {
  readonly recipients: readonly string[];
  readonly slices: readonly Uint8Array[];
  /** The message as it came, with Signet's header fields only: what goes instead when the next hop refuses `slices`. */
  readonly original: readonly Uint8Array[];
  /** Whether `slices` differ from `original`. */
  readonly isStamped: boolean;
};

export type HandedBack = {
  readonly reply: Reply;
  /** What happened, in one word, for log and metrics. */
  readonly outcome:
    | 'delivered'
    | 'delivered-with-report'
    | 'delivered-before'
    | 'refused'
    | 'deferred'
    | 'client-gone';
  /** The next hop refused the stamped form for size or content, and the original went instead. */
  readonly isOriginalInstead: boolean;
  /** The next hop's answers, for the log. */
  readonly answers: readonly { readonly recipients: number; readonly code: number; readonly text: string }[];
  readonly stageMs: Readonly<Record<string, number>>;
  /** What the operator must hear of. */
  readonly alarm?: Problem;
};

/** Hands one message to the tenant's next hop: all variants or none, then one reply (smtp-relay.md 3.3). Never rejects. */
export type HandBack = (job: {
  readonly tenant: RelayTenant;
  readonly incoming: Incoming;
  readonly messageId: string;
  readonly variants: readonly Variant[];
}) => Promise<HandedBack>;
