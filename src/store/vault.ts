/**
 * The vault: the only way to stored secrets (private keys, passwords, route secrets, TOTP seeds). A wrong or missing
 * master key is one sentence at the start and destroys nothing; a value that was moved or changed does not open.
 */
import type { Kysely, Transaction } from 'kysely';
import type { Clock } from '../clock.ts';
import { failed, type Result, systemReason } from '../problem.ts';
import { newKey, readKeyFile, writeKeyFile } from './key-file.ts';
import { type Keyring, keyIdOf, type Place, seal, unseal } from './seal.ts';
import type { Tables } from './tables.ts';

type Query = Kysely<Tables> | Transaction<Tables>;

export type Secret =
  | { readonly kind: 'secret'; readonly text: string }
  | { readonly kind: 'missing' }
  /** Moved, changed, or sealed with a key that is gone: shown as "needs secret". */
  | { readonly kind: 'unopenable' };

export type Vault = {
  /** In the caller's transaction, with the row the secret belongs to. */
  readonly keepSecret: (query: Query, place: Place, text: string) => Promise<void>;
  readonly readSecret: (query: Query, place: Place) => Promise<Secret>;
  /** Those of one row, by name; one that does not open is absent. */
  readonly readSecretsOf: (
    query: Query,
    row: Omit<Place, 'name'>,
  ) => Promise<Readonly<Record<string, string>>>;
  readonly forgetSecret: (query: Query, place: Place) => Promise<void>;
  readonly forgetSecretsOf: (query: Query, row: Omit<Place, 'name'>) => Promise<void>;
  /**
   * Seals everything with a new key, beside servers that run on the same database. Cut short at any point, by a kill or by
   * a problem of database or disk, it leaves a key file and values that open; the next call goes on. Answers how many
   * secrets the new key seals now, those of a rotation that was cut short included.
   */
  readonly rotateMasterKey: () => Promise<Result<number>>;
};

export type VaultOptions = {
  readonly write: Kysely<Tables>;
  readonly clock: Clock;
  readonly random: (bytes: number) => Buffer;
  readonly keyFile: string;
  /** Whether a missing file may be made, in a database without secrets. */
  readonly mayMakeKeyFile: boolean;
  /** For a test that kills the process between two steps of a rotation. */
  readonly beforeStep?: (step: string) => void;
};

/** A value with known content: opening it proves the key at every start. */
const proof: Place = { owner: 'vault', rowId: 'proof', name: 'proof' };
const proofText = 'signet';

export async function openVault(options: VaultOptions): Promise<Result<Vault>> {
  const { write, keyFile } = options;
  const read = await readKeyFile(keyFile);
  if (read.kind === 'problem') return read;
  const sealed = await findSealed(write, proof);
  if (!read.value) return sealed ? missing(keyFile) : begin(options);
  if (sealed && unseal(read.value, proof, sealed).kind !== 'open') return wrong(keyFile);
  const vault = createVault(options, read.value);
  if (!sealed) await vault.keepSecret(write, proof, proofText);
  return { kind: 'ok', value: vault };
}

async function begin(options: VaultOptions): Promise<Result<Vault>> {
  const { keyFile, mayMakeKeyFile, random, write } = options;
  if (!mayMakeKeyFile) return missing(keyFile);
  const keys: Keyring = [newKey(random)];
  try {
    await writeKeyFile(keyFile, keys);
  } catch (error) {
    return unwritable(keyFile, error);
  }
  const vault = createVault(options, keys);
  await vault.keepSecret(write, proof, proofText);
  return { kind: 'ok', value: vault };
}

