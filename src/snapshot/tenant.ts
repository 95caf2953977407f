/**
 * A tenant's configuration -> what the relay reads: peers, next hop, and the rules and signatures compiled. Immutable but
 * for its people; a changed configuration makes a new one, and what cannot be compiled makes none at all.
 */
import type { BundleMicrosoft, BundlePeer, BundleTenant } from '../bundle/bundle.ts';
import { lackingSecrets } from '../bundle/secrets.ts';
import { type OwnFields, ownFieldsOf } from '../bundle/templates.ts';
import { tenantId } from '../bundle/tenant-id.ts';
import { wholeSignature } from '../bundle/whole-signature.ts';
import type { Pace } from '../directory/pace.ts';
import type { Result } from '../problem.ts';
import type { ExchangeProof, NextHop, Peer, RelayTenant } from '../relay/message.ts';
import type { Group, People } from '../signature/person.ts';
import { createSigningTenant, type SigningConfiguration } from '../signature/plan.ts';
import { defaultPreferences } from '../signature/preferences.ts';
import type { Rule } from '../signature/rule.ts';
import type { Signature, SignatureImage } from '../signature/signature.ts';
import type { Preferences, SigningTenant } from '../signature/tenant.ts';
import { withGroupIds } from './groups.ts';
import { peopleOf, photosOf } from './people.ts';

/** `Compiled` is what `compile` makes of a signature and `render` runs. */
export type SigningDependencies<Compiled> = {
  readonly compile: (signature: Signature, known: OwnFields) => Result<Compiled>;
  readonly render: SigningConfiguration<Compiled>['render'];
  readonly qr?: SigningConfiguration<Compiled>['qr'];
  /** Photos that are not in the tenant's own value. */
  readonly photo?: (tenantId: string, hash: string) => SignatureImage | undefined;
  /** IANA name of the server's own zone, for tenants that choose none. */
  readonly timeZone: string;
  /** People beside those in the tenant's own value, which then count no more. */
  readonly population?: {
    readonly people: People;
    readonly groups: readonly Group[];
    readonly isEmpty: boolean;
  };
  readonly mayBeSigned?: SigningConfiguration<Compiled>['mayBeSigned'];
  /** The appliance's own, for tenants that show it to their next hop. */
  readonly serverCertificate?: NextHop['clientCertificate'];
  /** Long compilations let others go first. */
  readonly pace: Pace;
};

export async function compileTenant<Compiled>(
  tenant: BundleTenant,
  dependencies: SigningDependencies<Compiled>,
): Promise<Result<RelayTenant>> {
  const signing = await compileSigning(tenant, dependencies);
  if (signing.kind === 'problem') return signing;
  return { kind: 'ok', value: relayTenant(tenant, signing.value, dependencies.serverCertificate) };
}

/** One that passes all mail unsigned: for a configuration that cannot be compiled, since mail must not wait for it. */
export function passingTenant(
  tenant: BundleTenant,
  timeZone: string,
  serverCertificate?: NextHop['clientCertificate'],
): RelayTenant {
  const signing = createSigningTenant<undefined>({
    domains: tenant.domains,
    preferences: { ...defaultPreferences, timeZone },
    people: peopleOf({ people: [], groups: [] }),
    rules: [],
    signatures: new Map(),
    render: () => [],
    tenant: { name: tenant.name, fields: {} },
  });
  return { ...relayTenant(tenant, signing, serverCertificate), mode: 'off' };
}

function proofOf({ tenantId, routeSecrets, validation }: BundleMicrosoft): ExchangeProof {
  return { tenantId, routeSecrets, ...(validation && { validation }) };
}

