/**
 * Accounts of those who administer Signet, and their roles. Passwords come here as hashes only. There is always an owner:
 * what would take the last one away, or let it rest, changes nothing and answers false.
 */
import type { Transaction } from 'kysely';
import type { Clock } from '../clock.ts';
import type { Database } from './database.ts';
import type { Tables } from './tables.ts';
import type { Vault } from './vault.ts';

/** From most to least: owner (all), admin (a tenant), editor (its signatures and rules), auditor (reads). */
export const roles = ['owner', 'admin', 'editor', 'auditor'] as const;
export type Role = (typeof roles)[number];

export type Grant = {
  /** '' is every tenant, those to come included; an owner has no other. */
  readonly tenantId: string;
  readonly role: Role;
};

export type Account = {
  readonly id: string;
  /** Unique in any case. */
  readonly name: string;
  readonly grants: readonly Grant[];
  /** Of the pages; absent: what the browser asks for. */
  readonly language?: string;
  readonly theme?: string;
  /** IANA; absent: the tenant's. */
  readonly timeZone?: string;
  /** Since then nobody signs in with it. */
  readonly disabledAt?: number;
  readonly createdAt: number;
  readonly passwordChangedAt: number;
};

export type NewAccount = Pick<Account, 'id' | 'name' | 'grants'> & { readonly passwordHash: string };

export type Accounts = {
  readonly countAccounts: () => Promise<number>;
  /** By name. */
  readonly listAccounts: () => Promise<readonly Account[]>;
  readonly findAccount: (id: string) => Promise<Account | undefined>;
  /** In any case. */
  readonly findAccountNamed: (name: string) => Promise<Account | undefined>;
  readonly passwordHash: (id: string) => Promise<string | undefined>;
  /** False when the name is taken. */
  readonly addAccount: (account: NewAccount) => Promise<boolean>;
  /** False when there is any account already: of two at once, one wins. */
  readonly addFirstAccount: (account: NewAccount) => Promise<boolean>;
  /** `isRenewal`: the same password under newer parameters. */
  readonly savePasswordHash: (
    id: string,
    hash: string,
    change?: { readonly isRenewal: boolean },
  ) => Promise<void>;
  readonly saveGrants: (id: string, grants: readonly Grant[]) => Promise<boolean>;
  readonly saveLook: (
    id: string,
    look: { readonly language?: string; readonly theme?: string; readonly timeZone?: string },
  ) => Promise<void>;
  /** Undefined: it may sign in again. */
  readonly saveDisabledAt: (id: string, at: number | undefined) => Promise<boolean>;
  /** With its factors, recovery codes and sessions. */
  readonly removeAccount: (id: string) => Promise<boolean>;
};

type Query = Database['write'] | Transaction<Tables>;

export type AccountsNeeds = {
  readonly database: Database;
  readonly vault: Pick<Vault, 'forgetSecretsOf'>;
  readonly clock: Clock;
};

