/**
 * A small Exchange tenant in memory, made from the fact sheet for the tests of plans and set-ups: unique names, priorities
 * that shift, pairs of parameters, references that must exist, values printed in Exchange's own forms, writes that become
 * visible later. Time passes where the code under test waits.
 */
import { cmdlets } from '../../src/microsoft/exchange/cmdlets.ts';
import type { Command, Parameters, Row } from '../../src/microsoft/exchange/command.ts';
import type {
  Answer,
  Exchange,
  ExchangeFailure,
  ExchangeReason,
} from '../../src/microsoft/exchange/exchange-types.ts';
import { done, type Outcome } from '../../src/microsoft/failure.ts';

type Objects = { inbound: Row[]; outbound: Row[]; rules: Row[] };

export type Fault = {
  /** Of the commands that write, from 0. */
  readonly write: number;
  readonly reason: ExchangeReason;
  /** Whether the write happened all the same: its answer was lost. */
  readonly happened: boolean;
};

export type TestTenant = Exchange & {
  readonly wait: (ms: number) => Promise<void>;
  readonly clock: { readonly now: () => number };
  /** Cmdlets that wrote, in order. */
  readonly writes: Command[];
  readonly objects: () => Objects;
  /** Changes an object behind Signet's back. */
  readonly meddle: (name: string, values: Row) => void;
  readonly add: (kind: keyof Objects, row: Row) => void;
  readonly delete: (name: string) => void;
};

