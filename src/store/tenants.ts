/** Tenants: what the relay must know to take their mail and to hand it back, and their preferences. */
import { type Kysely, sql, type Transaction } from 'kysely';
import type { Clock } from '../clock.ts';
import type { StoredCloudName } from '../microsoft/cloud.ts';
import type { Preferences } from '../signature/tenant.ts';
import type { Database } from './database.ts';
import type { Tables } from './tables.ts';
import type { Vault } from './vault.ts';

export type TenantPeer =
  | { readonly kind: 'address'; readonly block: string }
  | { readonly kind: 'user'; readonly user: string }
  | { readonly kind: 'certificate'; readonly name: string };

/** The next hop without its secrets, which have places of their own: see `TenantSecret`. */
export type TenantNextHop = {
  readonly target:
    | { readonly kind: 'host'; readonly host: string }
    | { readonly kind: 'mx'; readonly domain: string; readonly within?: readonly string[] };
  readonly port: number;
  readonly tls: 'required' | 'opportunistic' | 'off';
  /** PEM. */
  readonly ca?: string;
  /** PEM; its key is the secret `next-hop-key`. */
  readonly certificate?: string;
  /** Shows the appliance's own certificate. */
  readonly serverCertificate?: true;
  /** Its password is the secret `next-hop-password`. */
  readonly user?: string;
};

export type TenantConnection = {
  readonly peers: readonly TenantPeer[];
  readonly nextHop: TenantNextHop;
  /** Value of `X-Signet-Processed`, 32 hexadecimal digits. */
  readonly token: string;
  /** For `exchange-online`, once it is known. */
  readonly microsoft?: {
    /** Entra's id of the tenant, a GUID, lower case. */
    readonly tenantId: string;
    readonly cloud: StoredCloudName;
  };
};

export type TenantSecret =
  | 'next-hop-key'
  | 'next-hop-password'
  | 'route-secret'
  | 'route-secret-before'
  | 'directory-password'
  | `application-key:${string}`
  | `peer-password:${string}`;

export type Tenant = {
  readonly id: string;
  /** Unique. */
  readonly name: string;
  readonly kind: 'smtp' | 'exchange-online';
  readonly mode: 'on' | 'shadow' | 'off';
  /** Accepted domains, lower-case A-labels. */
  readonly domains: readonly string[];
  readonly connection: TenantConnection;
  /** Only what differs from the defaults. */
  readonly preferences: Partial<Preferences>;
  /** `{{tenant.NAME}}`. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Where its people come from, as the bundle says it, without the password. Survives JSON. */
  readonly directory?: unknown;
  /** Path of the bundle that this tenant is kept in. */
  readonly managedBy?: string;
};

export type StoredTenant = Tenant & {
  readonly revision: number;
  readonly createdAt: number;
  /** Since when its bundle no longer holds it. A save brings it back. */
  readonly retiredAt?: number;
};

export type TenantSecrets = Readonly<Partial<Record<TenantSecret, string | null>>>;

export type Tenants = {
  readonly listTenants: () => Promise<readonly StoredTenant[]>;
  readonly findTenant: (id: string) => Promise<StoredTenant | undefined>;
  readonly tenantNameExists: (name: string, exceptId?: string) => Promise<boolean>;
  /**
   * Makes the tenant or puts this in its place, in one transaction with its secrets: those given are kept, `null` forgets
   * one, the others stay. Answers its new revision.
   */
  readonly saveTenant: (tenant: Tenant, secrets?: TenantSecrets) => Promise<number>;
  /** Every secret that opens, by name. */
  readonly tenantSecrets: (id: string) => Promise<Readonly<Partial<Record<TenantSecret, string>>>>;
  /** With everything that belongs to it. The log goes first, in slices, so that other writes get in between. */
  readonly removeTenant: (id: string) => Promise<void>;
  /** The change feed: tenants whose revision differs from the one known are read anew, those absent take no mail. */
  readonly tenantRevisions: () => Promise<ReadonlyMap<string, number>>;
};

export type TenantsNeeds = {
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: Clock;
  /** Empties the tenant's message log in slices. */
  readonly removeMessagesOf: (tenantId: string) => Promise<void>;
};

