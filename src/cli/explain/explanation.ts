/** A plan as plain data for people and programs: what `--json` prints and the table shows. */
import type { RelayTenant } from '../../relay/message.ts';
import { createLocalTime } from '../../signature/local-time.ts';
import type { Rule } from '../../signature/rule.ts';
import type { Plan, PlannedVariant, RuleTrace, SigningTenant } from '../../signature/tenant.ts';
import type { ReadSituation } from './situation.ts';

export type ExplainedTenant = Pick<RelayTenant, 'id' | 'name' | 'mode'> & {
  readonly signing: SigningTenant;
  readonly rules: readonly Pick<Rule, 'id' | 'name'>[];
  /** Secrets without which nothing is signed, whatever mode was chosen. */
  readonly lacking?: readonly string[];
};

export type Explanation = {
  readonly tenant: { readonly id: string; readonly name: string; readonly mode: RelayTenant['mode'] };
  /** Secrets that the tenant needs and does not have: its mode is `off` until they are there. */
  readonly lacking: readonly string[];
  readonly delivery: 'one-for-all' | 'per-recipient';
  /** UTC, ISO 8601. */
  readonly at: string;
  /** The same by the tenant's clock: `2026-12-24 18:30 Europe/Berlin`. */
  readonly localTime: string;
  readonly from: string | null;
  /** `id` and name of the person whose signature it is; null for a sender whom the directory does not know. */
  readonly person: { readonly id: string; readonly name: string } | null;
  readonly form: 'new' | 'reply';
  /** Why the message passes untouched, whatever the rules say. */
  readonly untouched: string | null;
  /** Why nobody gets what the rules gave. */
  readonly withheld: string | null;
  readonly variants: readonly ExplainedVariant[];
};

export type ExplainedVariant = {
  readonly recipients: readonly string[];
  readonly signatures: readonly string[];
  /** Names. */
  readonly rules: readonly string[];
  /** Several when different ways through the rules led to the same signatures. */
  readonly decisions: readonly {
    readonly recipients: readonly string[];
    readonly rules: readonly (RuleTrace & { readonly name: string })[];
  }[];
};

export function explainPlan(tenant: ExplainedTenant, situation: ReadSituation): Explanation {
  const { id, name, mode, signing } = tenant;
  const plan = signing.plan(situation);
  const names = new Map(tenant.rules.map(rule => [rule.id, rule.name]));
  return {
    tenant: { id, name, mode },
    lacking: tenant.lacking ?? [],
    delivery: signing.preferences.delivery,
    at: new Date(situation.now).toISOString(),
    localTime: localTime(situation.now, signing.preferences.timeZone),
    from: situation.facts.from?.address ?? null,
    person: personOf(plan, signing),
    form: situation.facts.isReply ? 'reply' : 'new',
    untouched: situation.untouched ?? null,
    withheld: plan.withheld ?? null,
    variants: plan.variants.map(variant => explainVariant(variant, names)),
  };
}

function personOf({ personId }: Plan, { people }: SigningTenant) {
  if (personId === undefined) return null;
  const person = people.byId(personId);
  return { id: personId, name: person?.fields.displayName ?? person?.address ?? personId };
}

function localTime(now: number, timeZone: string) {
  const { date, minutes } = createLocalTime(timeZone).at(now);
  const clock = [Math.floor(minutes / 60), minutes % 60].map(part => `${part}`.padStart(2, '0')).join(':');
  return `${date} ${clock} ${timeZone}`;
}

function explainVariant(variant: PlannedVariant, names: ReadonlyMap<string, string>): ExplainedVariant {
  const nameOf = (id: string) => names.get(id) ?? id;
  const ways = new Map<string, { recipients: string[]; rules: readonly RuleTrace[] }>();
  for (const recipient of variant.recipients) {
    const rules = variant.trace(recipient);
    const way = JSON.stringify(
      rules.map(({ outcome, conditions }) => [outcome, conditions.map(({ met }) => met)]),
    );
    const same = ways.get(way);
    if (same) same.recipients.push(recipient);
    else ways.set(way, { recipients: [recipient], rules });
  }
  return {
    recipients: variant.recipients,
    signatures: variant.signatures,
    rules: variant.rules.map(nameOf),
    decisions: [...ways.values()].map(({ recipients, rules }) => ({
      recipients,
      rules: rules.map(trace => ({ ...trace, name: nameOf(trace.rule) })),
    })),
  };
}
