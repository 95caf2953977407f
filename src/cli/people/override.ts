/** `signet people set` and `clear`: a local value in the place of the directory's, until a time or for good. */
import { serverTimeZone } from '../../app/time-zone.ts';
import { remedy } from '../../bundle/suggest.ts';
import { personFields } from '../../signature/person.ts';
import { readWords, type Terminal, usageFailure, write } from '../command.ts';
import { readMoment } from '../explain/situation.ts';
import { chooseTenant, withStore } from '../with-store.ts';
import { findPerson } from './find.ts';

/** Who shows as the author: the command line does not ask who types. */
const author = 'command line';

const setOptions = { tenant: { type: 'string' }, until: { type: 'string' } } as const;

export async function setOverride(words: readonly string[], terminal: Terminal): Promise<void> {
  const { values, positionals } = readWords('people', words, { options: setOptions, allowPositionals: true });
  const [address, field, value, ...others] = positionals;
  if (address === undefined || field === undefined || value === undefined || others.length > 0)
    throw usageFailure('people', 'set takes ADDRESS FIELD VALUE');
  checkField(field);
  await withStore(terminal, 'change', async ({ store: { tenants, people } }) => {
    const { id, preferences } = chooseTenant(await tenants.listTenants(), values.tenant);
    const person = await findPerson(people, id, address);
    const until =
      values.until === undefined
        ? undefined
        : readMoment(values.until, preferences.timeZone ?? serverTimeZone(), 'people', 'until');
    if (until !== undefined && until <= Date.now())
      throw usageFailure('people', `--until is "${values.until}", which is over`);
    await people.saveOverride(id, {
      personId: person.id,
      attribute: field,
      value,
      ...(until === undefined ? {} : { until }),
      changedBy: author,
    });
    const end = until === undefined ? 'for good' : `until ${new Date(until).toISOString()}`;
    await write(terminal.output, `${person.address}: ${field} is ${JSON.stringify(value)} ${end}.\n`);
  });
}

const clearOptions = { tenant: { type: 'string' } } as const;

export async function clearOverride(words: readonly string[], terminal: Terminal): Promise<void> {
  const { values, positionals } = readWords('people', words, {
    options: clearOptions,
    allowPositionals: true,
  });
  const [address, field, ...others] = positionals;
  if (address === undefined || field === undefined || others.length > 0)
    throw usageFailure('people', 'clear takes ADDRESS FIELD');
  await withStore(terminal, 'change', async ({ store: { tenants, people } }) => {
    const { id } = chooseTenant(await tenants.listTenants(), values.tenant);
    const person = await findPerson(people, id, address);
    const overrides = await people.listOverrides(id);
    if (!overrides.some(one => one.personId === person.id && one.attribute === field))
      throw usageFailure('people', `${person.address} has no local value of ${field}`);
    await people.removeOverride(id, person.id, field);
    await write(terminal.output, `${person.address}: ${field} is the directory's again.\n`);
  });
}

function checkField(field: string) {
  if (personFields.some(name => name === field) || /^custom\.[\p{L}_][\p{L}\p{N}_-]*$/u.test(field)) return;
  const known = [...personFields, 'custom.NAME'];
  throw usageFailure('people', `there is no field "${field}": ${remedy(field, known).replace(/\.$/, '')}`);
}
