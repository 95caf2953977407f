/** The public keys whose licence files are taken, as a setting of the appliance keeps them. */
import type { TrustedKey } from '../signature/licence-file.ts';
import { trustedKeyOf } from './keys.ts';

export const trustedKeysSetting = 'licence-keys';

/** `id` is what licence files call the key; `pem` is public. */
export type KeptKey = { readonly id: string; readonly pem: string };

export function readKeptKeys(setting: unknown): readonly KeptKey[] {
  return Array.isArray(setting) ? setting.filter(isKeptKey) : [];
}

function isKeptKey(value: unknown): value is KeptKey {
  if (typeof value !== 'object' || value === null) return false;
  return 'id' in value && typeof value.id === 'string' && 'pem' in value && typeof value.pem === 'string';
}

/** One that cannot be read, though it was when it was kept, is trusted no more. */
export function trustedKeysOf(kept: readonly KeptKey[]): readonly TrustedKey[] {
  return kept.flatMap(({ pem }) => {
    const read = trustedKeyOf(pem);
    return read.kind === 'key' ? [read.key] : [];
  });
}
