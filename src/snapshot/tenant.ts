/**
 * A tenant of the bundle -> what the relay reads: peers, next hop, and the rules and signatures compiled. Immutable; a
 * changed configuration makes new ones, and what cannot be compiled makes none at all.
 */
import { createHash } from 'node:crypto';
import type { Bundle, BundleNextHop, BundlePeer, BundleTenant } from '../bundle/bundle.ts';
import { type OwnFields, ownFieldsOf } from '../bundle/templates.ts';
import { wholeSignature } from '../bundle/whole-signature.ts';
import { failed, type Result } from '../problem.ts';
import type { NextHop, Peer, RelayTenant } from '../relay/message.ts';
import { createSigningTenant, type SigningConfiguration } from '../signature/plan.ts';
import { defaultPreferences } from '../signature/preferences.ts';
import type { Rule } from '../signature/rule.ts';
import type { Signature } from '../signature/signature.ts';
import type { Preferences, SigningTenant } from '../signature/tenant.ts';
import { peopleOf } from './people.ts';
import type { Tokens } from './tokens.ts';

/** `Compiled` is what `compile` makes of a signature and `render` runs. */
export type SnapshotDependencies<Compiled> = {
  readonly compile: (signature: Signature, known: OwnFields) => Result<Compiled>;
  readonly render: SigningConfiguration<Compiled>['render'];
  readonly qr?: SigningConfiguration<Compiled>['qr'];
  readonly tokens: Tokens;
  /** IANA name of the server's own zone, for tenants that choose none. */
  readonly timeZone: string;
};

/** The id of a tenant: its own, else one made from its name, which tells nobody the name. */
export function tenantId({ id, name }: Pick<BundleTenant, 'id' | 'name'>): string {
  return id ?? `t_${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;
}

export function compileTenants<Compiled>(
  { tenants }: Bundle,
  dependencies: SnapshotDependencies<Compiled>,
): Result<readonly RelayTenant[]> {
  const compiled: RelayTenant[] = [];
  for (const tenant of tenants) {
    const result = compileTenant(tenant, dependencies);
    if (result.kind === 'problem') return result;
    compiled.push(result.value);
  }
  return { kind: 'ok', value: Object.freeze(compiled) };
}

function compileTenant<Compiled>(
  tenant: BundleTenant,
  dependencies: SnapshotDependencies<Compiled>,
): Result<RelayTenant> {
  const nextHop = nextHopOf(tenant);
  if (nextHop.kind === 'problem') return nextHop;
  const peers = peersOf(tenant);
  if (peers.kind === 'problem') return peers;
  const signing = compileSigning(tenant, dependencies);
  if (signing.kind === 'problem') return signing;
  const id = tenantId(tenant);
  return {
    kind: 'ok',
    value: Object.freeze({
      id,
      name: tenant.name,
      kind: tenant.kind,
      mode: tenant.mode,
      peers: peers.value,
      nextHop: nextHop.value,
      token: tenant.token ?? dependencies.tokens[id] ?? '',
      signing: signing.value,
    }),
  };
}

/** Rules, people and signatures alone: no secret is needed for them. */
export function compileSigning<Compiled>(
  tenant: BundleTenant,
  dependencies: Omit<SnapshotDependencies<Compiled>, 'tokens'>,
): Result<SigningTenant> {
  const signatures = compileSignatures(tenant, dependencies);
  if (signatures.kind === 'problem') return signatures;
  return {
    kind: 'ok',
    value: createSigningTenant({
      domains: tenant.domains,
      preferences: { ...defaultsFor(tenant, dependencies.timeZone), ...tenant.preferences },
      people: peopleOf(tenant),
      groups: tenant.groups.map(({ name }) => ({ id: name, name })),
      rules: tenant.rules.map(ruleOf),
      signatures: signatures.value,
      render: dependencies.render,
      ...(dependencies.qr && { qr: dependencies.qr }),
      tenant: { name: tenant.name, fields: tenant.fields },
    }),
  };
}

/** A tenant of which Signet was told no people would sign nobody; there the message itself says who sends it. */
function defaultsFor({ people }: BundleTenant, timeZone: string): Preferences {
  const unknownSenders = people.length > 0 ? defaultPreferences.unknownSenders : 'from-message';
  return { ...defaultPreferences, unknownSenders, timeZone };
}

/** The name stands for an id that was not given: unique in its tenant, and it is what people know. */
export function ruleOf(rule: BundleTenant['rules'][number]): Rule {
  return { ...rule, id: rule.id ?? rule.name };
}

function compileSignatures<Compiled>(
  tenant: BundleTenant,
  { compile }: Pick<SnapshotDependencies<Compiled>, 'compile'>,
): Result<ReadonlyMap<string, Compiled>> {
  const compiled = new Map<string, Compiled>();
  const known = ownFieldsOf(tenant);
  for (const signature of tenant.signatures) {
    const result = compile(wholeSignature(tenant, signature), known);
    if (result.kind === 'problem') return result;
    compiled.set(signature.name, result.value);
  }
  return { kind: 'ok', value: compiled };
}

function peersOf({ name, peers }: BundleTenant): Result<readonly Peer[]> {
  const made: Peer[] = [];
  for (const peer of peers) {
    const result = peerOf(peer);
    if (!result)
      return incomplete(
        name,
        `the password of peer "${peer.kind === 'user' ? peer.user : ''}"`,
        'passwordFile',
      );
    made.push(result);
  }
  return { kind: 'ok', value: made };
}

function peerOf(peer: BundlePeer): Peer | undefined {
  if (peer.kind !== 'user') return peer;
  const { value } = peer.password;
  return value === undefined ? undefined : { kind: 'user', user: peer.user, password: value };
}

function nextHopOf({ name, nextHop }: BundleTenant): Result<NextHop> {
  const { auth, clientCertificate, ...others }: BundleNextHop = nextHop;
  if (auth && auth.password.value === undefined)
    return incomplete(name, 'the password for its next hop', 'passwordFile');
  if (clientCertificate && clientCertificate.key.value === undefined)
    return incomplete(name, 'the key of its client certificate', 'clientKeyFile');
  return {
    kind: 'ok',
    value: {
      ...others,
      ...(auth ? { auth: { user: auth.user, password: auth.password.value ?? '' } } : {}),
      ...(clientCertificate
        ? {
            clientCertificate: {
              certificate: clientCertificate.certificate,
              key: clientCertificate.key.value ?? '',
            },
          }
        : {}),
    },
  };
}

function incomplete(name: string, what: string, key: string) {
  return failed(
    'SIGNET_BUNDLE_INCOMPLETE',
    `tenant "${name}" has no secret for ${what}: add the key ${key}, which names a file with it.`,
  );
}
