/**
 * One sealed value: AES-256-GCM, a random nonce, the key's id, and the value's place as additional data, so that a value
 * moved to another row or column does not open. Layout: version (1 byte), key id (8), nonce (12), tag (16), ciphertext.
 */
import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';

/** Where a value belongs: table, row, column. */
export type Place = { readonly owner: string; readonly rowId: string; readonly name: string };

export type Key = { readonly id: string; readonly bytes: Buffer };

/** The first one seals, all of them open. */
export type Keyring = readonly [Key, ...Key[]];

export type Unsealed =
  | { readonly kind: 'open'; readonly text: string }
  | { readonly kind: 'unknown-key' }
  /** Moved, changed, or cut. */
  | { readonly kind: 'broken' };

export const keyBytes = 32;
const version = 1;
const [idBytes, nonceBytes, tagBytes] = [8, 12, 16];
const headBytes = 1 + idBytes + nonceBytes + tagBytes;

/** The id is derived, so that a key cannot come under a wrong one. */
export function keyOf(bytes: Buffer): Key {
  const digest = createHash('sha256').update('signet master key').update(bytes).digest();
  return { id: digest.subarray(0, idBytes).toString('hex'), bytes };
}

export function seal(key: Key, place: Place, text: string, random: (bytes: number) => Buffer): Buffer {
  const nonce = random(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key.bytes, nonce).setAAD(bound(place));
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([
    Buffer.of(version),
    Buffer.from(key.id, 'hex'),
    nonce,
    cipher.getAuthTag(),
    ciphertext,
  ]);
}

export function unseal(keyring: Keyring, place: Place, sealed: Uint8Array): Unsealed {
  const bytes = Buffer.from(sealed);
  if (bytes.length < headBytes || bytes[0] !== version) return { kind: 'broken' };
  const key = keyring.find(({ id }) => id === keyIdOf(bytes));
  if (!key) return { kind: 'unknown-key' };
  const nonce = bytes.subarray(1 + idBytes, 1 + idBytes + nonceBytes);
  const tag = bytes.subarray(headBytes - tagBytes, headBytes);
  try {
    const decipher = createDecipheriv('aes-256-gcm', key.bytes, nonce, { authTagLength: tagBytes });
    decipher.setAAD(bound(place)).setAuthTag(tag);
    const text = decipher.update(bytes.subarray(headBytes), undefined, 'utf8') + decipher.final('utf8');
    return { kind: 'open', text };
  } catch {
    return { kind: 'broken' };
  }
}

export function keyIdOf(sealed: Uint8Array): string {
  return Buffer.from(sealed.subarray(1, 1 + idBytes)).toString('hex');
}

/** JSON: `a` + `b/c` and `a/b` + `c` must not be the same place. */
function bound({ owner, rowId, name }: Place) {
  return Buffer.from(JSON.stringify([owner, rowId, name]));
}