function relayTenant(
  tenant: BundleTenant,
  signing: SigningTenant,
  serverCertificate: NextHop['clientCertificate'],
): RelayTenant {
  const isWhole = lackingSecrets(tenant).length === 0;
  return Object.freeze({
    id: tenantId(tenant),
    name: tenant.name,
    kind: tenant.kind,
    // What a restored configuration lacks may be more than the secret: its mail passes as it came until it is whole.
    mode: isWhole ? tenant.mode : 'off',
    peers: tenant.peers.flatMap(peerOf),
    nextHop: nextHopOf(tenant, serverCertificate),
    token: tenant.token ?? '',
    ...(tenant.microsoft && { exchange: proofOf(tenant.microsoft) }),
    signing,
  });
}

/** Rules, people and signatures alone: no secret is needed for them. */
export async function compileSigning<Compiled>(
  tenant: BundleTenant,
  dependencies: SigningDependencies<Compiled>,
): Promise<Result<SigningTenant>> {
  const signatures = await compileSignatures(tenant, dependencies);
  if (signatures.kind === 'problem') return signatures;
  const { population, mayBeSigned, qr, render, timeZone } = dependencies;
  const groups = population?.groups ?? tenant.groups.map(({ name }) => ({ id: name, name }));
  return {
    kind: 'ok',
    value: createSigningTenant({
      domains: tenant.domains,
      preferences: {
        ...defaultsFor(!tenant.directory && (population?.isEmpty ?? tenant.people.length === 0), timeZone),
        ...tenant.preferences,
      },
      people: population?.people ?? peopleOf(tenant),
      groups,
      rules: withGroupIds(tenant.rules.map(ruleOf), groups),
      signatures: signatures.value,
      render,
      photo: photosOf(tenant, hash => dependencies.photo?.(tenantId(tenant), hash)),
      tenant: { name: tenant.name, fields: tenant.fields },
      ...(qr && { qr }),
      ...(mayBeSigned && { mayBeSigned }),
    }),
  };
}

/** A tenant of which Signet was told no people would sign nobody; there the message itself says who sends it. */
function defaultsFor(hasNoPeople: boolean, timeZone: string): Preferences {
  const unknownSenders = hasNoPeople ? 'from-message' : defaultPreferences.unknownSenders;
  return { ...defaultPreferences, unknownSenders, timeZone };
}

/** The name stands for an id that was not given: unique in its tenant, and it is what people know. */
export function ruleOf(rule: BundleTenant['rules'][number]): Rule {
  return { ...rule, id: rule.id ?? rule.name };
}

async function compileSignatures<Compiled>(
  tenant: BundleTenant,
  { compile, population, pace }: SigningDependencies<Compiled>,
): Promise<Result<ReadonlyMap<string, Compiled>>> {
  const compiled = new Map<string, Compiled>();
  const own = ownFieldsOf(tenant);
  const known = population ? { tenantFields: own.tenantFields } : own;
  for (const signature of tenant.signatures) {
    if (pace.isDue()) await pace.pause();
    const result = compile(wholeSignature(tenant, signature), known);
    if (result.kind === 'problem') return result;
    compiled.set(signature.name, result.value);
  }
  return { kind: 'ok', value: compiled };
}

/** A user whose password nobody knows cannot log in; the other peers can. */
function peerOf(peer: BundlePeer): Peer[] {
  if (peer.kind !== 'user') return [peer];
  const { value } = peer.password;
  return value === undefined ? [] : [{ kind: 'user', user: peer.user, password: value }];
}

/** Where a secret lacks, no mail is handed to it: see `holds` in snapshot.ts. */
/** The next hop as the relay uses it: with its secrets, as far as they are there. */
export function nextHopOf(
  {
    nextHop: { auth, clientCertificate, serverCertificate, isDefault: _, ...others },
  }: Pick<BundleTenant, 'nextHop'>,
  own: NextHop['clientCertificate'],
): NextHop {
  const password = auth?.password.value;
  const key = clientCertificate?.key.value;
  return {
    ...others,
    ...(auth && password !== undefined ? { auth: { user: auth.user, password } } : {}),
    ...(serverCertificate && own ? { clientCertificate: own } : {}),
    ...(clientCertificate && key !== undefined
      ? { clientCertificate: { certificate: clientCertificate.certificate, key } }
      : {}),
  };
}