export function createAccounts({ database: { read, write }, vault, clock }: AccountsNeeds): Accounts {
  async function countAccounts(query: Query = read) {
    const row = await query
      .selectFrom('accounts')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirst();
    return Number(row?.count ?? 0);
  }

  async function listAccounts() {
    const rows = await read.selectFrom('accounts').selectAll().orderBy('name_key').execute();
    const granted = await read.selectFrom('account_roles').selectAll().orderBy('tenant_id').execute();
    const byAccount = Map.groupBy(granted, ({ account_id }) => account_id);
    return rows.map(row => accountOf(row, byAccount.get(row.id) ?? []));
  }

  async function find(column: 'id' | 'name_key', value: string) {
    const row = await read.selectFrom('accounts').selectAll().where(column, '=', value).executeTakeFirst();
    if (!row) return undefined;
    const granted = await read
      .selectFrom('account_roles')
      .selectAll()
      .where('account_id', '=', row.id)
      .orderBy('tenant_id')
      .execute();
    return accountOf(row, granted);
  }

  async function passwordHash(id: string) {
    const row = await read
      .selectFrom('accounts')
      .select('password_hash')
      .where('id', '=', id)
      .executeTakeFirst();
    return row?.password_hash;
  }

  async function insert(transaction: Transaction<Tables>, account: NewAccount) {
    const now = clock.now();
    const added = await transaction
      .insertInto('accounts')
      .values({
        id: account.id,
        name: account.name,
        name_key: nameKey(account.name),
        password_hash: account.passwordHash,
        password_changed_at: now,
        language: null,
        theme: null,
        created_at: now,
        disabled_at: null,
        time_zone: null,
      })
      .onConflict(conflict => conflict.column('name_key').doNothing())
      .executeTakeFirst();
    if (added.numInsertedOrUpdatedRows === 0n) return false;
    await putGrants(transaction, account.id, account.grants);
    return true;
  }

  const addFirstAccount = (account: NewAccount) =>
    write
      .transaction()
      .execute(async transaction =>
        (await countAccounts(transaction)) > 0 ? false : insert(transaction, account),
      );

  async function savePasswordHash(id: string, hash: string, change?: { readonly isRenewal: boolean }) {
    const row = { password_hash: hash, ...(change?.isRenewal ? {} : { password_changed_at: clock.now() }) };
    await write.updateTable('accounts').set(row).where('id', '=', id).execute();
  }

  /** Undoes the change when no owner is left. */
  async function keepingAnOwner(change: (transaction: Transaction<Tables>) => Promise<void>) {
    try {
      await write.transaction().execute(async transaction => {
        await change(transaction);
        const owner = await transaction
          .selectFrom('account_roles')
          .innerJoin('accounts', 'accounts.id', 'account_roles.account_id')
          .select('account_id')
          .where('role', '=', 'owner')
          .where('accounts.disabled_at', 'is', null)
          .limit(1)
          .executeTakeFirst();
        if (!owner) throw new NoOwnerLeft();
      });
      return true;
    } catch (error) {
      if (error instanceof NoOwnerLeft) return false;
      throw error;
    }
  }

  const saveGrants = (id: string, grants: readonly Grant[]) =>
    keepingAnOwner(transaction => putGrants(transaction, id, grants));

  const saveDisabledAt = (id: string, at: number | undefined) =>
    keepingAnOwner(async transaction => {
      await transaction
        .updateTable('accounts')
        .set({ disabled_at: at ?? null })
        .where('id', '=', id)
        .execute();
    });

  const removeAccount = (id: string) =>
    keepingAnOwner(async transaction => {
      const factors = await transaction
        .selectFrom('factors')
        .select('id')
        .where('account_id', '=', id)
        .execute();
      for (const factor of factors)
        await vault.forgetSecretsOf(transaction, { owner: 'factors', rowId: factor.id });
      await transaction.deleteFrom('accounts').where('id', '=', id).execute();
    });

  return {
    countAccounts: () => countAccounts(),
    listAccounts,
    findAccount: id => find('id', id),
    findAccountNamed: name => find('name_key', nameKey(name)),
    passwordHash,
    addAccount: account => write.transaction().execute(transaction => insert(transaction, account)),
    addFirstAccount,
    savePasswordHash,
    saveGrants,
    async saveLook(id, { language, theme, timeZone }) {
      const row = { language: language ?? null, theme: theme ?? null, time_zone: timeZone ?? null };
      await write.updateTable('accounts').set(row).where('id', '=', id).execute();
    },
    saveDisabledAt,
    removeAccount,
  };
}

class NoOwnerLeft extends Error {}

async function putGrants(transaction: Transaction<Tables>, id: string, grants: readonly Grant[]) {
  await transaction.deleteFrom('account_roles').where('account_id', '=', id).execute();
  const rows = grants.map(({ tenantId, role }) => ({ account_id: id, tenant_id: tenantId, role }));
  if (rows.length > 0) await transaction.insertInto('account_roles').values(rows).execute();
}

/** Compatibility forms and case do not make another name. */
function nameKey(name: string) {
  return name.normalize('NFKC').trim().toLowerCase();
}

function accountOf(
  row: Tables['accounts'],
  granted: readonly { readonly tenant_id: string; readonly role: string }[],
): Account {
  return {
    id: row.id,
    name: row.name,
    grants: granted.map(({ tenant_id, role }) => ({ tenantId: tenant_id, role: role as Role })),
    ...(row.language === null ? {} : { language: row.language }),
    ...(row.theme === null ? {} : { theme: row.theme }),
    ...(row.time_zone === null ? {} : { timeZone: row.time_zone }),
    ...(row.disabled_at === null ? {} : { disabledAt: row.disabled_at }),
    createdAt: row.created_at,
    passwordChangedAt: row.password_changed_at,
  };
}
