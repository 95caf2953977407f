/**
 * The whole configuration of tenants as the bundle's one value: read for the relay's snapshot and for an export, and
 * changed all or nothing. What is equal is not written again, so that versions and authors tell real changes. Drafts that
 * were never published are no part of it and stay. Secrets that the value lacks are forgotten: whoever changes it lays it
 * over what is stored first.
 */
import type { Transaction } from 'kysely';
import type { BundleTenant } from '../bundle/bundle.ts';
import type { Clock } from '../clock.ts';
import { bundlePeople, putBundlePeople } from './configuration-people.ts';
import { putLicences, putRules } from './configuration-rules.ts';
import { putSignatures, readSignatures } from './configuration-signatures.ts';
import { secretsToKeep, storedTenant, withSecrets } from './configuration-tenant.ts';
import type { Database } from './database.ts';
import { licenceOf } from './licences.ts';
import type { MicrosoftStore } from './microsoft.ts';
import { ruleOf } from './rules.ts';
import type { Tables } from './tables.ts';
import { dropTenant, putTenant, type StoredTenant, type Tenants } from './tenants.ts';
import type { Vault } from './vault.ts';

export type StoredConfiguration = {
  readonly id: string;
  readonly revision: number;
  /** Path of the bundle that keeps it. */
  readonly managedBy?: string;
  readonly isRetired: boolean;
  /** With its id, token and secrets. */
  readonly tenant: BundleTenant;
};

export type Configurations = {
  /** All tenants, by name, with the people and groups that stand in the bundle. */
  readonly listConfigurations: () => Promise<readonly StoredConfiguration[]>;
  /** Without people and groups, which the snapshot reads in slices with those of the directory. */
  readonly readConfiguration: (id: string) => Promise<StoredConfiguration | undefined>;
  /** One transaction. Rejects with nothing changed. */
  readonly changeConfigurations: (change: ConfigurationChange) => Promise<void>;
};

export type ConfigurationChange = {
  readonly put: readonly {
    readonly id: string;
    readonly tenant: BundleTenant;
    /** For a tenant whose configuration names none. */
    readonly token: string;
    readonly managedBy?: string;
  }[];
  /** Ids of tenants that take no more mail. */
  readonly retire: readonly string[];
  /** Ids of tenants that go with everything they have, but for their message log: that is the caller's to empty. */
  readonly remove: readonly string[];
  readonly setting?: { readonly name: string; readonly value: unknown };
};

export type ConfigurationNeeds = {
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly random: (bytes: number) => Buffer;
  readonly microsoft: Pick<MicrosoftStore, 'findValidation'>;
  readonly tenants: Pick<Tenants, 'listTenants' | 'findTenant' | 'tenantSecrets' | 'tenantRevisions'>;
};

/** What every part of a change works with. */
export type Change = {
  readonly transaction: Transaction<Tables>;
  readonly tenantId: string;
  readonly now: number;
  /** Who shows as the author of versions and rules. */
  readonly by: string;
  readonly random: (bytes: number) => Buffer;
};

/** Reads that met a change in between; more than a few in a row are no coincidence. */
const attempts = 5;

