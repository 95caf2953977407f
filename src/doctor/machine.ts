/** The machine under Signet: the data folder and who may read it, the room on its disk, and its clock. */
import { type Finding, findingsOf } from './finding.ts';

export type FolderFacts = {
  readonly folder: string;
  /** Why it cannot be written; undefined when it can. */
  readonly unwritable?: string;
  /** Permission bits of the folder and of the key file, where they exist. */
  readonly mode: number;
  readonly keyFile: string;
  readonly keyMode?: number;
};

export function examineFolder({
  folder,
  unwritable,
  mode,
  keyFile,
  keyMode,
}: FolderFacts): readonly Finding[] {
  const is = findingsOf('folder', folder);
  if (unwritable !== undefined)
    return [
      is.failure(`cannot be written (${unwritable})`, 'make it writable for Signet, or set SIGNET_DATA'),
    ];
  const openKey = keyMode !== undefined && (keyMode & 0o077) !== 0;
  return [
    ...((mode & 0o007) === 0
      ? [is.fine('can be written')]
      : [is.warning('can be read by everybody on this machine', `chmod 700 ${folder}`)]),
    ...(openKey
      ? [
          findingsOf('master-key', keyFile).failure(
            'can be read by others than its owner',
            `chmod 600 ${keyFile}, and give the secrets a new key: signet vault rotate`,
          ),
        ]
      : []),
  ];
}

export type DiskFacts = {
  readonly folder: string;
  readonly freeBytes: number;
  readonly totalBytes: number;
  readonly databaseBytes: number;
};

const [gib, mib] = [2 ** 30, 2 ** 20];
const littleBytes = gib;
/** Below this the ledger and the log may not find room for an hour of mail. */
const tooLittleBytes = 100 * mib;

export function examineDisk({ folder, freeBytes, totalBytes, databaseBytes }: DiskFacts): readonly Finding[] {
  const is = findingsOf('disk', folder);
  const free = `${freeBytes < gib ? `${Math.floor(freeBytes / mib)} MiB` : `${Math.floor(freeBytes / gib)} GiB`} of ${Math.ceil(totalBytes / gib)} GiB are free`;
  const remedy =
    'make room, shorten how long the message log is kept, or move the data folder to a larger disk';
  if (freeBytes < tooLittleBytes) return [is.failure(free, remedy)];
  if (freeBytes < littleBytes) return [is.warning(free, remedy)];
  if (freeBytes < 2 * databaseBytes)
    return [is.warning(`${free}, too little for a backup and an upgrade`, remedy)];
  return [is.fine(free)];
}

export type ClockFacts = {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Of the newest thing that Signet wrote here; absent where there is none. */
  readonly newestEntryAt?: number;
};

/** Before this no version of Signet existed. */
const firstDay = Date.parse('2026-11-01T00:00:00Z');
const hourMs = 3_600_000;

export function examineClock({ now, newestEntryAt }: ClockFacts): readonly Finding[] {
  const is = findingsOf('clock', new Date(now).toISOString());
  const remedy =
    'set the clock, and let it be kept by NTP (timedatectl set-ntp true): certificates, sign-in and rules with times need it';
  if (now < firstDay) return [is.failure('is before Signet was made', remedy)];
  if (newestEntryAt !== undefined && newestEntryAt > now + hourMs)
    return [
      is.failure(
        `is before the newest entry of the message log (${new Date(newestEntryAt).toISOString()})`,
        remedy,
      ),
    ];
  return [is.fine('is plausible')];
}
