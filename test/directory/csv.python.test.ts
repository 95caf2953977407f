/** CSV against Python's csv module: it writes what we read, and reads what we write. */
import assert from 'node:assert/strict';
import { isAscii, isUtf8 } from 'node:buffer';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { csvLine } from '../../src/directory/completeness.ts';
import { type CsvSeparator, createRecordCutter, readLines } from '../../src/directory/csv-records.ts';
import { detectEncoding, readText } from '../../src/directory/csv-text.ts';
import { chunksOf } from '../support/csv.ts';
import { freshPace } from '../support/people.ts';

const runs = 400;
const hasPython = spawnSync('python3', ['--version']).status === 0;
const skip = hasPython ? false : 'python3 is not installed';

const letters = ['a', 'ü', '€', '"', '""', ',', ';', '\t', '\n', '\r\n', '\r', ' ', '=', "'", 'ÿ', 'Ã¼'];
const cellOf = (more: readonly string[]) =>
  fc.string({ unit: fc.constantFrom(...letters, ...more), maxLength: 8 });

/** Encodings by Python's names; the last two have characters that Windows-1252 lacks. */
const encodings = [
  ['cp1252', []],
  ['utf-8-sig', ['語', '😀']],
  ['utf-8', ['語', '😀']],
  ['utf-16', ['語', '😀']],
  ['utf-16-le', ['語', '😀']],
  ['utf-16-be', ['語', '😀']],
] as const;

type Job = {
  readonly rows: readonly (readonly string[])[];
  readonly separator: CsvSeparator;
  readonly lineEnd: string;
  readonly quoteAll: boolean;
  readonly encoding: string;
};

const job: fc.Arbitrary<Job> = fc
  .constantFrom(...encodings)
  .chain(([encoding, more]) =>
    fc.integer({ min: 2, max: 5 }).chain(width =>
      fc.record({
        // A table starts with names, by which UTF-16 without a mark is recognised.
        rows: fc
          .array(fc.array(cellOf(more), { minLength: width, maxLength: width }), { maxLength: 6 })
          .map(rows => [Array.from({ length: width }, (_, at) => `name${at}`), ...rows]),
        separator: fc.constantFrom<CsvSeparator>(',', ';', '\t'),
        lineEnd: fc.constantFrom('\r\n', '\n'),
        quoteAll: fc.boolean(),
        encoding: fc.constant(encoding),
      }),
    ),
  )
  .map(withQuotes);

/** Python leaves a bare CR unquoted where lines end in LF; to us, as to old Macs, it ends a line. */
function withQuotes(each: Job): Job {
  const hasBare = each.lineEnd === '\n' && each.rows.flat().some(cell => cell.includes('\r'));
  return { ...each, quoteAll: each.quoteAll || hasBare };
}

function askPython(work: { readonly write: readonly Job[]; readonly read: readonly string[] }) {
  const script = new URL('../support/csv_oracle.py', import.meta.url).pathname;
  const options = { input: JSON.stringify(work), encoding: 'utf8', maxBuffer: 2 ** 27 } as const;
  const { stdout, stderr, status } = spawnSync('python3', [script], options);
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as { readonly written: string[]; readonly read: string[][][] };
}

async function recordsOf(bytes: Uint8Array, { separator, rows }: Job, chunkSize: number) {
  const open = () => chunksOf(bytes, chunkSize);
  const cutter = createRecordCutter(separator, rows[0]?.length, 1);
  const records = [];
  for await (const lines of readLines(readText(open, await detectEncoding(open, freshPace()))))
    for (const line of lines) records.push(...cutter.take(line));
  return [...records, ...cutter.end()];
}

test('what Python writes in any encoding is read cell by cell, in chunks of any size', { skip }, async t => {
  const jobs = fc.sample(job, { numRuns: runs });
  const { written } = askPython({ write: jobs, read: [] });
  let compared = 0;
  for (const [at, each] of jobs.entries()) {
    const bytes = Buffer.from(written[at] ?? '', 'base64');
    // Text in Windows-1252 that is by chance also UTF-8: no reader can tell.
    if (each.encoding === 'cp1252' && isUtf8(bytes) && !isAscii(bytes)) continue;
    for (const chunkSize of [3, 1 << 16]) {
      const records = await recordsOf(bytes, each, chunkSize);
      const cells = records.map(record => (record.kind === 'cells' ? record.cells : record.reason));
      assert.deepEqual(cells, each.rows, JSON.stringify(each));
    }
    compared++;
  }
  t.diagnostic(`${compared} of ${jobs.length} tables compared`);
  assert.ok(compared > runs / 2);
});

test('what we write is read by Python as it was, but for the apostrophe before formulas', { skip }, () => {
  const row = fc.array(cellOf(['語', '-', '+', '@', 'b']), { minLength: 1, maxLength: 5 });
  const tables = fc.sample(fc.array(row, { minLength: 1, maxLength: 5 }), { numRuns: runs });
  // A row of one empty cell is an empty line, which csv.reader takes for no row at all.
  const texts = tables.map(rows => rows.map(csvLine).join(''));
  const { read } = askPython({ write: [], read: texts });
  const wanted = tables.map(rows =>
    rows.map(cells => (cells.length === 1 && cells[0] === '' ? [] : cells.map(asText))),
  );
  assert.deepEqual(read, wanted);
});

function asText(cell: string) {
  return ['=', '+', '-', '@', '\t', '\r', '\n'].some(start => cell.startsWith(start)) ? `'${cell}` : cell;
}
