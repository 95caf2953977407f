/**
 * The bundle that SIGNET_BUNDLE names: imported when it says something else than at its last import, so that a restart
 * changes nothing, and what was done since by hand stays until the file changes.
 */
import { createHmac } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { serialize } from 'node:v8';
import type { Result } from '../problem.ts';
import type { Settings } from '../store/settings.ts';
import type { Bundle } from './bundle.ts';
import { type Imported, type ImportNeeds, importBundle } from './import.ts';

export type KeptFileNeeds = ImportNeeds & {
  readonly settings: Pick<Settings, 'readSetting'>;
  /** Secrets are part of what is compared: nobody may try passwords against the stored digest. */
  readonly digestKey: Uint8Array;
};

const name = 'bundle-import';

/** Undefined when the file says what it said at its last import. */
export async function importKeptFile(
  needs: KeptFileNeeds,
  file: string,
  bundle: Bundle,
): Promise<Result<Imported | undefined>> {
  const value = { file, digest: digestOf(bundle, needs.digestKey) };
  if (isDeepStrictEqual(await needs.settings.readSetting(name), value))
    return { kind: 'ok', value: undefined };
  return importBundle(needs, bundle, { managedBy: file, setting: { name, value } });
}

/** Whether this file was imported before: then the store serves while the file cannot be read. */
export async function wasImported(settings: Pick<Settings, 'readSetting'>, file: string): Promise<boolean> {
  const last = await settings.readSetting(name);
  return typeof last === 'object' && last !== null && 'file' in last && last.file === file;
}

function digestOf(bundle: Bundle, key: Uint8Array): string {
  return createHmac('sha256', key).update(serialize(bundle)).digest('hex');
}
