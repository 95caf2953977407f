/** `signet people list`: by name, page by page, so that 50,000 take no memory. */
import type { Person } from '../../signature/person.ts';
import type { People, PeopleCursor } from '../../store/people.ts';
import { readWords, type Terminal, usageFailure, write } from '../command.ts';
import { padded, printable } from '../explain/terminal-text.ts';
import { chooseTenant, withStore } from '../with-store.ts';
import { groupNames } from './groups.ts';

const options = {
  tenant: { type: 'string' },
  text: { type: 'string' },
  group: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

export async function listPeople(words: readonly string[], terminal: Terminal): Promise<void> {
  const { values } = readWords('people', words, { options });
  await withStore(terminal, 'read', async ({ store }) => {
    const { id } = chooseTenant(await store.tenants.listTenants(), values.tenant);
    const names = await groupNames(store.people, id);
    const group = values.group === undefined ? undefined : groupOf(names, values.group);
    const asked = {
      ...(values.text === undefined ? {} : { text: values.text }),
      ...(group === undefined ? {} : { group }),
    };
    for await (const page of pages(store.people, id, asked)) {
      const lines = page.map(person => (values.json ? jsonLine(person, names) : line(person)));
      await write(terminal.output, lines.join(''));
    }
  });
}

/** All pages, one after the other. */
export async function* pages(
  { listPeople: list }: Pick<People, 'listPeople'>,
  tenantId: string,
  asked: { readonly text?: string; readonly group?: string } = {},
): AsyncGenerator<readonly Person[]> {
  let after: PeopleCursor | undefined;
  do {
    const page = await list(tenantId, { size: 500, ...asked, ...(after && { after }) });
    yield page.people;
    after = page.next;
  } while (after);
}

function groupOf(names: ReadonlyMap<string, string>, asked: string) {
  const found = [...names].find(
    ([id, name]) => id === asked || name.toLowerCase() === asked.toLowerCase(),
  )?.[0];
  if (found === undefined) throw usageFailure('people', `there is no group "${asked}"`);
  return found;
}

function line({ address, fields: { displayName = '', jobTitle, department } }: Person) {
  const rest = [jobTitle, department].filter(Boolean).join(', ');
  return `${`${padded(printable(address), 40)} ${padded(printable(displayName), 30)} ${printable(rest)}`.trimEnd()}\n`;
}

function jsonLine(person: Person, names: ReadonlyMap<string, string>) {
  const { photo, groups, ...rest } = person;
  const named = groups.map(id => names.get(id) ?? id);
  return `${JSON.stringify({ ...rest, groups: named, hasPhoto: photo !== undefined })}\n`;
}
