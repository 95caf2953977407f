/** One tenant's directory, read into the store: the source, the store's side of the sync, and the result that it keeps. */
import { createReadStream } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { BundleDirectory, GraphDirectory } from '../bundle/bundle.ts';
import { imageType } from '../bundle/files.ts';
import type { FitPicture } from '../bundle/images.ts';
import type { Clock } from '../clock.ts';
import { type CsvSource, createCsvSource } from '../directory/csv.ts';
import { createGraphSource } from '../directory/graph/graph.ts';
import type { GraphMemory, PageKind } from '../directory/graph/memory.ts';
import { createLdapSource } from '../directory/ldap.ts';
import type { LdapSource } from '../directory/ldap-settings.ts';
import type { Source } from '../directory/source.ts';
import { createSync, type DirectoryStore, type FitPhoto, type SyncResult } from '../directory/sync.ts';
import type { Log } from '../log.ts';
import { failed } from '../problem.ts';
import type { Store } from '../store/store.ts';
import type { StandingAccesses } from './standing-access.ts';

/** `people.source` of what a directory brings. */
const source = 'directory';
/** Under this name the store keeps the result of the last sync, by the job or by hand. */
export const syncResult = 'directory-sync-result';

export type DirectoryNeeds = {
  readonly store: Pick<Store, 'people' | 'settings' | 'directoryMemories'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly fit: FitPicture;
  /** For tenants whose people are in Graph. */
  readonly standing?: Pick<StandingAccesses, 'open'>;
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
export async function syncDirectory(needs: DirectoryNeeds, run: DirectoryRun): Promise<SyncResult> {
  const { clock, log } = needs;
  const { tenantId, directory, signal, acceptOnce = false, isRehearsal = false } = run;
  const { source: from } = directory;
  // What another source left behind is nobody's any more.
  if (from.kind !== 'graph' && !isRehearsal) await needs.store.directoryMemories.forgetMemory(tenantId);
  const sync = createSync({
    name: tenantId,
    source:
      from.kind === 'graph'
        ? graphSource(needs, run, from)
        : openSource({ ...directory, source: from }, clock),
    store: isRehearsal ? unchanging(storeOf(needs, tenantId)) : storeOf(needs, tenantId),
    fitPhoto: createFitPhoto(needs.fit),
    clock,
    onAlert: alert => {
      if (alert.kind === 'raise')
        log.error({ tenant: tenantId, ...alert.problem }, 'the directory needs attention');
    },
  });
  return await sync.run({ signal, acceptOnce });
}

/** The access is opened for each reading: it may be given, renewed or taken away between two of them. */
function graphSource(
  { store, clock, standing }: DirectoryNeeds,
  { tenantId, isRehearsal = false }: DirectoryRun,
  { photos }: GraphDirectory,
): Source {
  return {
    read: async (signal, onProgress) => {
      const opened = await standing?.open(tenantId, 'directory');
      if (!opened)
        return failed(
          'SIGNET_DIRECTORY_SETTINGS',
          'there is no standing access to this tenant in Graph, nothing was changed: have its people from csv or ldap instead.',
        );
      const { access, cloud, fetch } = opened;
      const source = createGraphSource({
        origin: cloud.graph,
        fetch,
        token: async ({ fresh }) => {
          const token = await access.token('graph', { fresh });
          if (token.kind === 'ok') return token;
          const said = `Signet cannot sign in to read the directory: ${token.problem.sentence}`;
          return failed('SIGNET_DIRECTORY_CREDENTIALS', said);
        },
        wait: (ms, until) => delay(ms, undefined, { signal: until }),
        random: Math.random,
        now: clock.now,
        elapsed: clock.elapsed,
        photos,
        ...(isRehearsal ? {} : { memory: memoryOf(store, tenantId) }),
      });
      // The reading fetches photos with this access until it is closed.
      const read = await source.read(signal, onProgress);
      if (read.kind === 'problem') access.forget();
      return read.kind === 'problem'
        ? read
        : { kind: 'ok', value: { ...read.value, close: async () => access.forget() } };
    },
  };
}

function memoryOf({ directoryMemories }: DirectoryNeeds['store'], tenantId: string): GraphMemory {
  return {
    find: () => directoryMemories.findMemory(tenantId),
    page: async number => {
      const page = await directoryMemories.findMemoryPage(tenantId, number);
      return page && { ...page, kind: page.kind as PageKind };
    },
    keep: kept => directoryMemories.keepMemory(tenantId, kept),
  };
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

type FileDirectory = BundleDirectory & { readonly source: CsvSource | LdapSource };

function openSource({ source: from, password }: FileDirectory, { elapsed }: Clock): Source {
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
