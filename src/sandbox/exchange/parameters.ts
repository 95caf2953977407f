/**
 * Binds the parameters of a call like PowerShell does: names in any case, no unknown ones, the right types, the mandatory ones there
 * (reference 1.4, 1.7).
 */
import { isIP } from 'node:net';
import type { Parameter, Parameters, ParameterType, Value, Values } from './cmdlet.ts';
import { type CmdletError, cmdletError } from './errors.ts';

/** What every cmdlet takes. */
const common: Parameters = {
  Confirm: { type: 'switch' },
  WhatIf: { type: 'switch' },
  ErrorAction: { type: 'string' },
  WarningAction: { type: 'string' },
  Verbose: { type: 'switch' },
};

export type Bound = {
  readonly kind: 'bound';
  readonly values: Values;
  readonly isTrial: boolean;
  readonly isConfirmed: boolean;
};

/** Lists that are given as `{Add, Remove}` are worked out against what is there. */
export type CurrentList = (parameter: string) => readonly string[];

export function bind(
  parameters: Parameters,
  given: Readonly<Record<string, unknown>>,
  current: CurrentList,
): Bound | CmdletError {
  const known: Parameters = { ...common, ...parameters };
  const names = new Map(Object.keys(known).map(name => [name.toLowerCase(), name]));
  const values: Record<string, Value> = {};
  for (const [spelt, value] of Object.entries(given)) {
    const name = names.get(spelt.toLowerCase());
    const parameter = name === undefined ? undefined : known[name];
    if (name === undefined || !parameter) {
      return cmdletError('binding', `A parameter cannot be found that matches parameter name '${spelt}'.`);
    }
    const read = readValue({ name, parameter, value, current });
    if (isError(read)) return read;
    values[name] = read;
  }
  const missing = Object.entries(parameters).filter(
    ([name, { required }]) => required && isEmpty(values[name]),
  );
  if (missing.length > 0) {
    const list = missing.map(([name]) => name).join(' ');
    return cmdletError(
      'binding',
      `Cannot process command because of one or more missing mandatory parameters: ${list}.`,
    );
  }
  const own = Object.entries(values).filter(([name]) => !Object.hasOwn(common, name));
  return {
    kind: 'bound',
    values: Object.fromEntries(own),
    isTrial: values.WhatIf === true,
    isConfirmed: values.Confirm === false,
  };
}

function isError(value: Value | CmdletError): value is CmdletError {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

function isEmpty(value: Value | undefined) {
  return (
    value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
  );
}

type Reading = {
  readonly name: string;
  readonly parameter: Parameter;
  readonly value: unknown;
  readonly current: CurrentList;
};

function readValue({ name, parameter, value, current }: Reading): Value | CmdletError {
  if (value === null) {
    return parameter.nullable || name === 'Identity'
      ? null
      : wrongType(name, value, typeName(parameter.type));
  }
  const changed = parameter.hashtable && isHashtable(value) ? applyHashtable(value, current(name)) : value;
  const read = readType(parameter.type, changed);
  if (read === undefined) return wrongType(name, value, typeName(parameter.type));
  const { longest } = parameter;
  const texts = [read].flat().filter(text => typeof text === 'string');
  if (longest !== undefined && texts.some(text => text.length > longest)) {
    return cmdletError(
      'type',
      `The length of the value of parameter '${name}' is too long. The maximum length is ${longest}.`,
    );
  }
  return read;
}

/** Reads a value of one type. @returns undefined when it is none */
function readType(type: ParameterType, value: unknown): Value | undefined {
  if (typeof type === 'object') return readEnumeration(type, value);
  switch (type) {
    case 'string':
      return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
    case 'strings':
      return readTexts(value);
    case 'boolean':
    case 'switch':
      return typeof value === 'boolean' ? value : undefined;
    case 'integer':
      return typeof value === 'number' && Number.isInteger(value) ? value : undefined;
    case 'size':
      return readSize(value);
    case 'date':
      return typeof value === 'string' && !Number.isNaN(Date.parse(value))
        ? new Date(value).toISOString()
        : undefined;
    case 'result-size':
      return value === 'Unlimited' || value === 'unlimited' ? Number.POSITIVE_INFINITY : readCount(value);
  }
}

function readTexts(value: unknown): readonly string[] | undefined {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) && value.every(one => typeof one === 'string') ? value : undefined;
}

