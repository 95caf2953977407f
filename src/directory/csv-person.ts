/**
 * One record of a CSV file as a person: values trimmed, empty ones absent, lists taken apart. Refuses records without a
 * usable address and those that are no mailbox of this organisation (groups, contacts, guests).
 */
import type { PersonField } from '../signature/person.ts';
import { normalAddress, readProxyAddress } from './address.ts';
import type { ColumnPlan, CsvTarget } from './csv-columns.ts';
import type { Rejection, SourcePerson } from './source.ts';
import { tidy, type Values } from './values.ts';

export type CsvGroup = { readonly id: string; readonly name: string };
export type PersonOrRejection =
  | { readonly kind: 'person'; readonly person: SourcePerson; readonly groups: readonly CsvGroup[] }
  | { readonly kind: 'rejected'; readonly reason: Rejection['reason']; readonly sentence: string };

type Draft = {
  fields: Partial<Record<PersonField, string>>;
  custom: Record<string, string>;
  id: string;
  kind: string;
  manager: string;
  proxies: string[];
  groups: string[];
};

/** `cells` and `plan.targets` belong together by position. */
export function readPerson(cells: readonly string[], plan: ColumnPlan, values: Values): PersonOrRejection {
  const draft = readCells(cells, plan, values);
  const kind = kindOf(draft.kind);
  if (kind === undefined)
    return rejected('not-a-person', `"${draft.kind}" is no mailbox of this organisation.`);
  const proxies = draft.proxies.flatMap(text => readProxyAddress(text) ?? []);
  const written = addressText(draft, plan) ?? proxies.find(({ isPrimary }) => isPrimary)?.address;
  if (written === undefined) return rejected('no-address', 'The line has no mail address.');
  const address = normalAddress(written.replace(/^smtp:/i, ''));
  if (address === undefined) return rejected('bad-address', `"${written.slice(0, 100)}" is no mail address.`);
  const groups = draft.groups.map(name => ({ id: groupId(name), name: values.share(name) }));
  const person: SourcePerson = {
    id: draft.id || address,
    kind,
    address,
    aliases: aliasesOf(proxies, address),
    fields: { ...draft.fields, email: draft.fields.email ?? address },
    custom: draft.custom,
    memberOf: groups.map(({ id }) => values.share(id)),
    ...(draft.manager && { manager: draft.manager }),
  };
  return { kind: 'person', person, groups };
}

function readCells(cells: readonly string[], plan: ColumnPlan, values: Values): Draft {
  const draft: Draft = { fields: {}, custom: {}, id: '', kind: '', manager: '', proxies: [], groups: [] };
  for (let at = 0; at < plan.targets.length; at++) {
    const target = plan.targets[at];
    if (target !== undefined) readCell(draft, target, cells[at] ?? '', values);
  }
  return draft;
}

function readCell(draft: Draft, target: CsvTarget, cell: string, values: Values) {
  if (target === 'groups') draft.groups.push(...splitList(cell).map(groupName));
  else if (target === 'proxyAddresses') draft.proxies.push(...splitProxies(cell));
  else {
    const value = tidy(unguarded(cell));
    if (value === '') return;
    if (target === 'id' || target === 'kind' || target === 'manager') draft[target] = value;
    else if (target.startsWith('custom.')) draft.custom[target.slice('custom.'.length)] = values.share(value);
    else draft.fields[target as PersonField] = values.share(value);
  }
}

/** An export puts an apostrophe before what a spreadsheet would take for a formula: `'+49 30 1234`. */
function unguarded(cell: string) {
  return /^'[=+\-@\uff0b\uff0d\uff1d\uff20]/.test(cell) ? cell.slice(1) : cell;
}

function addressText({ fields, proxies }: Draft, plan: ColumnPlan) {
  if (fields.email) return fields.email;
  return plan.isAddressFromName && proxies.length === 0 ? fields.userPrincipalName : undefined;
}

function aliasesOf(proxies: readonly { readonly address: string }[], address: string) {
  return [...new Set(proxies.map(proxy => proxy.address))].filter(alias => alias !== address);
}

/** `Sales; Berlin | sales@firm.example`, also over several lines. A comma may be part of a group's name. */
function splitList(cell: string) {
  return cell.split(/[;|\r\n]/).flatMap(part => tidy(part) || []);
}

/** The admin center joins with `+`, Exchange with blanks or commas, people with semicolons; `+` also stands in tags. */
function splitProxies(cell: string) {
  return cell.split(/[;|,\s]+|\+(?=[a-z0-9]+:)/i).filter(part => part !== '');
}

/** A distinguished name, as `memberOf` has it, is known by its first part. */
function groupName(text: string) {
  return /^cn=((?:[^,\\]|\\.)+),/i.exec(text)?.[1]?.replace(/\\(.)/g, '$1') ?? text;
}

/** Two spellings of a group's name in one file are the same group. */
export function groupId(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

const sharedWords = /^(?:shared(?:mailbox)?|freigegeben(?:espostfach)?|true|yes|y|1|x|ja|j|wahr)$/;
const foreignWords =
  /group|gruppe|contact|kontakt|guest|gast|mailuser|discoverymailbox|computer|organizationalunit|publicfolder/;

/** Undefined for what does not send as a mailbox. Any other word, `Member` or `UserMailbox`, is a user. */
function kindOf(text: string): SourcePerson['kind'] | undefined {
  const word = text.toLowerCase().replace(/[\s-]/g, '');
  if (sharedWords.test(word)) return 'shared';
  return foreignWords.test(word) ? undefined : 'user';
}

function rejected(reason: Rejection['reason'], sentence: string): PersonOrRejection {
  return { kind: 'rejected', reason, sentence };
}
