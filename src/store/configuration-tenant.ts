/** A tenant of the bundle as the row of its table and the secrets in the vault, and back. */
import type { Transaction } from 'kysely';
import type {
  BundleDirectory,
  BundleNextHop,
  BundlePeer,
  BundleSecret,
  BundleTenant,
} from '../bundle/bundle.ts';
import type { Tables } from './tables.ts';
import type {
  StoredTenant,
  Tenant,
  TenantNextHop,
  TenantPeer,
  TenantSecret,
  TenantSecrets,
} from './tenants.ts';

export function storedTenant({
  id,
  tenant,
  token,
  managedBy,
}: {
  readonly id: string;
  readonly tenant: BundleTenant;
  readonly token: string;
  readonly managedBy?: string | undefined;
}): Tenant {
  const { name, kind, mode, domains, peers, nextHop, fields, preferences, directory, microsoft } = tenant;
  return {
    id,
    name,
    kind,
    mode,
    domains,
    connection: {
      peers: peers.map(storedPeer),
      nextHop: storedNextHop(nextHop),
      token: tenant.token ?? token,
      ...(microsoft && { microsoft: { tenantId: microsoft.tenantId, cloud: microsoft.cloud } }),
    },
    fields,
    preferences,
    ...(directory && {
      directory: { source: directory.source, everyMinutes: directory.everyMinutes },
    }),
    ...(managedBy === undefined ? {} : { managedBy }),
  };
}

function storedPeer(peer: BundlePeer): TenantPeer {
  return peer.kind === 'user' ? { kind: 'user', user: peer.user } : peer;
}

function storedNextHop({ auth, clientCertificate, isDefault: _, ...others }: BundleNextHop): TenantNextHop {
  return {
    ...others,
    ...(clientCertificate === undefined ? {} : { certificate: clientCertificate.certificate }),
    ...(auth === undefined ? {} : { user: auth.user }),
  };
}

/** Those of the tenant as it shall be; `null` forgets what it lacks or has no use for. */
export async function secretsToKeep(
  transaction: Transaction<Tables>,
  id: string,
  tenant: BundleTenant,
): Promise<TenantSecrets> {
  const rows = await transaction
    .selectFrom('secrets')
    .select('name')
    .where('owner', '=', 'tenants')
    .where('row_id', '=', id)
    .execute();
  const stored = rows.filter(({ name }) => isOfBundle(name)).map(({ name }) => [name, null] as const);
  const used = [...usedSecrets(tenant)].flatMap(([name, { value }]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return Object.fromEntries([...stored, ...used]);
}

/** Route secrets belong to the connectors, which no bundle holds. */
function isOfBundle(name: string) {
  return name.startsWith('peer-password:') || name.startsWith('next-hop-') || name === 'directory-password';
}

function usedSecrets({
  peers,
  nextHop,
  directory,
}: Pick<BundleTenant, 'peers' | 'nextHop' | 'directory'>): ReadonlyMap<TenantSecret, BundleSecret> {
  return new Map<TenantSecret, BundleSecret>([
    ...peers.flatMap((peer): [TenantSecret, BundleSecret][] =>
      peer.kind === 'user' ? [[`peer-password:${peer.user}`, peer.password]] : [],
    ),
    ...(directory ? ([['directory-password', directory.password]] as const) : []),
    ...(nextHop.auth ? ([['next-hop-password', nextHop.auth.password]] as const) : []),
    ...(nextHop.clientCertificate ? ([['next-hop-key', nextHop.clientCertificate.key]] as const) : []),
  ]);
}

/** What the relay needs, with the secrets that are known. */
export function withSecrets(
  { connection: { peers, nextHop }, directory }: Pick<StoredTenant, 'connection' | 'directory'>,
  secrets: Readonly<Partial<Record<TenantSecret, string>>>,
): Pick<BundleTenant, 'peers' | 'nextHop' | 'directory'> {
  const secret = (name: TenantSecret): BundleSecret =>
    secrets[name] === undefined ? {} : { value: secrets[name] };
  const { certificate, user, ...others } = nextHop;
  return {
    ...(directory === undefined
      ? {}
      : {
          directory: {
            ...(directory as Omit<BundleDirectory, 'password'>),
            password: secret('directory-password'),
          },
        }),
    peers: peers.map(peer =>
      peer.kind === 'user' ? { ...peer, password: secret(`peer-password:${peer.user}`) } : peer,
    ),
    nextHop: {
      ...others,
      ...(certificate === undefined
        ? {}
        : { clientCertificate: { certificate, key: secret('next-hop-key') } }),
      ...(user === undefined ? {} : { auth: { user, password: secret('next-hop-password') } }),
    },
  };
}
