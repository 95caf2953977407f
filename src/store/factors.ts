/**
 * Second factors: authenticator apps (their seeds in the vault), passkeys (public keys), and recovery codes (hashes). What may
 * be used once is taken here in one statement, so that of two uses at the same moment one wins.
 */
import type { Clock } from '../clock.ts';
import type { Database } from './database.ts';
import type { Tables } from './tables.ts';
import type { Vault } from './vault.ts';

export type Factor = {
  readonly id: string;
  readonly kind: 'totp' | 'passkey';
  /** What its owner calls it. */
  readonly name: string;
  readonly createdAt: number;
  readonly usedAt?: number;
};

export type Passkey = {
  readonly factorId: string;
  readonly accountId: string;
  /** base64url. */
  readonly credentialId: string;
  readonly publicKey: Uint8Array;
  readonly counter: number;
  readonly transports: readonly string[];
};

export type Factors = {
  readonly listFactors: (accountId: string) => Promise<readonly Factor[]>;
  readonly listPasskeys: (accountId: string) => Promise<readonly Passkey[]>;
  readonly findPasskey: (credentialId: string) => Promise<Passkey | undefined>;
  /** `seed` in base32; `step`: the 30-second step of the code that proved it. */
  readonly addTotp: (
    accountId: string,
    totp: { readonly id: string; readonly name: string; readonly seed: string; readonly step: number },
  ) => Promise<void>;
  readonly totpSeeds: (
    accountId: string,
  ) => Promise<readonly { readonly id: string; readonly seed: string }[]>;
  /** False when this step or a later one was taken before: a code counts once. */
  readonly takeTotpStep: (id: string, step: number) => Promise<boolean>;
  readonly addPasskey: (
    passkey: Omit<Passkey, 'factorId'> & { readonly id: string; readonly name: string },
  ) => Promise<void>;
  readonly usePasskey: (id: string, counter: number) => Promise<void>;
  readonly removeFactor: (accountId: string, id: string) => Promise<void>;
  /** With the recovery codes. Answers how many factors went. */
  readonly removeFactors: (accountId: string) => Promise<number>;
  readonly replaceRecoveryCodes: (accountId: string, hashes: readonly string[]) => Promise<void>;
  readonly countRecoveryCodes: (accountId: string) => Promise<number>;
  /** False when there is no such code, or no more. */
  readonly takeRecoveryCode: (accountId: string, hash: string) => Promise<boolean>;
};

export type FactorsNeeds = { readonly database: Database; readonly vault: Vault; readonly clock: Clock };

export function createFactors({ database: { read, write }, vault, clock }: FactorsNeeds): Factors {
  const rowsOf = (accountId: string) =>
    read
      .selectFrom('factors')
      .selectAll()
      .where('account_id', '=', accountId)
      .orderBy('created_at')
      .execute();

  const addTotp: Factors['addTotp'] = (accountId, { id, name, seed, step }) =>
    write.transaction().execute(async transaction => {
      await transaction
        .insertInto('factors')
        .values({
          ...blank,
          id,
          account_id: accountId,
          kind: 'totp',
          name,
          counter: step,
          created_at: clock.now(),
        })
        .execute();
      await vault.keepSecret(transaction, seedOf(id), seed);
    });

  async function totpSeeds(accountId: string) {
    const seeds: { id: string; seed: string }[] = [];
    for (const { id, kind } of await rowsOf(accountId)) {
      if (kind !== 'totp') continue;
      const secret = await vault.readSecret(read, seedOf(id));
      if (secret.kind === 'secret') seeds.push({ id, seed: secret.text });
    }
    return seeds;
  }

  async function takeTotpStep(id: string, step: number) {
    const { numUpdatedRows } = await write
      .updateTable('factors')
      .set({ counter: step, used_at: clock.now() })
      .where('id', '=', id)
      .where('counter', '<', step)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  const addPasskey: Factors['addPasskey'] = async passkey => {
    await write
      .insertInto('factors')
      .values({
        id: passkey.id,
        account_id: passkey.accountId,
        kind: 'passkey',
        name: passkey.name,
        credential_id: passkey.credentialId,
        public_key: passkey.publicKey,
        counter: passkey.counter,
        transports: JSON.stringify(passkey.transports),
        created_at: clock.now(),
        used_at: null,
      })
      .execute();
  };

  const removeFactor = (accountId: string, id: string) =>
    write.transaction().execute(async transaction => {
      const { numDeletedRows } = await transaction
        .deleteFrom('factors')
        .where('account_id', '=', accountId)
        .where('id', '=', id)
        .executeTakeFirst();
      if (numDeletedRows > 0n) await vault.forgetSecret(transaction, seedOf(id));
    });

  async function removeFactors(accountId: string) {
    const factors = await rowsOf(accountId);
    for (const { id } of factors) await removeFactor(accountId, id);
    await write.deleteFrom('recovery_codes').where('account_id', '=', accountId).execute();
    return factors.length;
  }

  const replaceRecoveryCodes = (accountId: string, hashes: readonly string[]) =>
    write.transaction().execute(async transaction => {
      await transaction.deleteFrom('recovery_codes').where('account_id', '=', accountId).execute();
      const rows = hashes.map(hash => ({ account_id: accountId, hash }));
      if (rows.length > 0) await transaction.insertInto('recovery_codes').values(rows).execute();
    });

  return {
    listFactors: async accountId => (await rowsOf(accountId)).map(factorOf),
    listPasskeys: async accountId => (await rowsOf(accountId)).flatMap(passkeyOf),
    async findPasskey(credentialId) {
      const row = await read
        .selectFrom('factors')
        .selectAll()
        .where('credential_id', '=', credentialId)
        .executeTakeFirst();
      return row && passkeyOf(row)[0];
    },
    addTotp,
    totpSeeds,
    takeTotpStep,
    addPasskey,
    async usePasskey(id, counter) {
      await write
        .updateTable('factors')
        .set({ counter, used_at: clock.now() })
        .where('id', '=', id)
        .execute();
    },
    removeFactor,
    removeFactors,
    replaceRecoveryCodes,
    async countRecoveryCodes(accountId) {
      const row = await read
        .selectFrom('recovery_codes')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('account_id', '=', accountId)
        .executeTakeFirst();
      return Number(row?.count ?? 0);
    },
    async takeRecoveryCode(accountId, hash) {
      const { numDeletedRows } = await write
        .deleteFrom('recovery_codes')
        .where('account_id', '=', accountId)
        .where('hash', '=', hash)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    },
  };
}

const blank = { credential_id: null, public_key: null, transports: '[]', used_at: null } as const;

const seedOf = (id: string) => ({ owner: 'factors', rowId: id, name: 'seed' });

function factorOf(row: Tables['factors']): Factor {
  return {
    id: row.id,
    kind: row.kind as Factor['kind'],
    name: row.name,
    createdAt: row.created_at,
    ...(row.used_at === null ? {} : { usedAt: row.used_at }),
  };
}

function passkeyOf(row: Tables['factors']): Passkey[] {
  if (row.credential_id === null || row.public_key === null) return [];
  return [
    {
      factorId: row.id,
      accountId: row.account_id,
      credentialId: row.credential_id,
      publicKey: row.public_key,
      counter: row.counter,
      transports: JSON.parse(row.transports),
    },
  ];
}
