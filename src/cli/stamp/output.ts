/** The folder of results. Every collision is found before any work, because a message written over is gone. */
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { systemReason } from '../../problem.ts';
import { CommandFailure, exitCodes } from '../command.ts';

/** Name of the result of a message that came on standard input. */
export const inputName = 'stdin.eml';

export function outputFile(outFolder: string, messageFile: string): string {
  return join(outFolder, basename(messageFile));
}

/** Same file = same device and inode: that sees through links, `..` and other spellings of one path. */
export async function refuseOverwriting(
  outputs: readonly string[],
  inputs: readonly string[],
): Promise<void> {
  const identities = new Map<string, string>();
  for (const input of inputs) {
    const identity = await identify(input);
    if (identity) identities.set(identity, input);
  }
  for (const output of outputs) {
    const input = identities.get((await identify(output)) ?? '');
    if (!input) continue;
    throw new CommandFailure(
      'SIGNET_OUTPUT_CONFLICT',
      `${output} would be written over the input ${input}: give --out another folder.`,
    );
  }
}

export async function makeOutFolder(outFolder: string): Promise<void> {
  try {
    await mkdir(outFolder, { recursive: true });
  } catch (error) {
    throw unwritable(outFolder, error);
  }
}

export async function writeResult(file: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFile(file, bytes);
  } catch (error) {
    throw unwritable(file, error);
  }
}

async function identify(file: string) {
  try {
    const { dev, ino } = await stat(file, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    // Absent or out of reach: then nothing can be lost in it, and reading it reports the rest.
    return undefined;
  }
}

function unwritable(path: string, error: unknown) {
  return new CommandFailure(
    'SIGNET_FILE_UNWRITABLE',
    `${path} cannot be written (${systemReason(error)}): give --out another folder.`,
    exitCodes.failure,
  );
}
