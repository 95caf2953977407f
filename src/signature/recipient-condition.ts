/**
 * Recipients of a rule: anyone, or any of internal only, external, groups, addresses and domains, minus exceptions
 * (PRODUCT.md 5). Asked of an audience: external, group, address and domain hold when any of its recipients meets
 * them, internal when all do, an exception when any does. To an audience of one all of that is the same.
 */
import { type Audience, type Mentioned, mentionedBy } from './audience.ts';
import { alternatives, type Condition, meets, type Names } from './condition.ts';
import type { Dimension, RecipientEntry } from './rule.ts';

export function recipientConditions(
  { include, except }: Dimension<RecipientEntry>,
  names: Names,
): Condition<Audience>[] {
  const conditions: Condition<Audience>[] = [];
  if (include.length > 0) {
    conditions.push({
      describe: () => alternatives(include.map(entry => clause(entry, names))),
      holds: compileEntries(include, isAllInternal),
      saw: audience => sawRecipients(audience, names),
    });
  }
  if (except.length > 0) {
    const isAny = compileEntries(except, isAnyInternal);
    conditions.push({
      describe: () => `not: ${alternatives(except.map(entry => exceptClause(entry, names)))}`,
      holds: audience => !isAny(audience),
      saw: audience => sawRecipients(audience, names),
    });
  }
  return conditions;
}

/** The traits of which an audience must have one to match; undefined when the entries ask for anything else. */
export function onlyFor({ include }: Dimension<RecipientEntry>): Mentioned | undefined {
  const isNamed = ({ kind }: RecipientEntry) => kind === 'address' || kind === 'domain' || kind === 'group';
  return include.length > 0 && include.every(isNamed) ? mentionedBy(include) : undefined;
}

function isAllInternal({ external }: Audience) {
  return external === 0;
}

function isAnyInternal({ external, recipients }: Audience) {
  return external < recipients.length;
}

function compileEntries(
  entries: readonly RecipientEntry[],
  isInternal: (audience: Audience) => boolean,
): (audience: Audience) => boolean {
  const wantsInternal = entries.some(({ kind }) => kind === 'internal');
  const wantsExternal = entries.some(({ kind }) => kind === 'external');
  const { addresses, domains, groups } = mentionedBy(entries);
  return audience =>
    (wantsExternal && audience.external > 0) ||
    (wantsInternal && isInternal(audience)) ||
    meets(domains, audience.domains) ||
    meets(addresses, audience.addresses) ||
    meets(groups, audience.groups);
}

function clause(entry: RecipientEntry, names: Names) {
  if (entry.kind === 'internal') return 'all recipients are internal';
  return exceptClause(entry, names);
}

function exceptClause(entry: RecipientEntry, names: Names) {
  switch (entry.kind) {
    case 'internal':
      return 'a recipient is internal';
    case 'external':
      return 'a recipient is external';
    case 'address':
      return `a recipient is ${entry.address}`;
    case 'group':
      return `a recipient is in ${names.group(entry.id) ?? entry.id}`;
    case 'domain':
      return `a recipient is at @${entry.domain}`;
  }
}

const mostShown = 3;

function sawRecipients({ recipients, external, groups }: Audience, names: Names) {
  const [first = 'nobody'] = recipients;
  const groupNames = groups.list.map(id => names.group(id) ?? id);
  const inGroups = groupNames.length > 0 ? `, in ${alternatives(groupNames, 'and')}` : '';
  if (recipients.length < 2) return `${first}, ${external > 0 ? 'external' : 'internal'}${inGroups}`;
  const shown = recipients.slice(0, mostShown);
  const more = recipients.length > mostShown ? [`${recipients.length - mostShown} more`] : [];
  return `${alternatives([...shown, ...more], 'and')}: ${external} of ${recipients.length} external${inGroups}`;
}