function readCount(value: unknown) {
  const count = typeof value === 'string' ? Number(value) : value;
  return typeof count === 'number' && Number.isInteger(count) && count > 0 ? count : undefined;
}

type Enumeration = Extract<ParameterType, object>;

function readEnumeration(type: Enumeration, value: unknown): Value | undefined {
  if ('oneOf' in type) return typeof value === 'string' ? match(type.oneOf, value) : undefined;
  const texts = readTexts(typeof value === 'string' ? value.split(/\s*,\s*/) : value);
  const found = texts?.map(text => match(type.anyOf, text));
  return found?.every(one => one !== undefined) ? found : undefined;
}

function match(allowed: readonly string[], value: string) {
  return allowed.find(one => one.toLowerCase() === value.toLowerCase());
}

const units: Readonly<Record<string, number>> = { '': 1, B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };

/** ByteQuantifiedSize: a number of bytes or `20 MB`. @returns bytes */
function readSize(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isInteger(value) && value >= 0 ? value : undefined;
  const [, amount, unit = ''] = (typeof value === 'string' && /^([\d.]+)\s*([KMG]?B)?$/i.exec(value)) || [];
  const factor = units[unit.toUpperCase()];
  return amount === undefined || factor === undefined ? undefined : Math.round(Number(amount) * factor);
}

function isHashtable(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    '@odata.type' in value &&
    value['@odata.type'] === '#Exchange.GenericHashTable'
  );
}

/** `{Add, Remove}`; an empty one clears the list. */
function applyHashtable(table: Readonly<Record<string, unknown>>, before: readonly string[]) {
  const { '@odata.type': _, ...changes } = table;
  if (Object.keys(changes).length === 0) return [];
  const [add, remove] = [readTexts(changes.Add ?? []), readTexts(changes.Remove ?? [])];
  if (!add || !remove) return undefined;
  return [...new Set([...before, ...add])].filter(one => !remove.includes(one));
}

function typeName(type: ParameterType): string {
  if (typeof type === 'object')
    return `enumeration (${('oneOf' in type ? type.oneOf : type.anyOf).join(', ')})`;
  const names = {
    string: 'System.String',
    strings: 'Microsoft.Exchange.Data.MultiValuedProperty`1[System.String]',
    boolean: 'System.Boolean',
    switch: 'System.Management.Automation.SwitchParameter',
    integer: 'System.Int32',
    size: 'Microsoft.Exchange.Data.ByteQuantifiedSize',
    date: 'System.DateTime',
    'result-size': 'Microsoft.Exchange.Data.Unlimited`1[System.UInt32]',
  } as const;
  return names[type];
}

function wrongType(name: string, value: unknown, type: string): CmdletError {
  const shown = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return cmdletError(
    'type',
    `Cannot process argument transformation on parameter '${name}'. Cannot convert value "${shown}" to type "${type}".`,
  );
}

/** A host name with at least one dot. */
export function isHostName(text: string): boolean {
  return /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/i.test(text);
}

/** A host name, or `*.` before one; a wildcard nowhere else. */
export function isTlsName(text: string): boolean {
  return isHostName(text.startsWith('*.') ? text.slice(2) : text);
}

/** IPv4, alone or as a network of /24 to /32 (reference 4.2). */
export function isConnectorAddress(text: string): boolean {
  const [address = '', prefix = '32', ...more] = text.split('/');
  const length = Number(prefix);
  return more.length === 0 && isIP(address) === 4 && Number.isInteger(length) && length >= 24 && length <= 32;
}
