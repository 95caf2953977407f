/** One tenant's directory, read into the store: the source, the store's side of the sync, and the result that it keeps. */
import { createReadStream } from 'node:fs';
import type { BundleDirectory } from '../bundle/bundle.ts';
import { imageType } from '../bundle/files.ts';
import type { FitPicture } from '../bundle/images.ts';
import type { Clock } from '../clock.ts';
import { createCsvSource } from '../directory/csv.ts';
import { createLdapSource } from '../directory/ldap.ts';
import type { Source } from '../directory/source.ts';
import { createSync, type DirectoryStore, type FitPhoto, type SyncResult } from '../directory/sync.ts';
import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';

/** `people.source` of what a directory brings. */
const source = 'directory';
/** Under this name the store keeps the result of the last sync, by the job or by hand. */
export const syncResult = 'directory-sync-result';

export type DirectoryNeeds = {
  readonly store: Pick<Store, 'people' | 'settings'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly fit: FitPicture;
};

export type DirectoryRun = {
  readonly tenantId: string;
  readonly directory: BundleDirectory;
  readonly signal: AbortSignal;
  /** The administrator has seen how many would be gone, and wants this run anyway. */
  readonly acceptOnce?: boolean;
  /** Everything but the change: for a look at what would come. */
  readonly isRehearsal?: boolean;
};

/** Rejects only when aborted: what goes wrong is in the result, and has changed nothing. */
export function syncDirectory(needs: DirectoryNeeds, run: DirectoryRun): Promise<SyncResult> {
  const { clock, log } = needs;
  const { tenantId, directory, signal, acceptOnce = false, isRehearsal = false } = run;
  const sync = createSync({
    name: tenantId,
    source: openSource(directory, clock),
    store: isRehearsal ? unchanging(storeOf(needs, tenantId)) : storeOf(needs, tenantId),
    fitPhoto: createFitPhoto(needs.fit),
    clock,
    onAlert: alert => {
      if (alert.kind === 'raise')
        log.error({ tenant: tenantId, ...alert.problem }, 'the directory needs attention');
    },
  });
  return sync.run({ signal, acceptOnce });
}

function createFitPhoto(fit: FitPicture): FitPhoto {
  return async bytes => {
    const type = imageType(bytes);
    const fitted = type === undefined ? undefined : await fit({ type, bytes }, { kind: 'photo' });
    return fitted?.kind === 'ok' ? { kind: 'ok', bytes: fitted.picture.bytes } : { kind: 'refused' };
  };
}

function unchanging(store: DirectoryStore): DirectoryStore {
  const nothing = async () => {};
  return {
    ...store,
    missingPhotos: async () => [],
    addPhoto: nothing,
    replace: nothing,
    saveResult: nothing,
  };
}

function openSource({ source: from, password }: BundleDirectory, { elapsed }: Clock): Source {
  if (from.kind === 'csv') return createCsvSource(from, { open: () => createReadStream(from.file), elapsed });
  return createLdapSource(from, { password: async () => password.value ?? '', elapsed });
}

function storeOf({ store: { people, settings } }: DirectoryNeeds, tenantId: string): DirectoryStore {
  return {
    personIds: () => people.personIds(tenantId, source),
    missingPhotos: hashes => people.missingPhotos(tenantId, hashes),
    addPhoto: (hash, bytes) => people.addPhoto(tenantId, hash, bytes),
    async replace(population) {
      await people.replacePeople(tenantId, source, population);
    },
    saveResult: result =>
      settings.saveJob({
        name: syncResult,
        tenantId,
        finishedAt: result.at,
        outcome: result.kind,
        result,
      }),
  };
}
