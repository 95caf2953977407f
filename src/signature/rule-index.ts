/**
 * The enabled rules, and which of them need to be asked for an audience. A rule that asks only for certain addresses, domains
 * or groups cannot match an audience that has none of them, so it is looked up by these instead of being asked: 1,000
 * recipients of 500 classes would else put 250,000 questions to 500 rules. A rule that stops where it does not match is asked
 * always: what it does is more than match.
 */
import type { Audience } from './audience.ts';
import type { CompiledRule } from './condition.ts';

export type RuleIndex = {
  /** As configured. */
  readonly rules: readonly CompiledRule[];
  readonly enabled: readonly CompiledRule[];
  /** Places among the enabled of all that can match this audience or stop at it, ascending, none twice. */
  readonly placesFor: (audience: Audience) => Iterable<number>;
};

type Places = Map<string, number[]>;
type Lookup = readonly [kind: 'addresses' | 'domains' | 'groups', places: Places];

export function indexRules(rules: readonly CompiledRule[]): RuleIndex {
  const enabled = rules.filter(({ isEnabled }) => isEnabled);
  const always: number[] = [];
  const lookups: readonly Lookup[] = [
    ['addresses', new Map()],
    ['domains', new Map()],
    ['groups', new Map()],
  ];
  for (const [at, { onlyFor, stopsOnNoMatch }] of enabled.entries()) {
    if (!onlyFor || stopsOnNoMatch) always.push(at);
    else for (const [kind, places] of lookups) for (const name of onlyFor[kind].list) add(places, name, at);
  }
  const placesFor = (audience: Audience) => {
    const found = lookups.flatMap(([kind, places]) =>
      audience[kind].list.flatMap(name => places.get(name) ?? []),
    );
    return found.length === 0 ? always : merged(always, ascending(found));
  };
  return { rules, enabled, placesFor };
}

function add(places: Places, name: string, at: number) {
  const known = places.get(name);
  if (known) known.push(at);
  else places.set(name, [at]);
}

function ascending(places: readonly number[]): readonly number[] {
  return [...new Set(places)].sort((one, other) => one - other);
}

/** Both ascend and have nothing in common. */
function* merged(some: readonly number[], others: readonly number[]): Generator<number> {
  let next = 0;
  for (const place of some) {
    for (; next < others.length && (others[next] as number) < place; next++) yield others[next] as number;
    yield place;
  }
  for (; next < others.length; next++) yield others[next] as number;
}
