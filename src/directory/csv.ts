/**
 * People from a CSV file: any columns, any usual encoding and separator. A bad line is reported with its number and left
 * out; only a file in which nothing can be right (no header, no address column) is refused as a whole. Memory is that of
 * the people themselves, and the main loop is never held longer than a slice.
 */

import { limits } from '../limits.ts';
import type { Result } from '../problem.ts';
import { failed, systemReason } from '../problem.ts';
import { type ColumnPlan, type CsvColumns, planColumns } from './csv-columns.ts';
import { readPerson } from './csv-person.ts';
import {
  type CsvRecord,
  type CsvSeparator,
  createRecordCutter,
  readLines,
  sniffSeparator,
} from './csv-records.ts';
import { type CsvEncoding, detectEncoding, type OpenBytes, readText } from './csv-text.ts';
import { createPace, type Pace } from './pace.ts';
import { createRejectionList } from './rejections.ts';
import { createShardedMap, type ShardedMap } from './sharded-map.ts';
import type { OnProgress, Reading, Rejection, Source, SourceGroup, SourcePerson } from './source.ts';
import { createValues } from './values.ts';

/** A CSV source as the configuration has it. */
export type CsvSource = {
  readonly kind: 'csv';
  /** Path of the file. */
  readonly file: string;
  readonly encoding: 'auto' | CsvEncoding;
  readonly separator: 'auto' | CsvSeparator;
  /** Beside the columns that are known by name. */
  readonly columns: CsvColumns;
};

export const csvDefaults = { kind: 'csv', encoding: 'auto', separator: 'auto', columns: {} } as const;

export type CsvDependencies = {
  readonly open: OpenBytes;
  /** Milliseconds that only go forward. */
  readonly elapsed: () => number;
};

export function createCsvSource(source: CsvSource, { open, elapsed }: CsvDependencies): Source {
  return {
    read: async (signal, onProgress) => {
      try {
        return await readCsv({ source, open, pace: createPace(elapsed, signal), onProgress });
      } catch (error) {
        signal.throwIfAborted();
        if (!isSystemError(error)) throw error;
        const reason = `The file ${source.file} cannot be read: ${systemReason(error)}.`;
        return failed('SIGNET_DIRECTORY_FILE', `${reason} Check its name and permissions.`);
      }
    },
  };
}

function isSystemError(error: unknown) {
  return error instanceof Error && 'syscall' in error;
}

type Job = {
  readonly source: CsvSource;
  readonly open: OpenBytes;
  readonly pace: Pace;
  readonly onProgress: OnProgress;
};

async function readCsv({ source, open, pace, onProgress }: Job): Promise<Result<Reading>> {
  const encoding = source.encoding === 'auto' ? await detectEncoding(open, pace) : source.encoding;
  const table = createTable(source);
  for await (const lines of readLines(readText(open, encoding))) {
    for (const line of lines) {
      if (pace.isDue()) await pace.pause();
      const refused = table.take(line);
      if (refused) return refused;
    }
    onProgress({ stage: 'people', done: table.count() });
  }
  return table.end();
}

type Table = {
  /** One line with its end; answers the problem for which the whole file is refused. */
  readonly take: (line: string) => Result<never> | undefined;
  readonly end: () => Result<Reading>;
  readonly count: () => number;
};

/** Before the header stand at most a `#TYPE` line of PowerShell, a `sep=` line of Excel, and empty lines. */
function createTable(source: CsvSource): Table {
  let lineNumber = 0;
  let separator = source.separator === 'auto' ? undefined : source.separator;
  let header: ReturnType<typeof createRecordCutter> | undefined;
  let body: Body | undefined;
  const begin = (cells: readonly string[]): Result<never> | undefined => {
    const plan = planColumns(cells, source.columns);
    if (plan.kind === 'problem') return plan;
    if (cells.length > limits.directory.columns)
      return failed('SIGNET_DIRECTORY_FILE', `The file has ${cells.length} columns; check its separator.`);
    body = createBody(plan.value, separator ?? ',', lineNumber + 1);
    return undefined;
  };
  return {
    take: line => {
      if (body) return void body.take(line);
      lineNumber++;
      const [, named] = header ? [] : (/^"?sep=([,;\t])"?\s*$/i.exec(line) ?? []);
      if (named) separator = named as CsvSeparator;
      if (named || (!header && (line.trim() === '' || line.startsWith('#TYPE ')))) return undefined;
      separator ??= sniffSeparator(line);
      header ??= createRecordCutter(separator, undefined, lineNumber);
      const [record] = header.take(line);
      if (record?.kind === 'cells') return begin(record.cells);
      return (
        record &&
        failed('SIGNET_DIRECTORY_FILE', `The header in line ${record.line} is broken: check its quotes.`)
      );
    },
    end: () =>
      body?.end() ??
      failed('SIGNET_DIRECTORY_FILE', 'The file has no header line: its first line must name the columns.'),
    count: () => body?.count() ?? 0,
  };
}

