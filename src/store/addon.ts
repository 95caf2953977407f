/**
 * The native part of better-sqlite3, in the three ways Signet runs. The sources find it by themselves, the bundle has it
 * beside itself, and the single executable carries it inside: it is written out before it can be loaded, first into the
 * data folder, and where that forbids execution (noexec) into other places, as a private file that is gone once loaded.
 */
import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { getRawAsset, isSea } from 'node:sea';

export type AddonSource =
  | { readonly kind: 'installed' }
  | { readonly kind: 'file'; readonly path: string }
  /** `folders`: where it may be written out, the data folder first. */
  | { readonly kind: 'embedded'; readonly folders: readonly string[] };

export class AddonUnloadable extends Error {
  readonly code = 'ADDON_UNLOADABLE';
}

/** Where this process has the native part; for the main thread, whose file tells how Signet runs. */
export function findAddon(dataFolder: string): AddonSource {
  if (isSea()) return { kind: 'embedded', folders: [dataFolder, tmpdir(), '/dev/shm', '/run'] };
  const here = import.meta.filename;
  return here.endsWith('.ts')
    ? { kind: 'installed' }
    : { kind: 'file', path: join(dirname(here), 'sqlite.node') };
}

/** What better-sqlite3 takes as `nativeBinding`; undefined leaves the search to it. Throws `AddonUnloadable`. */
export function loadAddon(source: AddonSource): object | undefined {
  if (source.kind === 'installed') return undefined;
  if (source.kind === 'file') return open(source.path);
  return loadWrittenOut(Buffer.from(getRawAsset('sqlite.node')), source.folders);
}

/** Exported for its test: the first folder that lets `bytes` be loaded. */
export function loadWrittenOut(bytes: Buffer, folders: readonly string[]): object {
  const [dataFolder, ...others] = folders;
  const attempts = [
    ...(dataFolder === undefined ? [] : [() => loadKept(bytes, join(dataFolder, '.native'))]),
    ...others.map(folder => () => loadAndRemove(bytes, folder)),
  ];
  const reasons: string[] = [];
  for (const attempt of attempts) {
    try {
      return attempt();
    } catch (error) {
      reasons.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new AddonUnloadable(reasons.join('; '));
}

/** The file stays for the next start. Its bytes are compared, not its name trusted. */
function loadKept(bytes: Buffer, folder: string): object {
  if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 });
  const path = join(folder, `${createHash('sha256').update(bytes).digest('hex')}.node`);
  if (!holds(path, bytes)) {
    const temporary = `${path}.${randomBytes(6).toString('hex')}`;
    writeFileSync(temporary, bytes, { mode: 0o500, flag: 'wx' });
    renameSync(temporary, path);
  }
  return open(path);
}

/** In a place that others may write to: a folder of our own, and nothing is left in it. */
function loadAndRemove(bytes: Buffer, parent: string): object {
  const folder = mkdtempSync(join(parent, 'signet-'));
  try {
    chmodSync(folder, 0o700);
    const path = join(folder, 'sqlite.node');
    writeFileSync(path, bytes, { mode: 0o500, flag: 'wx' });
    return open(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function holds(path: string, bytes: Buffer) {
  try {
    return readFileSync(path).equals(bytes);
  } catch {
    return false;
  }
}

function open(path: string): object {
  return createRequire(path)(path);
}
