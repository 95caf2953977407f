/**
 * The data folder: made for its owner alone, and proved writable by writing, which also meets a full disk. What is
 * kept in it under a name is replaced as a whole or not at all.
 */
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { failed, type Result, systemReason } from './problem.ts';

export async function openDataFolder(folder: string): Promise<Result<string>> {
  const probe = join(folder, '.write-probe');
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(probe, 'x', { mode: 0o600 });
    await rm(probe);
    return { kind: 'ok', value: folder };
  } catch (error) {
    return failed(
      'SIGNET_DATA_UNWRITABLE',
      `the data folder ${folder} cannot be written (${systemReason(error)}): make it writable or set SIGNET_DATA to another folder.`,
    );
  }
}

/** Text of a file, or undefined when there is none. Rejects with what else the system says. */
export async function readKept(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** All or nothing, also when the power fails: the name leads to the old content or to the new one. */
export async function replaceKept(file: string, text: string): Promise<void> {
  const made = `${file}.new`;
  const handle = await open(made, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(made, file);
}

/** 32 random bytes that stay the same over restarts; made when the file is missing. */
export async function keepKey(
  folder: string,
  name: string,
  random: (bytes: number) => Buffer,
): Promise<Result<Buffer>> {
  const file = join(folder, name);
  try {
    const kept = await readKept(file);
    if (kept !== undefined && !/^[0-9a-f]{64}\n?$/.test(kept))
      throw new Error('it holds something else than a key');
    const key = kept?.trim() ?? random(32).toString('hex');
    if (kept === undefined) await replaceKept(file, `${key}\n`);
    return { kind: 'ok', value: Buffer.from(key, 'hex') };
  } catch (error) {
    return failed(
      'SIGNET_DATA_UNUSABLE',
      `${file} cannot be used (${systemReason(error)}): make it readable and writable for Signet, or restore it from a backup.`,
    );
  }
}
