/**
 * The tokens of tenants whose configuration names none: made once and kept in the data folder, since mail that is on its
 * way in a loop is recognised by them, also after a restart. They open nothing (SECURITY.md), but they are the tenant's.
 */
import { join } from 'node:path';
import { readKept, replaceKept } from '../data-folder.ts';
import { failed, type Result, systemReason } from '../problem.ts';

export type Tokens = Readonly<Record<string, string>>;

/** Answers a token for each of these tenant ids; those that were missing are on disk when it answers. */
export async function keepTokens(
  folder: string,
  ids: readonly string[],
  random: (bytes: number) => Buffer,
): Promise<Result<Tokens>> {
  const file = join(folder, 'tokens.json');
  try {
    const known = await readTokens(file);
    const missing = ids.filter(id => !Object.hasOwn(known, id));
    if (missing.length === 0) return { kind: 'ok', value: known };
    const made = Object.fromEntries(missing.map(id => [id, random(16).toString('hex')]));
    const all = { ...known, ...made };
    await replaceKept(file, `${JSON.stringify(all, null, 2)}\n`);
    return { kind: 'ok', value: all };
  } catch (error) {
    return failed(
      'SIGNET_DATA_UNUSABLE',
      `${file} cannot be used (${systemReason(error)}): make it readable and writable for Signet, or restore it from a backup.`,
    );
  }
}

async function readTokens(file: string): Promise<Tokens> {
  const parsed: unknown = JSON.parse((await readKept(file)) ?? '{}');
  const entries = Object.entries(typeof parsed === 'object' && parsed !== null ? parsed : {});
  if (!entries.every(([, token]) => typeof token === 'string' && /^[0-9a-f]{32}$/.test(token)))
    throw new Error('it holds something else than tokens');
  return Object.assign(Object.create(null), Object.fromEntries(entries));
}
