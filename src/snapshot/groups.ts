/**
 * Groups in rules: people write names, directories know ids. A group of the rule is every known group that has that id or
 * that name; an unknown one stays as it is written, and nobody is in it.
 */
import type { Group } from '../signature/person.ts';
import type { Dimension, Rule } from '../signature/rule.ts';

export function withGroupIds(rules: readonly Rule[], groups: readonly Group[]): readonly Rule[] {
  const byKey = new Map<string, Set<string>>();
  for (const { id, name } of groups)
    for (const key of [id, name]) byKey.set(key, (byKey.get(key) ?? new Set()).add(id));
  const idsOf = (written: string) => [...(byKey.get(written) ?? [written])];
  return rules.map(rule => ({
    ...rule,
    senders: dimensionWithIds(rule.senders, idsOf),
    recipients: dimensionWithIds(rule.recipients, idsOf),
  }));
}

type Entry = { readonly kind: string } | { readonly kind: 'group'; readonly id: string };

function dimensionWithIds<One extends Entry>(
  { include, except }: Dimension<One>,
  idsOf: (written: string) => readonly string[],
): Dimension<One> {
  const resolve = (entry: One): readonly One[] =>
    entry.kind === 'group' && 'id' in entry ? idsOf(entry.id).map(id => ({ ...entry, id })) : [entry];
  return { include: include.flatMap(resolve), except: except.flatMap(resolve) };
}
