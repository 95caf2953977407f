/**
 * What an import would change: the tenants of a bundle laid over those that are stored. Pure. What the bundle leaves out
 * on purpose (ids, token, secrets) is what the store has; everything else is the bundle's. Nothing is deleted by being
 * absent, that takes a word of its own.
 */
import { isDeepStrictEqual } from 'node:util';
import { failed, type Result } from '../problem.ts';
import type { Bundle, BundlePeer, BundleSecret, BundleTenant } from './bundle.ts';
import { tenantDifference } from './difference.ts';
import { lackingForDirectory, lackingSecrets } from './secrets.ts';
import { tenantId } from './tenant-id.ts';
import { writeBundle } from './write.ts';

/** A tenant as it is stored: with its id, its token and the secrets that are known. */
export type KnownTenant = {
  readonly id: string;
  readonly managedBy?: string;
  readonly isRetired: boolean;
  readonly tenant: BundleTenant;
};

export type ImportPlan = {
  /** Those that differ from what is stored. */
  readonly put: readonly { readonly id: string; readonly tenant: BundleTenant }[];
  /** Stored ones that the bundle does not name. */
  readonly absent: readonly KnownTenant[];
  /** One sentence each, for people. */
  readonly changes: readonly string[];
  /** Tenants that will wait for secrets, and which. */
  readonly lacking: readonly { readonly name: string; readonly secrets: readonly string[] }[];
};

/** `managedBy`: the file that shall keep these tenants from now on; undefined for an import by hand. */
export function planImport(
  known: readonly KnownTenant[],
  { tenants }: Bundle,
  managedBy: string | undefined,
): Result<ImportPlan> {
  const byId = new Map(known.map(entry => [entry.id, entry]));
  const byName = new Map(known.map(entry => [entry.tenant.name, entry]));
  const laid = tenants.map(tenant => {
    const stored = tenant.id === undefined ? byName.get(tenant.name) : byId.get(tenant.id);
    const id = stored?.id ?? tenantId(tenant);
    return { id, old: byId.get(id), now: complete(tenant, byId.get(id)?.tenant, id) };
  });
  const named = new Set(laid.map(({ id }) => id));
  const absent = known.filter(({ id }) => !named.has(id));
  const conflict = findConflict(
    laid.map(({ now }) => now),
    absent,
  );
  if (conflict) return failed('SIGNET_IMPORT_CONFLICT', conflict);
  const changed = laid.flatMap(({ id, old, now }) => {
    const changes = changesOf(old, now, managedBy);
    return changes.length === 0 ? [] : [{ id, tenant: now, changes }];
  });
  return {
    kind: 'ok',
    value: {
      put: changed.map(({ id, tenant }) => ({ id, tenant })),
      absent,
      changes: changed.flatMap(({ changes }) => changes),
      lacking: laid.flatMap(({ now }) => {
        const secrets = [...lackingSecrets(now), ...lackingForDirectory(now)];
        return secrets.length === 0 ? [] : [{ name: now.name, secrets }];
      }),
    },
  };
}

/** Names and domains that a tenant beside those of the bundle has: one of both would be unreachable. */
function findConflict(now: readonly BundleTenant[], absent: readonly KnownTenant[]): string | undefined {
  for (const { tenant, isRetired } of absent)
    for (const { name, domains } of now) {
      if (name === tenant.name)
        return `tenant "${name}" is stored under the id ${tenant.id}: give it that id in the bundle, or another name.`;
      const domain = isRetired ? undefined : domains.find(one => tenant.domains.includes(one));
      if (domain !== undefined)
        return `domain ${domain} of tenant "${name}" belongs to tenant "${tenant.name}", which the bundle does not hold: take it from one of them.`;
    }
  return undefined;
}

function changesOf(
  old: KnownTenant | undefined,
  now: BundleTenant,
  managedBy: string | undefined,
): readonly string[] {
  const name = JSON.stringify(now.name);
  if (!old) return [`Tenant ${name} is added.`];
  const renamed = old.tenant.name === now.name ? [] : [`its name was ${JSON.stringify(old.tenant.name)}.`];
  const told = [...renamed, ...tenantDifference(old.tenant, now)];
  // What the sentences do not tell (the order of equal things) is a change all the same.
  const silent =
    told.length === 0 && textOf(old.tenant) !== textOf(now) ? ['it is put in another order.'] : [];
  const kept =
    old.managedBy === managedBy
      ? []
      : [managedBy === undefined ? 'no file manages it any more.' : `it is managed by ${managedBy}.`];
  const back = old.isRetired ? ['it takes mail again.'] : [];
  return [...back, ...told, ...silent, ...kept].map(change => `Tenant ${name}: ${change}`);
}

