/**
 * The file with the master keys: one key a line, 32 bytes in Base64; the first one seals, the others only open (during a
 * rotation). Lines that begin with # are comments. It is outside the database, for its owner alone.
 */
import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { failed, type Result, systemReason } from '../problem.ts';
import { type Key, type Keyring, keyBytes, keyOf } from './seal.ts';

/** Undefined when there is no such file. */
export async function readKeyFile(file: string): Promise<Result<Keyring | undefined>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { kind: 'ok', value: undefined };
    return unreadable(file, systemReason(error));
  }
  const lines = text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line && !line.startsWith('#'));
  const keys = lines.map(line => Buffer.from(line, 'base64'));
  if (keys.some(bytes => bytes.length !== keyBytes))
    return unreadable(file, 'a line is not 32 bytes in Base64');
  const [first, ...others] = keys.map(keyOf);
  if (!first) return unreadable(file, 'it holds no key');
  return { kind: 'ok', value: [first, ...others] };
}

/** All or nothing, on disk when resolved. Rejects with the system's error. */
export async function writeKeyFile(file: string, keys: Keyring): Promise<void> {
  const text = `# Signet's master key. Without it the stored secrets are lost: keep a copy, apart from the backups.\n${keys
    .map(({ bytes }) => `${bytes.toString('base64')}\n`)
    .join('')}`;
  const temporary = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    const handle = await open(temporary, 'wx', 0o600);
    await handle
      .writeFile(text)
      .then(() => handle.sync())
      .finally(() => handle.close());
    await rename(temporary, file);
    const folder = await open(dirname(file), 'r');
    await folder.sync().finally(() => folder.close());
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

export function newKey(random: (bytes: number) => Buffer): Key {
  return keyOf(random(keyBytes));
}

function unreadable(file: string, reason: string) {
  return failed(
    'SIGNET_MASTER_KEY_UNREADABLE',
    `the master key file ${file} cannot be used (${reason}): put the right file back; nothing was changed.`,
  );
}
