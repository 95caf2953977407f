/** What an administrator chooses, as options of the command line. */

import type { Choices } from '../../microsoft/mail-flow-types.ts';
import { isStoredCloudName } from '../../microsoft/sandbox-cloud.ts';
import type { Application } from '../../microsoft/tokens/application.ts';
import { usageFailure } from '../command.ts';

const flag = { type: 'boolean', default: false } as const;
const text = { type: 'string' } as const;

export const choiceOptions = {
  all: flag,
  group: text,
  external: flag,
  internal: flag,
  pilot: text,
  'no-pilot': flag,
  priority: text,
  lease: text,
  'no-lease': flag,
  relay: text,
  'any-certificate': flag,
  address: { type: 'string', multiple: true, default: [] as string[] },
  'client-id': text,
  'sign-in-tenant': text,
  provider: flag,
  cloud: text,
} as const;

export type ChoiceValues = {
  readonly [Name in keyof typeof choiceOptions]?: (typeof choiceOptions)[Name] extends {
    readonly multiple: true;
  }
    ? string[]
    : (typeof choiceOptions)[Name] extends typeof flag
      ? boolean
      : string;
};

export type ChosenChanges = { readonly [Name in keyof Choices]?: Choices[Name] | undefined };

/** Only what was given. `before`: what was chosen earlier, for choices of several parts. */
export function chosen(values: ChoiceValues, before: Pick<Choices, 'scope'> | undefined): ChosenChanges {
  const { relay, cloud } = values;
  refuseBoth(values);
  if (cloud !== undefined && !isStoredCloudName(cloud))
    throw usageFailure(
      'tenant',
      `--cloud is "${cloud}" and must be worldwide, us-government-high, us-government-dod or china`,
    );
  return {
    ...scopeOf(values, before),
    ...(values.pilot === undefined ? {} : { pilotMailbox: values.pilot }),
    ...(values['no-pilot'] ? { pilotMailbox: undefined } : {}),
    ...(values.priority === undefined
      ? {}
      : { priority: wholeNumber('priority', values.priority, [0, 300]) }),
    ...(values.lease === undefined ? {} : { leaseHours: wholeNumber('lease', values.lease, [1, 720]) }),
    ...(values['no-lease'] ? { leaseHours: undefined } : {}),
    ...(relay === undefined ? {} : { relayHost: relay.toLowerCase() }),
    ...(values['any-certificate'] ? { relayTls: 'encrypted' as const } : {}),
    ...addresses(values.address ?? []),
    ...application(values),
    ...(cloud === undefined ? {} : { cloud }),
  };
}

const pairs = [
  ['all', 'group'],
  ['external', 'internal'],
  ['pilot', 'no-pilot'],
  ['lease', 'no-lease'],
] as const;

function refuseBoth(values: ChoiceValues) {
  const both = pairs.find(([a, b]) => values[a] && values[b]);
  if (both) throw usageFailure('tenant', `choose one of --${both[0]} and --${both[1]}`);
}

function scopeOf(
  { all, group, external, internal }: ChoiceValues,
  before: Pick<Choices, 'scope'> | undefined,
) {
  if (!all && group === undefined && !external && !internal) return {};
  const { senders, isInternalToo } = before?.scope ?? { senders: { kind: 'all' }, isInternalToo: false };
  return {
    scope: {
      senders: all
        ? { kind: 'all' as const }
        : group === undefined
          ? senders
          : { kind: 'group' as const, address: group.toLowerCase() },
      isInternalToo: internal ? true : external ? false : isInternalToo,
    },
  };
}

function addresses(given: readonly string[]): ChosenChanges {
  return given.length === 0 ? {} : { identification: { kind: 'addresses', addresses: given } };
}

function application(values: ChoiceValues): ChosenChanges {
  const clientId = values['client-id'];
  const signInTenant = values['sign-in-tenant'];
  if (values.provider && clientId === undefined) throw usageFailure('tenant', '--provider needs --client-id');
  const own: Application | undefined =
    clientId === undefined
      ? undefined
      : { kind: values.provider ? 'multi-tenant' : 'single-tenant', clientId };
  return {
    ...(own ? { application: own } : {}),
    ...(signInTenant === undefined ? {} : { signInTenant }),
  };
}

function wholeNumber(name: string, given: string, [least, most]: readonly [number, number]): number {
  const number = Number(given);
  if (/^\d+$/.test(given) && number >= least && number <= most) return number;
  throw usageFailure('tenant', `--${name} is "${given}" and must be a whole number from ${least} to ${most}`);
}
