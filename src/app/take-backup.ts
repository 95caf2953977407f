/**
 * A backup for the browser: copied into the data folder while the server runs, read from there, and gone from the folder
 * before the first byte is sent, so that a cut download leaves nothing.
 */
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Result } from '../problem.ts';
import type { Store } from '../store/store.ts';

export type TakenBackup = {
  /** `signet-2026-11-25T12-00-00.sqlite`. */
  readonly name: string;
  readonly sizeBytes: number;
  readonly bytes: Readable;
};

export type TakeBackupNeeds = {
  readonly backUp: Store['backUp'];
  readonly dataFolder: string;
  /** Time as a part of a file name. */
  readonly stamp: () => string;
  readonly random: (bytes: number) => Buffer;
};

export function createTakeBackup({ backUp, dataFolder, stamp, random }: TakeBackupNeeds) {
  return async (): Promise<Result<TakenBackup>> => {
    const folder = join(dataFolder, 'backups');
    await mkdir(folder, { recursive: true });
    const file = join(folder, `download-${random(8).toString('hex')}.sqlite`);
    try {
      const made = await backUp(file);
      if (made.kind === 'problem') return made;
      const handle = await open(file);
      const { size } = await handle.stat();
      const name = `signet-${stamp()}.sqlite`;
      return { kind: 'ok', value: { name, sizeBytes: size, bytes: handle.createReadStream() } };
    } finally {
      await rm(file, { force: true });
    }
  };
}
