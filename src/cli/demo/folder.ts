/**
 * The data folder of a demonstration. The simulated tenant lives in memory, so each start begins anew: what an earlier
 * demonstration left goes. A folder that holds anything else, a real tenant above all, is refused and not touched.
 */
import { readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { sandboxFileName } from '../../app/mail-flow/clouds.ts';
import { openDataFolder, readKept } from '../../data-folder.ts';
import { readSandboxFile } from '../../microsoft/sandbox-cloud.ts';
import { failed, type Result, systemReason } from '../../problem.ts';

/** Made, or emptied. */
export async function openDemoFolder(folder: string): Promise<Result<string>> {
  try {
    const entries = await entriesOf(folder);
    const refusal = entries.length === 0 ? undefined : await whyNot(folder);
    if (refusal !== undefined) return failed('SIGNET_DEMO_FOLDER', refusal);
    // The mark goes last: a removal that is cut short leaves a folder that is still known for what it is.
    const last = entries.filter(name => name === sandboxFileName);
    for (const name of [...entries.filter(one => one !== sandboxFileName), ...last])
      await rm(join(folder, name), { recursive: true, force: true });
    return await openDataFolder(folder);
  } catch (error) {
    return failed(
      'SIGNET_DATA_UNWRITABLE',
      `the data folder ${folder} cannot be used (${systemReason(error)}): make it writable or set SIGNET_DATA to another folder.`,
    );
  }
}

async function entriesOf(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

async function whyNot(folder: string): Promise<string | undefined> {
  const text = await readKept(join(folder, sandboxFileName));
  const file = text === undefined ? undefined : readSandboxFile(text);
  if (!file)
    return `${folder} holds something else than a demonstration, which begins with an empty folder: set SIGNET_DATA to another one.`;
  return (await isAnswering(file.authority))
    ? `a demonstration runs in ${folder} already: stop it, or set SIGNET_DATA to another folder.`
    : undefined;
}

function isAnswering(origin: string): Promise<boolean> {
  const { hostname, port } = new URL(origin);
  return new Promise(resolve => {
    const socket = connect({ host: hostname, port: Number(port) });
    const answer = (isThere: boolean) => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once('connect', () => answer(true)).once('error', () => answer(false));
  });
}
