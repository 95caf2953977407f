/**
 * Tokens of tenants that an earlier Signet kept in a file of the data folder: read once, then the store's. Mail that is on
 * its way in a loop is recognised by them, also after the upgrade.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readKept } from '../data-folder.ts';
import { failed, type Result, systemReason } from '../problem.ts';
import type { Settings } from '../store/settings.ts';

export type Tokens = Readonly<Record<string, string>>;

const name = 'tokens';

/** Tenant id -> token. The file is gone when the store has them. */
export async function takeTokens(
  folder: string,
  { readSetting, saveSetting }: Pick<Settings, 'readSetting' | 'saveSetting'>,
): Promise<Result<Tokens>> {
  const file = join(folder, 'tokens.json');
  try {
    const stored = ((await readSetting(name)) ?? {}) as Tokens;
    const content = await readKept(file);
    if (content === undefined) return { kind: 'ok', value: stored };
    const tokens = { ...stored, ...readTokens(content) };
    await saveSetting(name, tokens);
    await rm(file);
    return { kind: 'ok', value: tokens };
  } catch (error) {
    return failed(
      'SIGNET_DATA_UNUSABLE',
      `${file} cannot be used (${systemReason(error)}): make it readable and writable for Signet, or restore it from a backup.`,
    );
  }
}

function readTokens(content: string): Tokens {
  const parsed: unknown = JSON.parse(content);
  const entries = Object.entries(typeof parsed === 'object' && parsed !== null ? parsed : {});
  if (!entries.every(([, token]) => typeof token === 'string' && /^[0-9a-f]{32}$/.test(token)))
    throw new Error('it holds something else than tokens');
  return Object.fromEntries(entries);
}
