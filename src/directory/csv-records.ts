/**
 * Text of a CSV file into records, each with the line it starts at (from 1). A broken record costs itself alone: reading
 * goes on at the next line, also after a quote that nobody closed. Memory is bounded by the longest allowed record.
 */
import { CsvError } from 'csv-parse';
import { parse } from 'csv-parse/sync';
import { limits } from '../limits.ts';

export type CsvSeparator = ',' | ';' | '\t';

export type CsvRecord =
  | { readonly kind: 'cells'; readonly line: number; readonly cells: readonly string[] }
  | { readonly kind: 'broken'; readonly line: number; readonly reason: 'broken-quotes' | 'too-long' };

/** Lines with their ends, in batches; a line that is too long comes cut, with its head only. */
export async function* readLines(texts: AsyncIterable<string>): AsyncGenerator<string[]> {
  let rest = '';
  for await (const text of texts) {
    const { lines, tail } = cutLines(rest + text);
    // Twice the limit keeps the mark "too long" visible while the tail of such a line is thrown away.
    rest = tail.length > 2 * limits.directory.recordCharacters ? headOf(tail) : tail;
    yield lines;
  }
  if (rest) yield [rest];
}

function cutLines(text: string) {
  const lines: string[] = [];
  let from = 0;
  // A CR at the very end may be half of a CRLF: it waits for what follows.
  for (const { index, 0: lineEnd } of text.matchAll(/\r\n|\n|\r(?!$)/g)) {
    lines.push(text.slice(from, index + lineEnd.length));
    from = index + lineEnd.length;
  }
  return { lines, tail: text.slice(from) };
}

function headOf(tail: string) {
  return tail.slice(0, limits.directory.recordCharacters + 1) + (tail.endsWith('\r') ? '\r' : '');
}

type Line = { readonly number: number; readonly text: string };

export type RecordCutter = {
  /** The records that end with this line; none while a quote is open. */
  readonly take: (text: string) => CsvRecord[];
  /** What is left at the end of the file. */
  readonly end: () => CsvRecord[];
};

/**
 * `firstLine`: number of the first line to come. `columns`: cells of the header; a record over several lines with
 * another number of cells is taken for a quote gone astray. Quotes and separators are csv-parse's work.
 */
export function createRecordCutter(
  separator: CsvSeparator,
  columns: number | undefined,
  firstLine: number,
): RecordCutter {
  let number = firstLine;
  /** Lines of the record that is still open. */
  let held: Line[] = [];
  /** Lines to read (again), before any new one. */
  let again: Line[] = [];

  const takeLine = (line: Line): CsvRecord | undefined => {
    held.push(line);
    const length = held.reduce((sum, { text }) => sum + text.length, 0);
    if (length > limits.directory.recordCharacters) return giveUp(held.length === 1 ? 'too-long' : undefined);
    const isTooMany = held.length > limits.directory.recordLines;
    if (held.length > 1 && !isTooMany && !line.text.includes('"')) return undefined;
    const cells = isTooMany ? 'broken' : parseRecord(held.map(({ text }) => text).join(''), separator);
    if (cells === 'open') return undefined;
    const isAstray = held.length > 1 && columns !== undefined && cells.length !== columns;
    if (cells === 'broken' || isAstray) return giveUp();
    const start = held[0]?.number ?? line.number;
    held = [];
    return { kind: 'cells', line: start, cells };
  };
  const giveUp = (reason: 'broken-quotes' | 'too-long' = 'broken-quotes'): CsvRecord => {
    const [first, ...others] = held;
    held = [];
    again = [...others, ...again];
    return { kind: 'broken', line: first?.number ?? number, reason };
  };
  const run = (): CsvRecord[] => {
    const records: CsvRecord[] = [];
    for (let line = again.shift(); line; line = again.shift()) {
      const record = takeLine(line);
      if (record) records.push(record);
    }
    return records;
  };
  return {
    take: text => {
      again.push({ number: number++, text });
      return run();
    },
    end: () => {
      const records: CsvRecord[] = [];
      while (held.length > 0) records.push(giveUp(), ...run());
      return records;
    },
  };
}

/** One record; `open` when a quote is not closed yet, `broken` when more lines would not help. */
function parseRecord(text: string, separator: CsvSeparator): readonly string[] | 'open' | 'broken' {
  try {
    const records = parse(text, { delimiter: separator, record_delimiter: ['\r\n', '\n', '\r'] });
    return records.length === 1 ? (records[0] as string[]) : records.length === 0 ? [''] : 'broken';
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return error.code === 'CSV_QUOTE_NOT_CLOSED' ? 'open' : 'broken';
  }
}

/** The separator that cuts the header into most columns; quoted text does not count. `,` when there is one column. */
export function sniffSeparator(header: string): CsvSeparator {
  const bare = header.replace(/"(?:[^"]|"")*"/g, '');
  const count = (separator: CsvSeparator) => bare.split(separator).length;
  return ([',', ';', '\t'] as const).reduce((best, next) => (count(next) > count(best) ? next : best));
}
