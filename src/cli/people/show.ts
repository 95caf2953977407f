/** `signet people show`: everything of one person, local values marked. */
import { applyOverrides, type Override, type OverrideBadge } from '../../directory/overrides.ts';
import type { Person } from '../../signature/person.ts';
import { isBundleId } from '../../store/configuration-people.ts';
import type { Store } from '../../store/store.ts';
import { readWords, type Terminal, usageFailure, write } from '../command.ts';
import { printable } from '../explain/terminal-text.ts';
import { chooseTenant, withStore } from '../with-store.ts';
import { findPerson } from './find.ts';
import { groupNames } from './groups.ts';

const options = { tenant: { type: 'string' }, json: { type: 'boolean', default: false } } as const;

export async function showPerson(words: readonly string[], terminal: Terminal): Promise<void> {
  const { values, positionals } = readWords('people', words, { options, allowPositionals: true });
  const [address, ...others] = positionals;
  if (address === undefined || others.length > 0) throw usageFailure('people', 'show takes one ADDRESS');
  await withStore(terminal, 'read', async ({ store }) => {
    const { id } = chooseTenant(await store.tenants.listTenants(), values.tenant);
    const shown = await read(store, id, address);
    await write(terminal.output, values.json ? `${JSON.stringify(shown)}\n` : lines(shown));
  });
}

async function read({ people }: Pick<Store, 'people'>, tenantId: string, address: string) {
  const found = await findPerson(people, tenantId, address);
  const overrides = (await people.listOverrides(tenantId)) as readonly Override[];
  const { person, badges } = applyOverrides(found, overrides, Date.now());
  const names = await groupNames(people, tenantId);
  const { photo, managerId, groups, ...rest } = person;
  const manager = managerId === undefined ? undefined : await people.findPerson(tenantId, managerId);
  return {
    ...rest,
    source: isBundleId(person.id) ? 'bundle' : 'directory',
    groups: groups.map(id => names.get(id) ?? id),
    manager: manager ? shortly(manager) : null,
    hasPhoto: photo !== undefined,
    overrides: badges.map(plainBadge),
  };
}

type Shown = Awaited<ReturnType<typeof read>>;

function shortly({ address, fields: { displayName } }: Person) {
  return { address, name: displayName ?? '' };
}

function plainBadge({ attribute, value, until, directoryValue }: OverrideBadge) {
  const end = until === undefined ? null : new Date(until).toISOString();
  return { attribute, value, until: end, directoryValue: directoryValue ?? null };
}

function lines({
  address,
  kind,
  aliases,
  fields,
  custom,
  groups,
  manager,
  hasPhoto,
  source,
  overrides,
}: Shown) {
  const local = new Map(overrides.map(one => [one.attribute as string, one]));
  const value = (attribute: string, text: string): readonly [string, string] => {
    const { until, directoryValue } = local.get(attribute) ?? {};
    const end = until ? ` until ${until}` : '';
    const badge = `  (local${end}; the directory says ${directoryValue ?? 'nothing'})`;
    return [attribute, `${text}${local.has(attribute) ? badge : ''}`];
  };
  const rows: (readonly [string, string])[] = [
    ['address', address],
    ['kind', kind],
    ['source', source],
    ...(aliases.length > 0 ? [['aliases', aliases.join(', ')] as const] : []),
    ...(groups.length > 0 ? [['groups', groups.join(', ')] as const] : []),
    ...(manager ? [['manager', `${manager.address} ${manager.name}`.trim()] as const] : []),
    ['photo', hasPhoto ? 'yes' : 'no'],
    ...Object.entries(fields).map(([name, text = '']) => value(name, text)),
    ...Object.entries(custom).map(([name, text]) => value(`custom.${name}`, text)),
    ...overrides.filter(one => one.value === '').map(({ attribute }) => value(attribute, '')),
  ];
  return rows.map(([name, text]) => `${name.padEnd(20)} ${printable(text)}`.trimEnd().concat('\n')).join('');
}