function textOf(tenant: BundleTenant) {
  return writeBundle({ version: 1, tenants: [tenant] });
}

/** In the form that reading the store would give, so that equal things compare as equal. */
function complete(tenant: BundleTenant, stored: BundleTenant | undefined, id: string): BundleTenant {
  const token = tenant.token ?? stored?.token;
  return {
    ...tenant,
    id,
    ...(token === undefined ? {} : { token }),
    domains: [...new Set(tenant.domains)].sort(),
    peers: tenant.peers.map(peer => completePeer(peer, stored?.peers ?? [])),
    nextHop: completeNextHop(tenant.nextHop, stored?.nextHop),
    ...completeMicrosoft(tenant, stored),
    signatures: tenant.signatures.map(signature => ({
      ...withStoredId(signature, stored?.signatures ?? [], tenant.signatures),
    })),
    rules: tenant.rules.map(rule => withStoredId(rule, stored?.rules ?? [], tenant.rules)),
    ...(tenant.directory && {
      directory: {
        ...tenant.directory,
        password: completeSecret(tenant.directory.password, stored?.directory?.password),
      },
    }),
    people: tenant.people.map(person =>
      person.fields.email === person.address
        ? { ...person, fields: without(person.fields, 'email') }
        : person,
    ),
  };
}

type Identified = { readonly id?: string; readonly name: string };

/** By its own id, else the id of the one that has its name now; the name itself is no id worth writing. */
function withStoredId<Item extends Identified>(
  item: Item,
  stored: readonly Identified[],
  all: readonly Identified[],
): Item {
  const given = new Set(all.flatMap(({ id }) => id ?? []));
  const named = stored.find(({ name }) => name === item.name)?.id;
  const id = item.id ?? (named !== undefined && !given.has(named) ? named : undefined);
  const { id: _, ...others } = item;
  return (id === undefined || id === item.name ? others : { ...others, id }) as Item;
}

function completePeer(peer: BundlePeer, stored: readonly BundlePeer[]): BundlePeer {
  if (peer.kind !== 'user') return peer;
  const same = stored.find(other => other.kind === 'user' && other.user === peer.user);
  return {
    ...peer,
    password: completeSecret(peer.password, same?.kind === 'user' ? same.password : undefined),
  };
}

/** The wizard has it, and a bundle need not: what it leaves out is what the store has. Secrets never come from a file. */
function completeMicrosoft(
  { kind, microsoft }: BundleTenant,
  stored: BundleTenant | undefined,
): Pick<BundleTenant, 'microsoft'> {
  const known = microsoft ?? (kind === 'exchange-online' ? stored?.microsoft : undefined);
  if (!known) return {};
  const { tenantId, cloud } = known;
  const { routeSecrets = [], validation } =
    stored?.microsoft?.tenantId === tenantId ? stored.microsoft : { routeSecrets: [] };
  return { microsoft: { tenantId, cloud, routeSecrets, ...(validation && { validation }) } };
}

function completeNextHop(
  { auth, clientCertificate, isDefault, ...others }: BundleTenant['nextHop'],
  stored: BundleTenant['nextHop'] | undefined,
): BundleTenant['nextHop'] {
  if (isDefault && stored) return stored;
  const { certificate, key } = clientCertificate ?? {};
  const storedKey =
    stored?.clientCertificate && isDeepStrictEqual(stored.clientCertificate.certificate, certificate)
      ? stored.clientCertificate.key
      : undefined;
  return {
    ...others,
    ...(certificate === undefined
      ? {}
      : { clientCertificate: { certificate, key: completeSecret(key ?? {}, storedKey) } }),
    ...(auth && {
      auth: {
        user: auth.user,
        password: completeSecret(
          auth.password,
          stored?.auth?.user === auth.user ? stored.auth.password : undefined,
        ),
      },
    }),
  };
}

/** Where a file was read its name has no further use: the store keeps the secret itself. */
function completeSecret({ value }: BundleSecret, stored: BundleSecret | undefined): BundleSecret {
  const secret = value ?? stored?.value;
  return secret === undefined ? {} : { value: secret };
}

function without<Fields extends object>(fields: Fields, name: keyof Fields): Fields {
  const { [name]: _, ...others } = fields;
  return others as Fields;
}
