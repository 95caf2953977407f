/**
 * People of each tenant's directory, by a job of its own: begun when the tenant is first seen or its source changed, then at
 * its interval. The job reads its settings anew at each run, and ends itself when the tenant or its directory is gone.
 */
import { isDeepStrictEqual } from 'node:util';
import type { BundleDirectory, BundleTenant } from '../bundle/bundle.ts';
import type { SyncResult } from '../directory/sync.ts';
import type { Scheduler } from './scheduler.ts';

export const directorySync = 'directory-sync';

export type DirectorySyncNeeds = {
  readonly scheduler: Pick<Scheduler, 'add' | 'remove'>;
  /** The tenant's directory as it is now. */
  readonly find: (tenantId: string) => Promise<BundleDirectory | undefined>;
  readonly sync: (tenantId: string, directory: BundleDirectory, signal: AbortSignal) => Promise<SyncResult>;
};

/** To be told of a tenant each time anything of it changed. */
export function createDirectorySync({ scheduler, find, sync }: DirectorySyncNeeds) {
  const known = new Map<string, BundleDirectory>();

  function follow({ id = '', directory }: BundleTenant) {
    if (isDeepStrictEqual(known.get(id), directory)) return;
    if (directory) known.set(id, directory);
    else known.delete(id);
    scheduler.remove(directorySync, id);
    if (!directory) return;
    scheduler.add({
      name: directorySync,
      tenantId: id,
      schedule: '* * * * *',
      everySeconds: directory.everyMinutes * 60,
      runsAtStart: true,
      run: signal => runOnce(id, signal),
    });
  }

  async function runOnce(id: string, signal: AbortSignal) {
    const directory = await find(id);
    if (!directory) {
      known.delete(id);
      scheduler.remove(directorySync, id);
      return undefined;
    }
    const result = await sync(id, directory, signal);
    if (result.kind === 'failure') throw new Error(`${result.problem.code}: ${result.problem.sentence}`);
    return result;
  }

  return {
    follow,
    /** By tenant. */
    followed: (): ReadonlyMap<string, BundleDirectory> => known,
  };
}
