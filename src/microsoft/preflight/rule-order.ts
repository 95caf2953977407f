/**
 * PURE. What becomes of the tenant's own rules (exchange-online.md 4.4): mail of Signet's people goes through them twice, before
 * it is routed and when it comes back. What stands before Signet's rule runs in both passes, what stands behind it in the second
 * alone, if Signet's rule stops. In the second pass "the sender is inside" may hold no more.
 */
import type { PreflightLight } from '../mail-flow-types.ts';
import { ownObjects } from '../plan/ownership.ts';
import type { ActualObject } from '../plan/plan-types.ts';
import { isNothing, isTrue } from '../plan/values.ts';
import { strangers } from './others.ts';
import type { Look, PreflightFacts } from './preflight-types.ts';

export type RulePasses = 'before' | 'after' | 'both';

export const ruleOrderLights: Look = facts => {
  const judged = strangers(facts.actual.rules, facts)
    .filter(rule => rule.isEnabled && isEnforced(rule))
    .map(rule => judge(rule, facts));
  const quiet = judged.filter(({ health }) => health === 'well');
  const loud = judged.filter(({ health }) => health !== 'well');
  if (quiet.length <= 3) return judged;
  const names = quiet.slice(0, 10).map(({ name }) => name.replace(/^rule: /, ''));
  const more = quiet.length > names.length ? ` and ${quiet.length - names.length} more` : '';
  const sentence = `${quiet.length} other rules run on signed mail as they do now: ${names.join(', ')}${more}.`;
  return [...loud, { name: 'other-rules', health: 'well', sentence }];
};

/** In which pass a rule runs, by its place; `FromScope` may still keep it from the second. */
export function passesOf({ priority = 0 }: ActualObject, facts: PreflightFacts): RulePasses {
  if (priority < placeOf(facts)) return 'both';
  return facts.settings.stopsOtherRules ? 'after' : 'both';
}

/** Where Signet's routing rule stands, or will stand. */
function placeOf({ actual, settings }: PreflightFacts): number {
  const own = ownObjects(actual, settings.installationId).filter(({ kind }) => kind === 'transport-rule');
  const places = own.flatMap(({ priority, role }) =>
    role === 'route' && priority !== undefined ? [priority] : [],
  );
  return places[0] ?? settings.priority;
}

function judge(rule: ActualObject, facts: PreflightFacts): PreflightLight {
  const name = `rule: ${rule.name}`;
  const isBefore = (rule.priority ?? 0) < placeOf(facts);
  const [health, sentence] = isBefore ? judgeBefore(rule) : judgeBehind(rule, facts);
  return { name, health, sentence: `The rule "${rule.name}" ${sentence}` };
}

type Verdict = readonly [PreflightLight['health'], string];

function judgeBefore(rule: ActualObject): Verdict {
  const { row } = rule;
  if (encrypts(rule))
    return [
      'look',
      'encrypts mail before Signet gets it: that mail stays encrypted and goes out unsigned. To have it signed first, place the rule behind Signet\'s and let it ask for the sender\'s domain instead of "inside the organisation".',
    ];
  if (isTrue(row.StopRuleProcessing))
    return [
      'look',
      "stops further rules before Signet: mail that it fits is not signed. Place it behind Signet's rule if it shall be.",
    ];
  if (!isNothing(row.RouteMessageOutboundConnector))
    return [
      'look',
      `sends mail over the connector "${shownValue(row.RouteMessageOutboundConnector)}" before Signet's rule does, and a mail takes one way only: leave one of them on for the same people.`,
    ];
  if (dependsOnInside(rule))
    return [
      'well',
      'runs before Signet, and again on signed mail as far as Exchange still counts it as sent from inside.',
    ];
  const repeats = additions.find(([property]) => !isNothing(row[property]));
  return repeats
    ? [
        'look',
        `runs twice, before Signet and on the signed mail: it ${repeats[1]} twice. Place it behind Signet's rule.`,
      ]
    : ['well', 'runs twice, before Signet and on the signed mail.'];
}

function judgeBehind(rule: ActualObject, { settings }: PreflightFacts): Verdict {
  const when = settings.stopsOtherRules
    ? 'runs on the signed mail only'
    : 'runs before Signet and again on the signed mail';
  if (!dependsOnInside(rule)) return ['well', `${when}.`];
  const way =
    'Let it ask for the sender\'s domain instead of "inside the organisation", or place it before Signet\'s rule';
  if (!settings.stopsOtherRules && !encrypts(rule))
    return ['well', `${when}, as far as that still counts as sent from inside.`];
  const doubt = settings.keepsHeaders
    ? 'and asks whether the sender is inside: Exchange may not count mail that comes back so'
    : 'and asks whether the sender is inside, which does not hold for mail that comes back';
  const risk = encrypts(rule) ? ', and then it goes out signed but not encrypted' : '';
  const isSure = !settings.keepsHeaders && settings.stopsOtherRules;
  return [
    encrypts(rule) && isSure ? 'broken' : 'look',
    `${when} ${doubt}${risk}. ${way}, and try it with a message.`,
  ];
}

/** What is there twice when it is done twice. */
const additions: readonly (readonly [string, string])[] = [
  ['ApplyHtmlDisclaimerText', 'adds its text'],
  ['PrependSubject', 'changes the subject'],
  ['GenerateNotification', 'notifies'],
  ['GenerateIncidentReport', 'reports'],
  ['ModerateMessageByUser', 'asks for approval'],
  ['ModerateMessageByManager', 'asks for approval'],
];

function encrypts({ row }: ActualObject) {
  return (
    isTrue(row.ApplyOME) ||
    !isNothing(row.ApplyRightsProtectionTemplate) ||
    !isNothing(row.ApplyRightsProtectionCustomizationTemplate)
  );
}

function dependsOnInside({ row }: ActualObject) {
  return [row.FromScope, row.ExceptIfFromScope].some(value => !isNothing(value));
}

/** `Audit` modes change no mail. */
function isEnforced({ row }: ActualObject) {
  return isNothing(row.Mode) || String(row.Mode).toLowerCase() === 'enforce';
}

function shownValue(value: unknown) {
  return [value].flat().map(String).join(', ').slice(0, 100);
}
