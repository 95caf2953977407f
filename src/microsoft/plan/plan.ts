/**
 * PURE. What has to happen so that a tenant has what is desired, and nothing else of ours. Objects of others are never part
 * of a step, except as a conflict: their name is in the way.
 */
import type { DesiredObject } from '../connectors/desired.ts';
import type { Command } from '../exchange/command.ts';
import { changeCommands, createCommands, removeCommands } from './commands.ts';
import { differencesOf } from './differences.ts';
import { type OwnObject, ownObjects, strangerNamed } from './ownership.ts';
import type { ActualObjects, Plan, Step } from './plan-types.ts';
import { placeRules } from './priorities.ts';

export type PlanInput = {
  readonly desired: readonly DesiredObject[];
  readonly actual: ActualObjects;
  readonly installationId: string;
  readonly routeSecret: string;
  /** Place of the first rule when none is there; `ConnectorSettings.priority`. */
  readonly priority: number;
  /** Other names of one group or mailbox, `address -> names`, as Exchange may print them. */
  readonly aliases?: Readonly<Record<string, readonly string[]>>;
};

/** Steps in the order of `desired`, then removals: rules before the connectors that they use. */
export function planSetup(input: PlanInput): Plan {
  const own = ownObjects(input.actual, input.installationId);
  const pairs = input.desired.map(object => ({ object, found: pick(object, own) }));
  const kept = new Set(pairs.map(({ found }) => found));
  const places = placesOf(pairs, input);
  return [
    ...pairs.map(pair => stepOf(pair, { input, own, place: places.get(pair.object.role) })),
    ...removals(
      own.filter(object => !kept.has(object)),
      'It is not part of the configuration any more.',
    ),
  ];
}

/** Everything of ours, in the order in which it can go; the routing rule first, so that no mail comes any more. */
export function planRemoval({ actual, installationId }: Pick<PlanInput, 'actual' | 'installationId'>): Plan {
  return removals(ownObjects(actual, installationId), 'It belongs to this Signet.');
}

type Pair = { readonly object: DesiredObject; readonly found: OwnObject | undefined };

/** Of several (a copy, a repeated set-up), the one whose name is right, else the first. */
function pick({ role, kind, name }: DesiredObject, own: readonly OwnObject[]) {
  const candidates = own.filter(object => object.role === role && object.kind === kind);
  return candidates.find(object => object.name === name) ?? candidates[0];
}

function placesOf(pairs: readonly Pair[], { actual, priority }: PlanInput) {
  const rules = pairs.filter(({ object }) => object.kind === 'transport-rule');
  return placeRules(
    rules.map(({ object, found }) => ({ key: object.role, priority: found?.priority })),
    { start: priority, count: actual.rules.length },
  );
}

type Context = {
  readonly input: PlanInput;
  readonly own: readonly OwnObject[];
  readonly place: number | undefined;
};

function stepOf({ object, found }: Pair, { input, own, place }: Context): Step {
  const about = { role: object.role, objectKind: object.kind, name: object.name };
  const stranger = strangerNamed(input.actual, { ...object, installationId: input.installationId });
  if (!found && stranger) {
    const reason = `Something else has the name "${object.name}": rename or remove it in the Exchange admin centre.`;
    return { ...about, kind: 'conflict', identity: stranger.identity, reason };
  }
  const connector = own.find(({ role }) => role === 'outbound');
  if (!found) {
    const commands = createCommands(object, { place, connector: connector?.name });
    return { ...about, kind: 'create', object, commands, reason: 'It does not exist yet.' };
  }
  const wanted = stranger ? { ...object, name: found.name } : object;
  const differences = differencesOf({ wanted, found, place, connector, input });
  if (differences.length === 0)
    return { ...about, kind: 'keep', identity: found.identity, reason: 'It is as it should be.' };
  const commands = changeCommands({ wanted, found, differences, place, connector: connector?.name });
  return {
    ...about,
    kind: 'change',
    identity: found.identity,
    differences: differences.map(({ parameter: _, ...shown }) => shown),
    commands,
    reason: `It differs: ${differences.map(({ property }) => property).join(', ')}.`,
  };
}

const removalOrder = ['route', 'pilot', 'recall', 'out-of-office', 'outbound', 'inbound'];

function removals(objects: readonly OwnObject[], reason: string): Step[] {
  return objects
    .toSorted((a, b) => removalRank(a) - removalRank(b))
    .map(object => ({
      kind: 'remove' as const,
      role: removalOrder.includes(object.role) ? (object.role as Step['role']) : undefined,
      objectKind: object.kind,
      name: object.name,
      identity: object.identity,
      commands: removeCommands(object),
      reason,
    }));
}

/** A rule of an unknown role may use a connector, and a role can be on the wrong kind of object: kind decides first. */
function removalRank({ kind, role }: OwnObject) {
  const isRule = kind === 'transport-rule';
  return (
    (isRule ? 0 : 10) + (kind === 'inbound-connector' ? 10 : 0) + Math.max(0, removalOrder.indexOf(role))
  );
}

/** Whether nothing is left to do. */
export function isSettled(plan: Plan): boolean {
  return plan.every(({ kind }) => kind === 'keep');
}

export function commandsOf(step: Step): readonly Command[] {
  return 'commands' in step ? step.commands : [];
}
