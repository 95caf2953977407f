/**
 * What is kept of a Microsoft 365 tenant beside its configuration: which objects are ours there, how its connectors were
 * chosen, how far their set-up is, and whether Exchange's own test is taken at the moment. Route secrets and private keys
 * go through the vault only. What the relay must know of moves the tenant's revision, so that it follows.
 */
import type { Transaction } from 'kysely';
import type { Clock } from '../clock.ts';
import type { Database } from './database.ts';
import type { Tables } from './tables.ts';
import { bumpRevision, type TenantSecret } from './tenants.ts';
import type { Vault } from './vault.ts';

export type MicrosoftStatus =
  | 'not-configured'
  /** Objects are made; Exchange may take an hour until its rule works. */
  | 'waiting'
  | 'successful'
  | 'paused'
  | 'drifted'
  | 'failed';

/** Survives JSON. `setup` is the wizard's own: what was chosen there. */
export type MicrosoftState = {
  readonly status: MicrosoftStatus;
  /** Milliseconds since 1970-01-01 UTC, as are all times here. */
  readonly statusAt: number;
  readonly setup?: unknown;
  /** How far a set-up has come that is under way or was cut short. */
  readonly progress?: { readonly phase: string; readonly at: number };
  /** Why the last run failed. */
  readonly failure?: { readonly code: string; readonly sentence: string };
  /** One sentence for each difference that the last look found. */
  readonly drift?: readonly string[];
  readonly verifiedAt?: number;
  /** When the route secret was made; of the one before, until when it is still taken. */
  readonly routeSecretAt?: number;
  readonly routeSecretBeforeUntil?: number;
  /** Sender domains that mail came from and the tenant is not known to have. */
  readonly unknownDomains?: readonly string[];
  /** PEM of the certificates by which applications sign in; their keys are in the vault. */
  readonly applications?: Readonly<
    Partial<Record<ApplicationPurpose, { readonly clientId: string; readonly certificate: string }>>
  >;
};

export type ApplicationPurpose = 'directory' | 'watch' | 'lease';

export type StoredMicrosoft = { readonly installationId: string; readonly state: MicrosoftState };

export type StoredValidation = {
  readonly id: string;
  readonly until: number;
  readonly recipients: readonly string[];
  readonly taken: number;
};

/** Names in the tenant's rows of the vault; `null` forgets one. */
export type MicrosoftSecrets = Readonly<Partial<Record<TenantSecret, string | null>>>;

export type MicrosoftStore = {
  readonly findMicrosoft: (tenantId: string) => Promise<StoredMicrosoft | undefined>;
  /**
   * In one transaction: the state as `change` makes it of the present one, and the secrets given. The first call makes the
   * installation id. Rejects when there is no such tenant.
   */
  readonly changeMicrosoft: (
    tenantId: string,
    change: (state: MicrosoftState) => MicrosoftState,
    secrets?: MicrosoftSecrets,
  ) => Promise<StoredMicrosoft>;
  readonly findValidation: (tenantId: string) => Promise<StoredValidation | undefined>;
  /** In the place of an earlier one. */
  readonly openValidation: (
    tenantId: string,
    validation: { readonly until: number; readonly recipients: readonly string[] },
  ) => Promise<void>;
  readonly closeValidation: (tenantId: string) => Promise<void>;
  /** Counts a test message that was taken, so that a restart does not forget it. */
  readonly countProbe: (tenantId: string, validationId: string) => Promise<void>;
};

export type MicrosoftNeeds = {
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly random: (bytes: number) => Buffer;
};

/** PRODUCT.md 7: however long somebody asks for it. */
const MAX_VALIDATION_MS = 15 * 60 * 1_000;

export function createMicrosoftStore({ database, vault, clock, random }: MicrosoftNeeds): MicrosoftStore {
  const { read, write } = database;

  async function findMicrosoft(tenantId: string) {
    const row = await read
      .selectFrom('microsoft')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .executeTakeFirst();
    return row && storedOf(row);
  }

  const changeMicrosoft: MicrosoftStore['changeMicrosoft'] = (tenantId, change, secrets = {}) =>
    write.transaction().execute(async transaction => {
      const present = await lockedState(transaction, tenantId);
      const state = change(present.state);
      const row = { state: JSON.stringify(state), changed_at: clock.now() };
      await transaction
        .insertInto('microsoft')
        .values({ tenant_id: tenantId, installation_id: present.installationId, ...row })
        .onConflict(conflict => conflict.column('tenant_id').doUpdateSet(row))
        .execute();
      for (const [name, text] of Object.entries(secrets)) {
        const place = { owner: 'tenants', rowId: tenantId, name };
        if (text === null) await vault.forgetSecret(transaction, place);
        else if (text !== undefined) await vault.keepSecret(transaction, place, text);
      }
      return { installationId: present.installationId, state };
    });

  /** The revision is written first, so that of two changes at once the second one sees the first. */
  async function lockedState(transaction: Transaction<Tables>, tenantId: string): Promise<StoredMicrosoft> {
    await bumpRevision(transaction, tenantId);
    const row = await transaction
      .selectFrom('microsoft')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .executeTakeFirst();
    if (row) return storedOf(row);
    const state = { status: 'not-configured', statusAt: clock.now() } as const;
    return { installationId: random(16).toString('hex'), state };
  }

  const openValidation: MicrosoftStore['openValidation'] = (tenantId, { until, recipients }) =>
    write.transaction().execute(async transaction => {
      const row = {
        id: random(16).toString('hex'),
        until: Math.min(until, clock.now() + MAX_VALIDATION_MS),
        recipients: JSON.stringify(recipients.map(recipient => recipient.toLowerCase())),
        taken: 0,
      };
      await transaction
        .insertInto('validations')
        .values({ tenant_id: tenantId, ...row })
        .onConflict(conflict => conflict.column('tenant_id').doUpdateSet(row))
        .execute();
      await bumpRevision(transaction, tenantId);
    });

  const closeValidation: MicrosoftStore['closeValidation'] = tenantId =>
    write.transaction().execute(async transaction => {
      await transaction.deleteFrom('validations').where('tenant_id', '=', tenantId).execute();
      await bumpRevision(transaction, tenantId);
    });

  async function findValidation(tenantId: string): Promise<StoredValidation | undefined> {
    const row = await read
      .selectFrom('validations')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .executeTakeFirst();
    return row && { id: row.id, until: row.until, recipients: JSON.parse(row.recipients), taken: row.taken };
  }

  async function countProbe(tenantId: string, validationId: string) {
    await write
      .updateTable('validations')
      .set(({ eb }) => ({ taken: eb('taken', '+', 1) }))
      .where('tenant_id', '=', tenantId)
      .where('id', '=', validationId)
      .execute();
  }

  return { findMicrosoft, changeMicrosoft, findValidation, openValidation, closeValidation, countProbe };
}

function storedOf({ installation_id, state }: Tables['microsoft']): StoredMicrosoft {
  return { installationId: installation_id, state: JSON.parse(state) };
}
