/**
 * A whole directory through the whole way, from a CSV file to the index that the relay looks into, with what it costs:
 * time, memory, and how long the main loop was held.
 */
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCsvSource, csvDefaults } from '../../src/directory/csv.ts';
import { createPace } from '../../src/directory/pace.ts';
import { buildPeopleIndex, type PeopleIndex } from '../../src/directory/people.ts';
import { createSync, type DirectoryStore } from '../../src/directory/sync.ts';
import type { Group, Person } from '../../src/signature/person.ts';

export type Size = { readonly people: number; readonly groups: number };

export type Load = {
  readonly tookMs: number;
  readonly heapMiB: number;
  readonly rssMiB: number;
  /** Longest time between two beats of a timer: as others feel it, other processes on the machine included. */
  readonly longestWallMs: number;
  /** The same in processor time of the main thread: what we, and our garbage collector, really held. */
  readonly longestCpuMs: number;
  readonly beatsOver10Ms: number;
  readonly beats: number;
  readonly index: PeopleIndex;
};

const elapsed = () => performance.now();

/** `collectGarbage` makes the memory figures mean something; without it they hold garbage. */
export async function loadDirectory(size: Size, collectGarbage: () => void = () => {}): Promise<Load> {
  const folder = mkdtempSync(join(tmpdir(), 'signet-load-'));
  try {
    const file = join(folder, 'people.csv');
    writeFileSync(file, csvOf(size));
    return await measure(file, collectGarbage);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(file: string, collectGarbage: () => void): Promise<Load> {
  collectGarbage();
  const before = process.memoryUsage();
  const heart = startHeart();
  const started = elapsed();
  const index = await importFile(file);
  const tookMs = elapsed() - started;
  const beats = heart.stop();
  collectGarbage();
  const after = process.memoryUsage();
  const mib = (bytes: number) => bytes / 2 ** 20;
  const [heapMiB, rssMiB] = [mib(after.heapUsed - before.heapUsed), mib(after.rss - before.rss)];
  return { tookMs, heapMiB, rssMiB, ...beats, index };
}

async function importFile(file: string): Promise<PeopleIndex> {
  const kept: { people: readonly Person[]; groups: readonly Group[] } = { people: [], groups: [] };
  const store: DirectoryStore = {
    personIds: async () => kept.people.map(({ id }) => id),
    missingPhotos: async hashes => hashes,
    addPhoto: async () => {},
    replace: async population => void Object.assign(kept, population),
    saveResult: async () => {},
  };
  const source = createCsvSource({ ...csvDefaults, file }, { open: () => createReadStream(file), elapsed });
  const clock = { now: () => Date.now(), elapsed };
  const sync = createSync({ name: 'load', source, store, clock, onAlert: () => {} });
  const result = await sync.run({ signal: new AbortController().signal });
  if (result.kind === 'failure') throw new Error(result.problem.sentence);
  return await buildPeopleIndex(kept, createPace(elapsed));
}

/** A timer of 1 ms, as a session of the relay would have one, and what came between its beats. */
function startHeart() {
  const cpu = () => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  let [wallAt, cpuAt] = [elapsed(), cpu()];
  let [longestWallMs, longestCpuMs, beatsOver10Ms, beats] = [0, 0, 0, 0];
  const timer = setInterval(() => {
    const [wall, spent] = [elapsed() - wallAt, cpu() - cpuAt];
    longestWallMs = Math.max(longestWallMs, wall);
    longestCpuMs = Math.max(longestCpuMs, spent);
    if (spent > 10) beatsOver10Ms++;
    beats++;
    [wallAt, cpuAt] = [elapsed(), cpu()];
  }, 1);
  return {
    stop: () => {
      clearInterval(timer);
      return { longestWallMs, longestCpuMs, beatsOver10Ms, beats };
    },
  };
}

/** Twenty columns as Exchange exports them; every person in five groups of the given number. */
export function csvOf({ people, groups }: Size): string {
  const header =
    'email,displayName,givenName,surname,jobTitle,department,companyName,officeLocation,streetAddress,city,state,' +
    'postalCode,country,businessPhone,mobilePhone,faxNumber,employeeId,proxyAddresses,manager,groups\n';
  const lines = Array.from({ length: people }, (_, at) => {
    const inGroups = Array.from({ length: 5 }, (_, each) => `Group ${(at * 7 + each * 997) % groups}`).join(
      ';',
    );
    return (
      `person${at}@firm.example,"Person ${at}, Dr.",Given ${at % 700},Surname ${at % 9000},Title ${at % 300},` +
      `Department ${at % 120},Company ${at % 6},Office ${at % 900},Street ${at % 500},City ${at % 80},State ${at % 16},` +
      `${10_000 + (at % 900)},Germany,+49 30 ${at},+49 170 ${at},+49 30 9${at},E${at},` +
      `smtp:p${at}@firm.example smtp:x${at}@firm.example,person${at % 500}@firm.example,"${inGroups}"\n`
    );
  });
  return header + lines.join('');
}