function createVault({ write, clock, random, keyFile, beforeStep }: VaultOptions, initial: Keyring): Vault {
  let keyring = initial;

  /** A command beside this process may have rotated the key; what cannot be read leaves the keys known before. */
  async function readKeys() {
    const read = await readKeyFile(keyFile);
    if (read.kind === 'ok' && read.value) keyring = read.value;
  }

  /**
   * The keys are read inside the caller's transaction: a rotation that began before it has its new key in the file, and
   * one that begins behind it waits for this transaction to end and then finds its value.
   */
  async function keepSecret(query: Query, place: Place, text: string) {
    await readKeys();
    return keepSealed(query, place, text);
  }

  async function keepSealed(query: Query, place: Place, text: string) {
    const row = { sealed: seal(keyring[0], place, text, random), changed_at: clock.now() };
    await query
      .insertInto('secrets')
      .values({ owner: place.owner, row_id: place.rowId, name: place.name, ...row })
      .onConflict(conflict => conflict.columns(['owner', 'row_id', 'name']).doUpdateSet(row))
      .execute();
  }

  async function readSecret(query: Query, place: Place): Promise<Secret> {
    const sealed = await findSealed(query, place);
    if (!sealed) return { kind: 'missing' };
    const opened = await open(place, sealed);
    return opened.kind === 'open' ? { kind: 'secret', text: opened.text } : { kind: 'unopenable' };
  }

  async function open(place: Place, sealed: Uint8Array) {
    const opened = unseal(keyring, place, sealed);
    if (opened.kind !== 'unknown-key') return opened;
    await readKeys();
    return unseal(keyring, place, sealed);
  }

  async function readSecretsOf(query: Query, { owner, rowId }: Omit<Place, 'name'>) {
    const rows = await query
      .selectFrom('secrets')
      .select(['name', 'sealed'])
      .where('owner', '=', owner)
      .where('row_id', '=', rowId)
      .execute();
    const secrets: Record<string, string> = {};
    for (const { name, sealed } of rows) {
      const opened = await open({ owner, rowId, name }, sealed);
      if (opened.kind === 'open') secrets[name] = opened.text;
    }
    return secrets;
  }

  async function forgetSecret(query: Query, { owner, rowId, name }: Place) {
    await query
      .deleteFrom('secrets')
      .where('owner', '=', owner)
      .where('row_id', '=', rowId)
      .where('name', '=', name)
      .execute();
  }

  async function forgetSecretsOf(query: Query, { owner, rowId }: Omit<Place, 'name'>) {
    await query.deleteFrom('secrets').where('owner', '=', owner).where('row_id', '=', rowId).execute();
  }

  async function rotateMasterKey(): Promise<Result<number>> {
    await readKeys();
    const [current, ...older] = keyring;
    // Older keys in the file: a rotation was cut short, or the operator put a new key on top. It is finished first.
    const fresh = older.length > 0 ? current : newKey(random);
    const both: Keyring = older.length > 0 ? keyring : [fresh, current];
    // The order matters: no value may ever be sealed with a key that is not on disk.
    const begun = await useKeys(both);
    if (begun.kind === 'problem') return begun;
    const sealed = await sealAll();
    if (sealed.kind === 'problem') return sealed;
    const ended = await useKeys([fresh]);
    return ended.kind === 'problem' ? ended : sealed;
  }

  async function sealAll(): Promise<Result<number>> {
    try {
      const count = await sealAnew();
      beforeStep?.('key file');
      return { kind: 'ok', value: count };
    } catch (error) {
      return cutShort(error);
    }
  }

  async function useKeys(keys: Keyring): Promise<Result<void>> {
    try {
      await writeKeyFile(keyFile, keys);
      keyring = keys;
      return { kind: 'ok', value: undefined };
    } catch (error) {
      return unwritable(keyFile, error);
    }
  }

  /** Value by value: each is either sealed with the old key or with the new one. What does not open stays as it is. */
  async function sealAnew() {
    // In a transaction, which waits for one that is sealing with the old key right now.
    const rows = await write
      .transaction()
      .execute(transaction =>
        transaction.selectFrom('secrets').select(['owner', 'row_id', 'name']).execute(),
      );
    let count = 0;
    for (const { owner, row_id: rowId, name } of rows) {
      beforeStep?.(name);
      const place = { owner, rowId, name };
      const opens = await write.transaction().execute(transaction => sealOne(transaction, place));
      // The vault's own proof is no secret of anybody.
      if (opens && owner !== proof.owner) count++;
    }
    return count;
  }

  /** True when the value is under the new key now. */
  async function sealOne(transaction: Transaction<Tables>, place: Place) {
    const sealed = await findSealed(transaction, place);
    if (!sealed) return false;
    if (keyIdOf(sealed) === keyring[0].id) return true;
    const opened = unseal(keyring, place, sealed);
    if (opened.kind === 'open') await keepSealed(transaction, place, opened.text);
    return opened.kind === 'open';
  }

  return { keepSecret, readSecret, readSecretsOf, forgetSecret, forgetSecretsOf, rotateMasterKey };
}

async function findSealed(query: Query, { owner, rowId, name }: Place): Promise<Uint8Array | undefined> {
  const row = await query
    .selectFrom('secrets')
    .select('sealed')
    .where('owner', '=', owner)
    .where('row_id', '=', rowId)
    .where('name', '=', name)
    .executeTakeFirst();
  return row?.sealed;
}

function cutShort(error: unknown) {
  return failed(
    'SIGNET_STORE_FAILED',
    `the secrets could not all be sealed with the new key (${systemReason(error)}): every one still opens, with the keys that the key file holds now; rotate again to go on.`,
  );
}

function missing(file: string) {
  return failed(
    'SIGNET_MASTER_KEY_MISSING',
    `the master key file ${file} does not exist, and the stored secrets open with no other: put it back; nothing was changed.`,
  );
}

function wrong(file: string) {
  return failed(
    'SIGNET_MASTER_KEY_WRONG',
    `the master key in ${file} is not the one that sealed the stored secrets: put the right file back; nothing was changed.`,
  );
}

function unwritable(file: string, error: unknown) {
  return failed(
    'SIGNET_MASTER_KEY_UNWRITABLE',
    `the master key file ${file} cannot be written (${systemReason(error)}): make its folder writable for Signet's user.`,
  );
}
