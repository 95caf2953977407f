/** `signet people completeness`: for each value that published signatures use, who lacks it. Local values count. */
import { readPopulation } from '../../app/stored-tenant.ts';
import { systemClock } from '../../clock.ts';
import { createContentTools } from '../../content/content.ts';
import {
  type Crowd,
  countGaps,
  gapsAsCsv,
  listLacking,
  type UsedValue,
} from '../../directory/completeness.ts';
import { createPace } from '../../directory/pace.ts';
import { crowdOf } from '../../snapshot/population.ts';
import { createCompiler } from '../../snapshot/signature.ts';
import { usedValues } from '../../snapshot/used-values.ts';
import { startWorker } from '../../start-worker.ts';
import { readWords, type Terminal, usageFailure, write } from '../command.ts';
import { padded, printable } from '../explain/terminal-text.ts';
import { chooseTenant, withStore } from '../with-store.ts';

const options = {
  tenant: { type: 'string' },
  value: { type: 'string' },
  csv: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

export async function showCompleteness(words: readonly string[], terminal: Terminal): Promise<void> {
  const { values } = readWords('people', words, { options });
  const { tenant, value, csv, json } = values;
  if (csv && (json || value !== undefined)) throw usageFailure('people', '--csv stands alone');
  await withStore(terminal, 'read', async ({ store }) => {
    const { id, name } = chooseTenant(await store.tenants.listTenants(), tenant);
    const configuration = await store.configurations.readConfiguration(id);
    const compiler = createCompiler(createContentTools(startWorker));
    const used = configuration ? usedValues(configuration.tenant, compiler) : [];
    const board = { tenant: name, crowd: crowdOf(await readPopulation(store, id, systemClock)), used };
    if (csv) {
      for await (const line of gapsAsCsv(board.crowd, used, createPace(systemClock.elapsed)))
        await write(terminal.output, line);
      return;
    }
    await write(
      terminal.output,
      value === undefined ? await all(board, json) : await one(board, value, json),
    );
  });
}

type Board = { readonly tenant: string; readonly crowd: Crowd; readonly used: readonly UsedValue[] };

async function all({ tenant, crowd, used }: Board, asJson: boolean) {
  const gaps = await countGaps(crowd, used, createPace(systemClock.elapsed));
  if (asJson) return `${JSON.stringify({ tenant, values: gaps })}\n`;
  if (gaps.length === 0) return 'No published signature uses values of people.\n';
  return gaps
    .map(({ value, have, lack }) => `${padded(value, 40)} ${lack} of ${have + lack} lack it\n`)
    .join('');
}

async function one({ tenant, crowd, used }: Board, asked: string, asJson: boolean) {
  const value = used.find(candidate => candidate === asked);
  if (value === undefined)
    throw usageFailure('people', `no published signature uses ${asked}, but these: ${used.join(', ')}`);
  const everybody = { offset: 0, size: Number.MAX_SAFE_INTEGER };
  const { people } = await listLacking(crowd, value, everybody, createPace(systemClock.elapsed));
  const lacking = people
    .map(({ address, fields: { displayName } }) => ({ address, name: displayName ?? '' }))
    .sort((a, b) => (a.address < b.address ? -1 : 1));
  if (asJson) return `${JSON.stringify({ tenant, value, lacking })}\n`;
  return lacking
    .map(({ address, name }) => `${padded(address, 40)} ${printable(name)}`.trimEnd().concat('\n'))
    .join('');
}