export function createConfigurations(needs: ConfigurationNeeds): Configurations {
  const { database, vault, clock, random, tenants, microsoft } = needs;
  const { read, write } = database;

  async function listConfigurations() {
    const found: StoredConfiguration[] = [];
    for (const { id } of await tenants.listTenants()) {
      const configuration = await readWhole(id, true);
      if (configuration) found.push(configuration);
    }
    return found;
  }

  /** Several queries that must speak of one state: read again when the revision moved. */
  async function readWhole(id: string, withPeople: boolean) {
    for (let attempt = 1; ; attempt++) {
      const stored = await tenants.findTenant(id);
      if (!stored) return undefined;
      const tenant = await readTenant(stored, withPeople);
      const after = await tenants.findTenant(id);
      if (after?.revision !== stored.revision && attempt < attempts) continue;
      const { revision, managedBy, retiredAt } = stored;
      const isRetired = retiredAt !== undefined;
      return { id, revision, ...(managedBy === undefined ? {} : { managedBy }), isRetired, tenant };
    }
  }

  async function readTenant(stored: StoredTenant, withPeople: boolean): Promise<BundleTenant> {
    const { id, name, kind, mode, domains, connection, fields = {}, preferences } = stored;
    const { signatures, blocks } = await readSignatures(read, id);
    const published = new Set(signatures.map(signature => signature.name));
    const people = withPeople ? await bundlePeople(read, id) : { people: [], groups: [] };
    return {
      id,
      name,
      kind,
      mode,
      domains,
      token: connection.token,
      ...(await readConnection(stored)),
      fields,
      preferences,
      blocks,
      signatures,
      rules: (await readRules(id)).map(rule => shownRule(rule, published)),
      ...people,
      licences: await readLicences(id),
    };
  }

  async function readConnection(stored: StoredTenant) {
    const secrets = await tenants.tenantSecrets(stored.id);
    const known = stored.connection.microsoft;
    if (!known) return withSecrets(stored, secrets);
    const validation = await microsoft.findValidation(stored.id);
    const routes = [secrets['route-secret'], secrets['route-secret-before']];
    const routeSecrets = routes.filter(secret => secret !== undefined);
    return {
      ...withSecrets(stored, secrets),
      microsoft: { ...known, routeSecrets, ...(validation && { validation }) },
    };
  }

  async function readRules(tenantId: string) {
    const rows = await read
      .selectFrom('rules')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .orderBy('position')
      .orderBy('id')
      .execute();
    return rows.map(row => ruleOf(row).rule);
  }

  /** Those of licence files are no part of the configuration: they stay with the appliance that took them. */
  async function readLicences(tenantId: string) {
    const rows = await read
      .selectFrom('licences')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('file', 'is', null)
      .orderBy('added_at')
      .orderBy('id')
      .execute();
    return rows.map(row => {
      const { seats, from, until, note } = licenceOf(row);
      return {
        seats,
        ...(from === undefined ? {} : { from }),
        ...(until === undefined ? {} : { until }),
        ...(note === '' ? {} : { note }),
      };
    });
  }

  const changeConfigurations: Configurations['changeConfigurations'] = change =>
    write.transaction().execute(async transaction => {
      const now = clock.now();
      // Names are unique, and those of the tenants that go are free for those that come.
      for (const id of change.remove) await dropTenant({ transaction, vault }, id);
      for (const id of change.retire)
        await transaction.updateTable('tenants').set({ retired_at: now }).where('id', '=', id).execute();
      // Two may have exchanged their names, which are unique at every moment.
      for (const { id } of change.put)
        await transaction
          .updateTable('tenants')
          .set({ name: `\u0001${id}` })
          .where('id', '=', id)
          .execute();
      for (const { id, tenant, token, managedBy } of change.put) {
        const by = managedBy ?? 'import';
        const part: Change = { transaction, tenantId: id, now, by, random };
        const row = storedTenant({ id, tenant, token, managedBy });
        const revision = await putTenant(
          { transaction, vault, now },
          row,
          await secretsToKeep(transaction, id, tenant),
        );
        await putSignatures(part, tenant);
        await putRules(part, tenant.rules);
        await putBundlePeople({ ...part, revision }, tenant);
        await putLicences(part, tenant.licences);
      }
      if (change.setting) await putSetting(transaction, change.setting, now);
    });

  return { listConfigurations, readConfiguration: id => readWhole(id, false), changeConfigurations };
}

/** A name that no published signature has adds nothing to a mail, and would lead nowhere in a bundle. */
function shownRule(
  { id, ...rule }: ReturnType<typeof ruleOf>['rule'],
  published: ReadonlySet<string>,
): BundleTenant['rules'][number] {
  const signatures =
    rule.action.kind === 'sign' ? rule.action.signatures.filter(name => published.has(name)) : [];
  return {
    ...(id === rule.name ? {} : { id }),
    ...rule,
    action: signatures.length > 0 ? { kind: 'sign', signatures } : { kind: 'no-signature' },
  };
}

async function putSetting(
  transaction: Transaction<Tables>,
  { name, value }: { readonly name: string; readonly value: unknown },
  now: number,
) {
  const row = { value: JSON.stringify(value), changed_at: now };
  await transaction
    .insertInto('settings')
    .values({ name, ...row })
    .onConflict(conflict => conflict.column('name').doUpdateSet(row))
    .execute();
}
