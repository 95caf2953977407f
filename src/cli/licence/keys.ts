/** Ed25519 keys from PEM files, as the licence format wants them. Anything else is refused by what it is. */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import type { SigningKey, TrustedKey } from '../../signature/licence-file.ts';
import { CommandFailure } from '../command.ts';
import { readBytes } from '../stamp/section.ts';

export async function readSigningKey(file: string): Promise<SigningKey> {
  const key = await readKey(file, 'private', createPrivateKey);
  return { id: keyId(createPublicKey(key)), sign: bytes => sign(null, bytes, key) };
}

export async function readTrustedKey(file: string): Promise<TrustedKey> {
  const key = await readKey(file, 'public', publicKeyOf);
  return { id: keyId(key), verify: (bytes, signature) => verify(null, bytes, key, signature) };
}

/** OpenSSL would quietly make the public key of a private one; who gives that here has mixed up two files. */
function publicKeyOf(pem: Buffer) {
  if (pem.includes('PRIVATE KEY')) throw new Error('it is a private key');
  return createPublicKey(pem);
}

async function readKey(file: string, kind: 'private' | 'public', read: (pem: Buffer) => KeyObject) {
  const pem = await readBytes(file);
  let key: KeyObject;
  try {
    key = read(pem);
  } catch (error) {
    const isMixedUp = error instanceof Error && error.message === 'it is a private key';
    throw unusable(file, isMixedUp ? error.message : `it is no ${kind} key in PEM form`, kind);
  }
  if (key.asymmetricKeyType === 'ed25519') return key;
  throw unusable(file, `it is a key for ${key.asymmetricKeyType ?? 'something else'}`, kind);
}

function unusable(file: string, reason: string, kind: string) {
  return new CommandFailure(
    'SIGNET_LICENCE_KEY',
    `${file} is not usable (${reason}): give a ${kind} Ed25519 key as a PEM file without a passphrase.`,
  );
}

function keyId(key: KeyObject) {
  const raw = Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url');
  return createHash('sha256').update(raw).digest('hex').slice(0, 16);
}
