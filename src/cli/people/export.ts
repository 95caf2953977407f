/** `signet people export`: everybody as a CSV file that `import` reads, in two passes of pages: names first, then lines. */
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { normalAddress } from '../../directory/address.ts';
import { csvLine } from '../../directory/completeness.ts';
import { systemReason } from '../../problem.ts';
import { type Person, type PersonField, personFields } from '../../signature/person.ts';
import { isBundleId } from '../../store/configuration-people.ts';
import type { People } from '../../store/people.ts';
import { CommandFailure, exitCodes, readWords, type Terminal, usageFailure, write } from '../command.ts';
import { chooseTenant, withStore } from '../with-store.ts';
import { groupNames } from './groups.ts';
import { pages } from './list.ts';

const options = { tenant: { type: 'string' } } as const;

export async function exportPeople(words: readonly string[], terminal: Terminal): Promise<void> {
  const { values, positionals } = readWords('people', words, { options, allowPositionals: true });
  const [file, ...others] = positionals;
  if (others.length > 0) throw usageFailure('people', 'export takes one FILE');
  await withStore(terminal, 'read', async ({ store }) => {
    const { id } = chooseTenant(await store.tenants.listTenants(), values.tenant);
    const lines = csvOf(store.people, id);
    if (file === undefined) for await (const line of lines) await write(terminal.output, line);
    else await writeLines(file, lines);
  });
}

async function writeLines(file: string, lines: AsyncIterable<string>) {
  try {
    const stream = createWriteStream(file, { mode: 0o600 });
    const ended = finished(stream);
    // Awaited below; a file that cannot be opened must not end the process before.
    ended.catch(() => undefined);
    for await (const line of lines) await write(stream, line);
    stream.end();
    await ended;
  } catch (error) {
    throw new CommandFailure(
      'SIGNET_FILE_UNWRITABLE',
      `${file} cannot be written (${systemReason(error)}): name another file.`,
      exitCodes.failure,
    );
  }
}

type Known = {
  readonly groups: ReadonlyMap<string, string>;
  /** Addresses by id, for managers. */
  readonly addresses: ReadonlyMap<string, string>;
  readonly fields: readonly PersonField[];
  readonly custom: readonly string[];
};

const firstColumns = ['email', 'id', 'kind', 'aliases', 'groups', 'manager'];

async function* csvOf(people: People, tenantId: string): AsyncGenerator<string> {
  const known = await look(people, tenantId);
  // The mark tells Excel that this is UTF-8.
  yield `\ufeff${csvLine([...firstColumns, ...known.fields, ...known.custom.map(name => `custom.${name}`)])}`;
  for await (const page of pages(people, tenantId))
    yield page.map(person => csvLine(cellsOf(person, known))).join('');
}

async function look(people: People, tenantId: string): Promise<Known> {
  const addresses = new Map<string, string>();
  const used = new Set<string>();
  const custom = new Set<string>();
  for await (const page of pages(people, tenantId))
    for (const person of page) {
      addresses.set(person.id, person.address);
      for (const name of Object.keys(person.fields)) used.add(name);
      for (const name of Object.keys(person.custom)) custom.add(name);
    }
  return {
    groups: await groupNames(people, tenantId),
    addresses,
    fields: personFields.filter(name => name !== 'email' && used.has(name)),
    custom: [...custom].sort(),
  };
}

function cellsOf({ id, kind, address, aliases, fields, custom, groups, managerId }: Person, known: Known) {
  const written = fields.email ?? '';
  return [
    normalAddress(written) === address ? written : address,
    // Its address is its id, as for a line without one.
    isBundleId(id) ? '' : id,
    kind,
    aliases.join(';'),
    groups.map(group => known.groups.get(group) ?? group).join(';'),
    known.addresses.get(managerId ?? '') ?? '',
    ...known.fields.map(name => fields[name] ?? ''),
    ...known.custom.map(name => custom[name] ?? ''),
  ];
}