export function createTestTenant({
  lagMs = 0,
  faults = [],
  rules = [],
  commands,
  validation = () => [{ TaskName: 'Check connectivity', IsTaskSuccessful: true }],
}: {
  readonly lagMs?: number;
  readonly faults?: readonly Fault[];
  readonly rules?: readonly Row[];
  /** What the account may run; everything by default. */
  readonly commands?: readonly string[];
  readonly validation?: (attempt: number) => readonly Row[];
} = {}): TestTenant {
  let now = Date.UTC(2026, 8, 1);
  let serial = 0;
  let validations = 0;
  const guid = () => `00000000-0000-4000-8000-${String(++serial).padStart(12, '0')}`;
  let state: Objects = { inbound: [], outbound: [], rules: [] };
  const history: { at: number; state: Objects }[] = [{ at: -Infinity, state }];
  const writes: Command[] = [];

  const commit = (next: Objects) => {
    state = { ...next, rules: next.rules.map((row, Priority) => ({ ...row, Priority })) };
    history.push({ at: now, state });
  };
  for (const row of rules)
    commit({ ...state, rules: [...state.rules, { State: 'Enabled', ...row, Guid: guid() }] });
  const visible = () => history.findLast(({ at }) => at <= now - lagMs || at === -Infinity)?.state ?? state;
  history.splice(0, history.length - 1, { at: -Infinity, state });
  history.length = 1;

  const run = async (command: Command): Promise<Outcome<Answer, ExchangeReason>> => {
    const { cmdlet, parameters } = command;
    const known: Readonly<Record<string, object>> = cmdlets;
    if (!known[cmdlet]) return refuse('invalid', `no cmdlet ${cmdlet}`);
    if (/^(Get|Validate)-/.test(cmdlet)) return answer(query(cmdlet, parameters));
    const index = writes.push(command) - 1;
    const fault = faults.find(({ write }) => write === index);
    if (fault && !fault.happened) return refuse(fault.reason, 'injected');
    const refusal = write(cmdlet, parameters);
    if (refusal) return refusal;
    return fault ? refuse(fault.reason, 'injected') : answer([]);
  };

  const query = (cmdlet: string, { IsTransportRuleScoped }: Parameters): readonly Row[] => {
    const { inbound, outbound, rules } = visible();
    if (cmdlet === 'Get-InboundConnector') return inbound;
    if (cmdlet === 'Get-TransportRule') return rules;
    if (cmdlet === 'Validate-OutboundConnector') return validation(++validations);
    return outbound.filter(row => row.IsTransportRuleScoped === (IsTransportRuleScoped ?? false));
  };

  const write = (cmdlet: string, parameters: Parameters): ExchangeFailure | undefined => {
    const [verb = '', noun = ''] = cmdlet.split('-');
    const kind = noun === 'TransportRule' ? 'rules' : noun === 'InboundConnector' ? 'inbound' : 'outbound';
    const wrong = complaint(kind, parameters);
    if (wrong) return wrong;
    return verb === 'New' ? create(kind, parameters) : alter(verb, kind, parameters);
  };

  const complaint = (kind: keyof Objects, parameters: Parameters): ExchangeFailure | undefined => {
    if (kind === 'rules' && 'SetHeaderName' in parameters !== 'SetHeaderValue' in parameters)
      return refuse('invalid', 'SetHeaderName and SetHeaderValue go together');
    const connector = parameters.RouteMessageOutboundConnector;
    if (connector && !state.outbound.some(row => row.Name === connector || row.Guid === connector))
      return refuse('not-yet', `connector ${String(connector)} couldn't be found`);
    if (JSON.stringify(parameters).includes('"secret"'))
      return refuse('invalid', 'a secret was not filled in');
    return undefined;
  };

  const create = (kind: keyof Objects, parameters: Parameters) => {
    if (state[kind].some(row => same(row.Name, parameters.Name)))
      return refuse('already-exists', 'the name is taken');
    if (Object.values(parameters).includes(null)) return refuse('invalid', 'null in New');
    const { Enabled = true, Priority = state.rules.length, ...rest } = parameters;
    const row = { ...printed(rest), Guid: guid(), ...enabled(kind, Enabled === true) };
    const list = [...state[kind]];
    if (Number(Priority) > list.length && kind === 'rules') return refuse('invalid', 'priority out of range');
    list.splice(kind === 'rules' ? Number(Priority) : list.length, 0, row);
    commit({ ...state, [kind]: list });
    return undefined;
  };

  const alter = (verb: string, kind: keyof Objects, parameters: Parameters) => {
    const { Identity, Priority, Confirm, ...rest } = parameters;
    const index = state[kind].findIndex(row => row.Guid === Identity || row.Name === Identity);
    const row = state[kind][index];
    if (!row) return refuse('not-found', `object ${String(Identity)} couldn't be found`);
    if (verb === 'Remove') return remove(kind, row, Confirm);
    const list = state[kind].filter(one => one !== row);
    const next =
      verb === 'Set'
        ? { ...row, ...printed(rest), ...('Enabled' in rest ? { Enabled: rest.Enabled } : {}) }
        : { ...row, ...enabled(kind, verb === 'Enable') };
    if (Priority !== undefined && Number(Priority) > list.length)
      return refuse('invalid', 'priority out of range');
    list.splice(Priority === undefined ? index : Number(Priority), 0, next);
    commit({ ...state, [kind]: list });
    return undefined;
  };

  const remove = (kind: keyof Objects, row: Row, confirm: unknown) => {
    if (confirm !== false) return refuse('invalid', 'nobody answers the prompt');
    const isUsed = state.rules.some(rule =>
      [row.Name, row.Guid].includes(rule.RouteMessageOutboundConnector),
    );
    if (kind === 'outbound' && isUsed) return refuse('not-yet', 'a rule uses it');
    commit({ ...state, [kind]: state[kind].filter(one => one !== row) });
    return undefined;
  };

  const edit = (name: string, change: (row: Row) => Row[]) => {
    const each = (list: Row[]) => list.flatMap(row => (row.Name === name ? change(row) : [row]));
    commit({ inbound: each(state.inbound), outbound: each(state.outbound), rules: each(state.rules) });
  };

  return {
    run,
    availableCmdlets: async () => done(commands ?? Object.keys(cmdlets)),
    wait: async ms => {
      now += ms;
    },
    clock: { now: () => now },
    writes,
    objects: () => state,
    meddle: (name, values) => edit(name, row => [{ ...row, ...values }]),
    delete: name => edit(name, () => []),
    add: (kind, row) => commit({ ...state, [kind]: [...state[kind], { Guid: guid(), ...row }] }),
  };
}

function enabled(kind: keyof Objects, isEnabled: boolean): Row {
  return kind === 'rules' ? { State: isEnabled ? 'Enabled' : 'Disabled' } : { Enabled: isEnabled };
}

/** Exchange's own forms of what was given (exchange-online.md 1.5; examples 05, 07). */
function printed(parameters: Parameters): Row {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => {
      if (name === 'SenderDomains' && Array.isArray(value)) return [name, value.map(one => `smtp:${one};1`)];
      if (name === 'ExceptIfMessageSizeOver')
        return [name, `${Number(value) / 2 ** 20} MB (${Number(value).toLocaleString('en')} bytes)`];
      return [name, value];
    }),
  );
}

function same(a: unknown, b: unknown) {
  return String(a).toLowerCase() === String(b).toLowerCase();
}

function answer(rows: readonly Row[]) {
  return done({ rows, warnings: [] });
}

export function refuse(reason: ExchangeReason, sentence: string): ExchangeFailure {
  return { kind: 'failed', reason, problem: { code: 'SIGNET_EXCHANGE_REFUSED', sentence } };
}
