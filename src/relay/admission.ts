/**
 * Who may send, and for which tenant. Pure. At MAIL a session that no tenant knows is refused; after DATA one tenant of
 * those that know the session is chosen, and the message goes to that tenant's next hop and nowhere else: there is no
 * recipient that makes Signet send anywhere, so it cannot be an open relay. What a known peer sends in a foreign or the
 * null sender's name is taken too (redirects, reports); it passes untouched.
 *
 * Tenants of the kind `exchange-online` are admitted by what their messages carry, not by peers: admission-exchange.ts.
 */
import { type ExchangeMarks, judgeExchange } from './admission-exchange.ts';
import type { Envelope, NextHop, Peer, RelayTenant, Session, ValidationWindow } from './message.ts';
import { compilePeers, isSamePassword } from './peers.ts';
import { domainOfPath } from './server-path.ts';

export type Identity = { readonly user: string; readonly tenants: readonly string[] };

/** The tenants of one configuration, ready to be asked. */
export type Door = {
  /** Tenants that know this session by one of their peers, in the order of the configuration. */
  readonly candidates: (session: Session) => readonly RelayTenant[];
  /** Tenants whose mail comes from Exchange Online, whoever hands it in. */
  readonly exchange: readonly RelayTenant[];
  readonly hasUsers: boolean;
  readonly authenticate: (user: string, password: string) => Identity | undefined;
};

/** What of a message decides whose it is. */
export type MessageMarks = ExchangeMarks & { readonly fromDomain: string | undefined };

export type Admission =
  | {
      readonly kind: 'tenant';
      readonly tenant: RelayTenant;
      /** The envelope sender's domain, which the tenant is not known to have. */
      readonly unknownDomain?: string;
    }
  | { readonly kind: 'probe'; readonly tenant: RelayTenant; readonly window: ValidationWindow }
  | {
      readonly kind: 'unproven';
      readonly tenant: RelayTenant;
      readonly secret: 'missing' | 'wrong' | 'not-known-here';
    }
  | { readonly kind: 'ambiguous'; readonly tenants: readonly RelayTenant[] }
  | { readonly kind: 'stranger' };

export type AdmissionQuestion = {
  readonly door: Door;
  readonly session: Session;
  /** Of `door.candidates`, asked when the message began. */
  readonly candidates: readonly RelayTenant[];
  readonly envelope: Pick<Envelope, 'from' | 'recipients'>;
  readonly marks: MessageMarks;
  readonly now: number;
  /** Test messages taken in this window. */
  readonly taken: (window: ValidationWindow) => number;
};

/** Whose message this is, once its header is there. What Exchange Online hands in is not a known peer's by its address. */
export function admit({ door, session, candidates, ...question }: AdmissionQuestion): Admission {
  const { envelope, marks } = question;
  if (session.microsoft === 'verified') {
    const verdict = judgeExchange({ ...question, tenants: door.exchange });
    if (verdict.kind === 'own') return ownMail(verdict.tenant, envelope);
    if (verdict.kind !== 'stranger') return verdict;
  }
  return candidates.length === 0
    ? { kind: 'stranger' }
    : chooseTenant(candidates, envelope, marks.fromDomain);
}

function ownMail(tenant: RelayTenant, { from }: Pick<Envelope, 'from'>): Admission {
  const domain = domainOfPath(from);
  const isUnknown = domain !== '' && !tenant.signing.domains.includes(domain);
  return { kind: 'tenant', tenant, ...(isUnknown && { unknownDomain: domain }) };
}

export function createDoor(all: readonly RelayTenant[]): Door {
  const tenants = all.filter(({ kind }) => kind === 'smtp');
  const known = tenants.map(tenant => ({ tenant, recognise: compilePeers(tenant.id, tenant.peers) }));
  const users = tenants.flatMap(({ id, peers }) =>
    peers.filter(isUser).map(peer => ({ ...peer, tenant: id })),
  );
  return {
    exchange: all.filter(({ kind, exchange }) => kind === 'exchange-online' && exchange !== undefined),
    candidates: session => known.filter(({ recognise }) => recognise(session)).map(({ tenant }) => tenant),
    hasUsers: users.length > 0,
    authenticate: (user, password) => {
      // All of them are compared, so that the time does not tell which names exist.
      const matching = users.filter(peer => {
        const isSame = isSamePassword(password, peer.password);
        return peer.user === user && isSame;
      });
      return matching.length > 0 ? { user, tenants: matching.map(({ tenant }) => tenant) } : undefined;
    },
  };
}

function isUser(peer: Peer): peer is Extract<Peer, { kind: 'user' }> {
  return peer.kind === 'user';
}

export type Choice =
  | { readonly kind: 'tenant'; readonly tenant: RelayTenant }
  /** Several tenants could be meant and their next hops differ: whichever we took, one's mail might reach another. */
  | { readonly kind: 'ambiguous'; readonly tenants: readonly RelayTenant[] };

/**
 * The tenant of a message among `candidates` (not empty). Several are narrowed, in this order, to those who own the
 * envelope sender's domain, the From domain, every recipient's domain (a report or an incoming message). What is left with
 * one and the same next hop goes there under the first one's name; else nobody can say whose mail it is.
 */
export function chooseTenant(
  candidates: readonly RelayTenant[],
  envelope: Pick<Envelope, 'from' | 'recipients'>,
  fromDomain: string | undefined,
): Choice {
  const sender = domainOfPath(envelope.from);
  const recipients = envelope.recipients.map(domainOfPath);
  const owns = (tenant: RelayTenant, domain: string | undefined) =>
    domain !== undefined && domain !== '' && tenant.signing.domains.includes(domain);
  const tests: readonly ((tenant: RelayTenant) => boolean)[] = [
    tenant => owns(tenant, sender),
    tenant => owns(tenant, fromDomain),
    tenant => recipients.every(domain => owns(tenant, domain)),
  ];
  const left = tests.reduce(narrow, candidates);
  const [first, ...others] = left;
  if (first && others.every(({ nextHop }) => isSameHop(nextHop, first.nextHop))) {
    return { kind: 'tenant', tenant: first };
  }
  return { kind: 'ambiguous', tenants: left };
}

/** Those for whom the test holds; all, where it holds for none. */
function narrow(
  tenants: readonly RelayTenant[],
  test: (tenant: RelayTenant) => boolean,
): readonly RelayTenant[] {
  const left = tenants.length > 1 ? tenants.filter(test) : tenants;
  return left.length > 0 ? left : tenants;
}

function isSameHop(one: NextHop, other: NextHop): boolean {
  return JSON.stringify(hopKey(one)) === JSON.stringify(hopKey(other));
}

function hopKey({ target, port, tls, clientCertificate, auth }: NextHop) {
  const name = target.kind === 'host' ? target.host : target.domain;
  const identity = [clientCertificate?.certificate ?? '', auth?.user ?? ''];
  return [target.kind, name.toLowerCase(), port, tls, ...identity];
}

export type Loop = 'none' | 'processed-before' | 'too-many-hops';

/** Own `Received` lines that a message may have: one for each way through, and one for a forward that comes back. */
const MAX_OWN_RECEIVED = 2;

/**
 * PRODUCT.md 3, Loops. `processed` holds the values of all `X-Signet-Processed` fields; a token that is not the
 * tenant's stops nothing, or any sender could switch signing off.
 */
export function judgeLoop(message: {
  readonly token: string;
  readonly processed: readonly string[];
  readonly ownReceived: number;
}): Loop {
  if (message.ownReceived > MAX_OWN_RECEIVED) return 'too-many-hops';
  return message.processed.includes(message.token) ? 'processed-before' : 'none';
}
