/** The data folder: made for its owner alone, and proved writable by writing, which also meets a full disk. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
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
