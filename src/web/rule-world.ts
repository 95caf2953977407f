/** The rules of a tenant with the names that their sentences and warnings need. */
import { lintRules } from '../signature/lint.ts';
import { defaultPreferences } from '../signature/preferences.ts';
import type { Rule } from '../signature/rule.ts';
import { sentenceOf } from '../signature/sentence.ts';
import type { People, PeopleCursor } from '../store/people.ts';
import type { StoredRule } from '../store/rules.ts';
import type { Heading } from '../store/signatures.ts';
import type { StoredTenant } from '../store/tenants.ts';
import type { WebNeeds } from './needs.ts';

export type RuleWorld = {
  readonly tenant: StoredTenant;
  readonly timeZone: string;
  readonly rules: readonly StoredRule[];
  readonly signatures: readonly Heading[];
  /** By id; a name that two groups have is not here. */
  readonly groups: ReadonlyMap<string, string>;
};

type WorldNeeds = Pick<WebNeeds, 'store' | 'timeZone'>;

export async function readRuleWorld(
  { store, timeZone }: WorldNeeds,
  tenant: StoredTenant,
): Promise<RuleWorld> {
  const [rules, signatures] = await Promise.all([
    store.rules.listRules(tenant.id),
    store.signatures.list(tenant.id),
  ]);
  const usesGroups = rules.some(({ rule }) => groupsOf(rule).length > 0);
  const groups = usesGroups ? await groupNames(store.people, tenant.id) : new Map<string, string>();
  return { tenant, timeZone: tenant.preferences.timeZone ?? timeZone, rules, signatures, groups };
}

function groupsOf({ senders, recipients }: Rule) {
  return [...senders.include, ...senders.except, ...recipients.include, ...recipients.except].filter(
    ({ kind }) => kind === 'group',
  );
}

const groupPage = 500;

/** Names by id, and each name by itself: rules may say either. */
export async function groupNames(
  { listGroups }: Pick<People, 'listGroups'>,
  tenantId: string,
): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  let after: PeopleCursor | undefined;
  do {
    const page = await listGroups(tenantId, { size: groupPage, ...(after && { after }) });
    for (const { id, name } of page.groups) names.set(id, name).set(name, name);
    after = page.next;
  } while (after);
  return names;
}

export function sentenceIn({ groups }: RuleWorld, rule: Rule): string {
  return sentenceOf(rule, { group: id => groups.get(id), person: () => undefined });
}

/** The warnings of each rule. Who is in the directory is not asked: it would be a search for every address. */
export function warningsIn(world: RuleWorld, rules = world.rules.map(({ rule }) => rule)) {
  const { tenant, timeZone, groups, signatures } = world;
  const published = new Set(
    signatures.filter(({ publishedVersion }) => publishedVersion !== undefined).map(({ name }) => name),
  );
  const found = lintRules(rules, {
    domains: tenant.domains,
    preferences: { ...defaultPreferences, ...tenant.preferences, timeZone },
    groupName: id => groups.get(id),
    isPerson: () => true,
    isSignature: name => published.has(name),
  });
  const byRule = Map.groupBy(found, ({ rule }) => rule);
  return (id: string) => (byRule.get(id) ?? []).map(({ sentence }) => sentence);
}
