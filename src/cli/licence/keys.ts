/** Ed25519 keys from PEM files, as the licence format wants them. */
import { type KeyResult, signingKeyOf, trustedKeyOf } from '../../licence/keys.ts';
import type { SigningKey, TrustedKey } from '../../signature/licence-file.ts';
import { CommandFailure } from '../command.ts';
import { readBytes } from '../stamp/section.ts';

export async function readSigningKey(file: string): Promise<SigningKey> {
  return orUnusable(file, 'private', signingKeyOf(await readBytes(file)));
}

export async function readTrustedKey(file: string): Promise<TrustedKey> {
  return orUnusable(file, 'public', trustedKeyOf(await readBytes(file)));
}

function orUnusable<Key>(file: string, kind: 'private' | 'public', result: KeyResult<Key>): Key {
  if (result.kind === 'key') return result.key;
  throw new CommandFailure(
    'SIGNET_LICENCE_KEY',
    `${file} is not usable (${result.reason}): give a ${kind} Ed25519 key as a PEM file without a passphrase.`,
  );
}