export function createTenants({ database, vault, clock, removeMessagesOf }: TenantsNeeds): Tenants {
  const { read, write } = database;
  async function listTenants() {
    const rows = await read.selectFrom('tenants').selectAll().orderBy('name').execute();
    const domains = await read.selectFrom('domains').selectAll().orderBy('domain').execute();
    const byTenant = Map.groupBy(domains, ({ tenant_id }) => tenant_id);
    return rows.map(row => tenantOf(row, byTenant.get(row.id) ?? []));
  }

  async function findTenant(id: string) {
    const row = await read.selectFrom('tenants').selectAll().where('id', '=', id).executeTakeFirst();
    if (!row) return undefined;
    const domains = await read
      .selectFrom('domains')
      .selectAll()
      .where('tenant_id', '=', id)
      .orderBy('domain')
      .execute();
    return tenantOf(row, domains);
  }

  async function tenantNameExists(name: string, exceptId = '') {
    const row = await read
      .selectFrom('tenants')
      .select('id')
      .where('name', '=', name)
      .where('id', '!=', exceptId)
      .executeTakeFirst();
    return row !== undefined;
  }

  const saveTenant: Tenants['saveTenant'] = (tenant, secrets = {}) =>
    write
      .transaction()
      .execute(transaction => putTenant({ transaction, vault, now: clock.now() }, tenant, secrets));

  async function removeTenant(id: string) {
    await removeMessagesOf(id);
    await write.transaction().execute(transaction => dropTenant({ transaction, vault }, id));
  }

  async function tenantRevisions() {
    const rows = await read
      .selectFrom('tenants')
      .select(['id', 'revision'])
      .where('retired_at', 'is', null)
      .execute();
    return new Map(rows.map(({ id, revision }) => [id, revision]));
  }

  return {
    listTenants,
    findTenant,
    tenantNameExists,
    saveTenant,
    tenantSecrets: id => vault.readSecretsOf(read, secretsOf(id)),
    removeTenant,
    tenantRevisions,
  };
}

type Putting = {
  readonly transaction: Transaction<Tables>;
  readonly vault: Pick<Vault, 'keepSecret' | 'forgetSecret'>;
  readonly now: number;
};

/** `saveTenant` inside a larger transaction. */
export async function putTenant(
  { transaction, vault, now }: Putting,
  tenant: Tenant,
  secrets: TenantSecrets,
): Promise<number> {
  const { id, domains } = tenant;
  const row = rowOf(tenant);
  await transaction
    .insertInto('tenants')
    .values({ id, ...row, revision: 0, created_at: now })
    .onConflict(conflict => conflict.column('id').doUpdateSet(row))
    .execute();
  await transaction.deleteFrom('domains').where('tenant_id', '=', id).execute();
  const named = [...new Set(domains)].map(domain => ({ tenant_id: id, domain }));
  if (named.length > 0) await transaction.insertInto('domains').values(named).execute();
  for (const [name, text] of Object.entries(secrets)) {
    const place = { ...secretsOf(id), name };
    if (text === null) await vault.forgetSecret(transaction, place);
    else if (text !== undefined) await vault.keepSecret(transaction, place, text);
  }
  return bumpRevision(transaction, id);
}

/** Everything of a tenant but its message log, which is emptied in slices. */
export async function dropTenant(
  {
    transaction,
    vault,
  }: { readonly transaction: Transaction<Tables>; readonly vault: Pick<Vault, 'forgetSecretsOf'> },
  id: string,
): Promise<void> {
  await vault.forgetSecretsOf(transaction, secretsOf(id));
  await transaction.deleteFrom('seats').where('tenant_id', '=', id).execute();
  await transaction.deleteFrom('jobs').where('tenant_id', '=', id).execute();
  // A tenant that gets this id one day must not find the old one's administrators.
  await transaction.deleteFrom('account_roles').where('tenant_id', '=', id).execute();
  await transaction.deleteFrom('tenants').where('id', '=', id).execute();
}

function secretsOf(id: string) {
  return { owner: 'tenants', rowId: id };
}

/** In the transaction of every change that the relay's snapshot shows. Rejects when there is no such tenant. */
export async function bumpRevision(
  query: Kysely<Tables> | Transaction<Tables>,
  tenantId: string,
): Promise<number> {
  const { revision } = await query
    .updateTable('tenants')
    .set({ revision: sql`revision + 1` })
    .where('id', '=', tenantId)
    .returning('revision')
    .executeTakeFirstOrThrow(() => new Error(`expected a tenant, got none with the id ${tenantId}`));
  return revision;
}

function rowOf({ name, kind, mode, connection, preferences, fields, directory, managedBy }: Tenant) {
  return {
    name,
    kind,
    mode,
    connection: JSON.stringify(connection),
    preferences: JSON.stringify(preferences),
    managed_by: managedBy ?? null,
    fields: fields === undefined ? null : JSON.stringify(fields),
    directory: directory === undefined ? null : JSON.stringify(directory),
    retired_at: null,
  };
}

function tenantOf(row: Tables['tenants'], domains: readonly { readonly domain: string }[]): StoredTenant {
  return {
    id: row.id,
    name: row.name,
    kind: row.kind as Tenant['kind'],
    mode: row.mode as Tenant['mode'],
    domains: domains.map(({ domain }) => domain),
    connection: JSON.parse(row.connection),
    preferences: JSON.parse(row.preferences),
    ...(row.fields === null ? {} : { fields: JSON.parse(row.fields) }),
    ...(row.directory === null ? {} : { directory: JSON.parse(row.directory) }),
    ...(row.managed_by === null ? {} : { managedBy: row.managed_by }),
    ...(row.retired_at === null ? {} : { retiredAt: row.retired_at }),
    revision: row.revision,
    createdAt: row.created_at,
  };
}
