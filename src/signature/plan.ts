/**
 * A tenant that signs: its rules compiled once, and the plan made for each message: decide -> variants -> render.
 * Immutable; a changed configuration is a new one. `people` may be replaced in place: nothing of it is kept.
 */
import { asciiDomain } from '../mail/address.ts';
import type { Section } from '../mail/report.ts';
import { createAudienceReader, mentionedBy } from './audience.ts';
import { type Names, type Seen, traits } from './condition.ts';
import { compileRule, createDecider } from './decide.ts';
import { createLocalTime, type LocalTime } from './local-time.ts';
import type { Group, People } from './person.ts';
import type { RenderContext } from './render-context.ts';
import type { Rule } from './rule.ts';
import { indexRules, type RuleIndex } from './rule-index.ts';
import { readSenders, type Senders } from './sender.ts';
import { fieldReader } from './sender-condition.ts';
import type { Needs, Plan, PlannedVariant, Preferences, SigningTenant, Situation } from './tenant.ts';
import { type DecidedVariant, decideVariants } from './variants.ts';
import { foldText } from './word-search.ts';

export type SigningConfiguration<Compiled> = {
  /** Accepted domains. */
  readonly domains: readonly string[];
  readonly preferences: Preferences;
  readonly people: People;
  /** For the names in traces. */
  readonly groups?: readonly Group[];
  readonly rules: readonly Rule[];
  /** By name, as rules refer to them; a name that is missing here adds nothing. */
  readonly signatures: ReadonlyMap<string, Compiled>;
  readonly render: (signature: Compiled, form: 'new' | 'reply', context: RenderContext) => readonly Section[];
  readonly tenant: RenderContext['tenant'];
  readonly photo?: RenderContext['photo'];
  readonly qr?: RenderContext['qr'];
  /**
   * Asked only with the preference `holdBackBeyondLicence`: whether this one (`Plan.seatKey`) may get a signature in
   * the month of `now`. Without it everyone may.
   */
  readonly mayBeSigned?: (seatKey: string, now: number) => boolean;
};

type Compilation<Compiled> = {
  readonly configuration: SigningConfiguration<Compiled>;
  readonly rules: RuleIndex;
  readonly localTime: LocalTime;
  readonly audiences: ReturnType<typeof createAudienceReader>;
};

/** Throws a RangeError for a time zone, date or hour that is none: the bundle and the forms check them before. */
export function createSigningTenant<Compiled>(configuration: SigningConfiguration<Compiled>): SigningTenant {
  const { preferences, people, rules } = configuration;
  const domains = configuration.domains.map(asciiDomain);
  const localTime = createLocalTime(preferences.timeZone);
  const names = namesFrom(configuration.groups);
  const compilation: Compilation<Compiled> = {
    configuration,
    localTime,
    rules: indexRules(rules.map(rule => compileRule(rule, { localTime, names }))),
    audiences: createAudienceReader({
      people,
      mentioned: mentionedBy(
        rules.flatMap(({ recipients }) => [...recipients.include, ...recipients.except]),
      ),
      internalDomains: new Set([...domains, ...preferences.extraInternalDomains.map(asciiDomain)]),
    }),
  };
  return {
    domains,
    preferences,
    people,
    needs: needsOf(rules),
    plan: situation => makePlan(compilation, situation),
  };
}

function namesFrom(groups: readonly Group[] = []): Names {
  const byId = new Map(groups.map(({ id, name }) => [id, name]));
  return { group: id => byId.get(id) };
}

function needsOf(rules: readonly Rule[]): Needs {
  const enabled = rules.filter(rule => rule.enabled);
  return {
    isMarkedBefore: enabled.some(({ message }) => message.conversation === 'first'),
    newText: enabled.some(({ message }) => message.textWords.length > 0),
  };
}

function makePlan<Compiled>(compilation: Compilation<Compiled>, situation: Situation): Plan {
  const { rules, audiences, configuration, localTime } = compilation;
  const { people, preferences } = configuration;
  const senders = readSenders(situation.facts, people, preferences.identity);
  const decider = createDecider(rules, see(situation, senders, localTime));
  const delivery = situation.delivery ?? preferences.delivery;
  const decided = decideVariants(situation.recipients, decider, audiences, delivery);
  const withheld = whyWithheld(configuration, senders, situation.now);
  const render = withheld ? renderNothing : createRenderer(configuration, senders, situation);
  return {
    personId: senders.identity.isKnown ? senders.identity.person.id : undefined,
    seatKey: senders.identity.seatKey,
    ...(withheld && { withheld }),
    variants: decided.map(variant => ({
      recipients: variant.recipients,
      rules: variant.rules,
      ...render(variant),
      trace: recipient => {
        const audience = variant.audienceOf(recipient);
        return audience ? decider.trace(audience) : [];
      },
    })),
  };
}

/** The rules are asked all the same: an administrator wants to see what they would have given. */
function whyWithheld<Compiled>(
  { preferences, mayBeSigned }: SigningConfiguration<Compiled>,
  { identity }: Senders,
  now: number,
): Plan['withheld'] {
  if (!identity.isKnown && (preferences.unknownSenders === 'none' || identity.address === ''))
    return 'unknown-sender';
  if (preferences.holdBackBeyondLicence && mayBeSigned && !mayBeSigned(identity.seatKey, now))
    return 'beyond-licence';
  return undefined;
}

type Rendered = Pick<PlannedVariant, 'sections' | 'signatures'>;

function renderNothing(): Rendered {
  return { sections: [], signatures: [] };
}

function createRenderer<Compiled>(
  { signatures, render, people, preferences, tenant, photo, qr }: SigningConfiguration<Compiled>,
  { identity, actual }: Senders,
  { facts, now }: Situation,
): (variant: DecidedVariant) => Rendered {
  const { managerId } = identity.person;
  const context = {
    person: identity.person,
    sender: actual.person,
    manager: managerId === undefined ? undefined : people.byId(managerId),
    tenant,
    message: { subject: facts.subject, date: now },
    timeZone: preferences.timeZone,
    language: preferences.language,
    ...(photo && { photo }),
    ...(qr && { qr }),
  };
  const form = facts.isReply ? 'reply' : 'new';
  return ({ signatures: names, isExternal }) => {
    const images = isExternal ? preferences.imagesExternal : preferences.imagesInternal;
    const given = names.filter(name => signatures.has(name));
    const sections = given.flatMap(name => {
      const signature = signatures.get(name);
      return signature === undefined ? [] : render(signature, form, { ...context, images });
    });
    return { sections, signatures: given };
  };
}

function see({ facts, now }: Situation, { identity }: Senders, localTime: LocalTime): Seen {
  const clock = once(() => localTime.at(now));
  return {
    sender: identity,
    senderGroups: traits(identity.person.groups),
    senderField: fieldReader(identity.person),
    facts,
    now,
    clock,
    // Six hours more than the clock says since midnight: a change of the clock in between does not matter.
    eveningBefore: once(() => localTime.at(now - (clock().minutes + 6 * 60) * 60_000)),
    subject: once(() => foldText(facts.subject)),
    newText: once(() => foldText(facts.newText ?? '')),
  };
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
