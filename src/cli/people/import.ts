/** `signet people import`: people of a CSV file, for a tenant that has no directory to take them from. */
import { syncDirectory } from '../../app/directory.ts';
import { remedy } from '../../bundle/suggest.ts';
import { systemClock } from '../../clock.ts';
import { createContentTools } from '../../content/content.ts';
import { type CsvSource, csvDefaults } from '../../directory/csv.ts';
import type { CsvColumns } from '../../directory/csv-columns.ts';
import { createLog } from '../../log.ts';
import { personFields } from '../../signature/person.ts';
import { startWorker } from '../../start-worker.ts';
import { CommandFailure, exitCodes, readWords, type Terminal, usageFailure, write } from '../command.ts';
import { syncReport } from '../sync/report.ts';
import { chooseTenant, withStore } from '../with-store.ts';

const options = {
  tenant: { type: 'string' },
  column: { type: 'string', multiple: true, default: [] as string[] },
  encoding: { type: 'string' },
  separator: { type: 'string' },
  accept: { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

export async function importPeople(words: readonly string[], terminal: Terminal): Promise<void> {
  const { values, positionals } = readWords('people', words, { options, allowPositionals: true });
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) throw usageFailure('people', 'import takes one FILE');
  const source: CsvSource = {
    ...csvDefaults,
    file,
    columns: readColumns(values.column),
    encoding: oneOf('encoding', values.encoding, ['auto', 'utf-8', 'utf-16le', 'utf-16be', 'windows-1252']),
    separator: readSeparator(values.separator),
  };
  const access = values['dry-run'] ? 'read' : 'change';
  const report = await withStore(terminal, access, async ({ store }) => {
    const { id, name } = chooseTenant(await store.tenants.listTenants(), values.tenant);
    if ((await store.tenants.findTenant(id))?.directory !== undefined)
      throw new CommandFailure(
        'SIGNET_DIRECTORY_SETTINGS',
        `tenant "${name}" takes its people from its directory: change them there, or remove its key directory from the bundle.`,
      );
    const { fit } = createContentTools(startWorker);
    const result = await syncDirectory(
      { store, clock: systemClock, log: createLog('fatal'), fit },
      {
        tenantId: id,
        directory: { source, password: {}, everyMinutes: 0 },
        signal: new AbortController().signal,
        acceptOnce: values.accept,
        isRehearsal: values['dry-run'],
      },
    );
    if (result.kind === 'failure')
      throw new CommandFailure(result.problem.code, result.problem.sentence, exitCodes.failure);
    return values.json ? `${JSON.stringify(result)}\n` : syncReport(result);
  });
  await write(terminal.output, report);
}

const otherTargets = ['id', 'kind', 'groups', 'manager', 'proxyAddresses'];

/** Several columns of `groups` and `proxyAddresses` add up. */
function readColumns(written: readonly string[]): CsvColumns {
  const columns: Record<string, string[]> = {};
  for (const text of written) {
    const at = text.indexOf('=');
    const [field, column] = [text.slice(0, at), text.slice(at + 1)];
    const known = [...personFields, ...otherTargets];
    if (at < 1) throw usageFailure('people', `--column is "${text}" and must be FIELD=COLUMN`);
    if (!known.includes(field) && !/^custom\.[A-Za-z][A-Za-z0-9_]{0,63}$/.test(field))
      throw usageFailure(
        'people',
        `--column: there is no field "${field}": ${remedy(field, known).replace(/\.$/, '')}`,
      );
    columns[field] = [...(columns[field] ?? []), column];
  }
  return columns as CsvColumns;
}

function oneOf<Word extends string>(
  option: string,
  written: string | undefined,
  known: readonly [Word, ...Word[]],
): Word {
  if (written === undefined) return known[0];
  const found = known.find(word => word === written.toLowerCase());
  if (found !== undefined) return found;
  throw usageFailure('people', `--${option} is "${written}" and must be one of ${known.slice(1).join(', ')}`);
}

function readSeparator(written: string | undefined): CsvSource['separator'] {
  if (written === undefined) return 'auto';
  if (written === ',' || written === ';') return written;
  if (written === 'tab' || written === '\t') return '\t';
  throw usageFailure('people', `--separator is "${written}" and must be "," or ";" or tab`);
}
