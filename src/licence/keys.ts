/** Ed25519 keys of licence files, from PEM. Anything else is refused by what it is; private keys are read and never kept. */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import type { SigningKey, TrustedKey } from '../signature/licence-file.ts';

/** `reason` is the end of "it is not usable, because ...". */
export type KeyResult<Key> =
  | { readonly kind: 'key'; readonly key: Key }
  | { readonly kind: 'unusable'; readonly reason: string };

export function signingKeyOf(pem: string | Buffer): KeyResult<SigningKey> {
  return readKey(pem, 'private', createPrivateKey, key => ({
    id: keyId(createPublicKey(key)),
    sign: bytes => sign(null, bytes, key),
  }));
}

export function trustedKeyOf(pem: string | Buffer): KeyResult<TrustedKey> {
  // OpenSSL would quietly make the public key of a private one; who gives that here has mixed up two files.
  if (pem.includes('PRIVATE KEY')) return { kind: 'unusable', reason: 'it is a private key' };
  return readKey(pem, 'public', createPublicKey, key => ({
    id: keyId(key),
    verify: (bytes, signature) => verify(null, bytes, key, signature),
  }));
}

function readKey<Key>(
  pem: string | Buffer,
  kind: 'private' | 'public',
  read: (pem: string | Buffer) => KeyObject,
  make: (key: KeyObject) => Key,
): KeyResult<Key> {
  let key: KeyObject;
  try {
    key = read(pem);
  } catch {
    return { kind: 'unusable', reason: `it is no ${kind} key in PEM form` };
  }
  if (key.asymmetricKeyType === 'ed25519') return { kind: 'key', key: make(key) };
  return { kind: 'unusable', reason: `it is a key for ${key.asymmetricKeyType ?? 'something else'}` };
}

/** The format's own: the first 16 hexadecimal digits of the SHA-256 of the raw public key. */
function keyId(key: KeyObject) {
  const raw = Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url');
  return createHash('sha256').update(raw).digest('hex').slice(0, 16);
}