type Body = {
  readonly take: (line: string) => void;
  readonly end: () => Result<Reading>;
  readonly count: () => number;
};

function createBody(plan: ColumnPlan, separator: CsvSeparator, firstLine: number): Body {
  const cutter = createRecordCutter(separator, plan.targets.length, firstLine);
  const rejections = createRejectionList();
  const values = createValues();
  const people: SourcePerson[] = [];
  const groups = new Map<string, SourceGroup>();
  const seen = { addresses: createShardedMap<number>(), ids: createShardedMap<number>() };

  const accept = (record: CsvRecord) => {
    const refused =
      record.kind === 'broken' ? brokenSentence(record.reason) : countColumns(record.cells, plan);
    if (refused || record.kind === 'broken')
      return refused && rejections.add({ place: record.line, ...refused });
    if (record.cells.every(cell => cell.trim() === '')) return;
    const read = readPerson(record.cells, plan, values);
    if (read.kind === 'rejected')
      return rejections.add({ place: record.line, reason: read.reason, sentence: read.sentence });
    const twin = findTwin(read.person, seen);
    if (twin) return rejections.add({ place: record.line, ...twin });
    seen.addresses.set(read.person.address, record.line);
    seen.ids.set(read.person.id, record.line);
    people.push(read.person);
    for (const group of read.groups)
      if (!groups.has(group.id)) groups.set(group.id, { ...group, memberOf: [] });
  };
  return {
    take: line => {
      for (const record of cutter.take(line)) accept(record);
    },
    end: () => {
      for (const record of cutter.end()) accept(record);
      return { kind: 'ok', value: reading(people, [...groups.values()], rejections.all(), plan) };
    },
    count: () => people.length,
  };
}

function reading(
  people: readonly SourcePerson[],
  groups: readonly SourceGroup[],
  rejections: Reading['rejections'],
  plan: ColumnPlan,
): Reading {
  const notes = plan.unused.length > 0 ? [`Columns not used: ${plan.unused.join(', ')}.`] : [];
  return { people, groups, rejections, notes, photo: async () => undefined, close: async () => {} };
}

type Refusal = Pick<Rejection, 'reason' | 'sentence'>;

function brokenSentence(reason: 'broken-quotes' | 'too-long'): Refusal {
  const sentence = reason === 'too-long' ? 'The line is too long.' : 'The quotes of this line do not match.';
  return { reason, sentence };
}

/** More cells than columns are fine when nothing is in them: Excel writes such tails. An empty line is no record. */
function countColumns(cells: readonly string[], { targets }: ColumnPlan): Refusal | undefined {
  if (cells.length === 1 && cells[0]?.trim() === '') return undefined;
  const sentence = `The line has ${cells.length} columns instead of ${targets.length}.`;
  if (cells.length < targets.length) return { reason: 'too-few-columns', sentence };
  const hasMore = cells.slice(targets.length).some(cell => cell.trim() !== '');
  return hasMore ? { reason: 'too-many-columns', sentence } : undefined;
}

type Seen = { readonly addresses: ShardedMap<number>; readonly ids: ShardedMap<number> };

function findTwin({ address, id }: SourcePerson, seen: Seen): Refusal | undefined {
  const line = seen.addresses.get(address);
  if (line !== undefined)
    return { reason: 'duplicate-address', sentence: `${address} stands in line ${line} already.` };
  const idLine = seen.ids.get(id);
  if (idLine === undefined) return undefined;
  return { reason: 'duplicate-id', sentence: `The id ${id} stands in line ${idLine} already.` };
}
