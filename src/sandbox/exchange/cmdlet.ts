/** What a cmdlet is: who may run it, which parameters it takes, and what it does to a tenant whose parameters are in order. */
import type { State } from '../state.ts';
import type { Tenant } from '../tenant.ts';
import type { CmdletError } from './errors.ts';

/** The type of a parameter's value on the wire (reference 1.4). */
export type ParameterType =
  | 'string'
  | 'strings'
  | 'boolean'
  | 'switch'
  | 'integer'
  | 'size'
  | 'date'
  | 'result-size'
  | { readonly oneOf: readonly string[] }
  | { readonly anyOf: readonly string[] };

export type Parameter = {
  readonly type: ParameterType;
  readonly required?: true;
  /** JSON null takes the value away. */
  readonly nullable?: true;
  /** Characters. */
  readonly longest?: number;
  /** `{Add, Remove}` changes the list instead of replacing it. */
  readonly hashtable?: true;
};

export type Parameters = Readonly<Record<string, Parameter>>;

export type Value = string | number | boolean | null | readonly string[];
export type Values = Readonly<Record<string, Value>>;

export type Call = {
  readonly state: State;
  readonly tenant: Tenant;
  /** Checked, under the parameters' own names, without the common ones. */
  readonly values: Values;
  /** For `-WhatIf`: everything is checked and nothing is written. */
  readonly isTrial: boolean;
};

export type Output = {
  readonly kind: 'output';
  readonly value: readonly object[];
  readonly warnings?: readonly string[];
  /** Answered with 204 instead of an empty list (example 09). */
  readonly isBare?: true;
};

export type Cmdlet = {
  /** Exchange management roles, any of which allows it (reference 2.2). */
  readonly roles: readonly string[];
  readonly parameters: Parameters;
  /** Removing asks for confirmation, which over REST is `"Confirm": false` or a failure (reference 1.4). */
  readonly confirms?: true;
  readonly run: (call: Call) => Output | CmdletError | Promise<Output | CmdletError>;
};

export type Cmdlets = Readonly<Record<string, Cmdlet>>;

export function output(value: readonly object[], warnings: readonly string[] = []): Output {
  return { kind: 'output', value, ...(warnings.length > 0 ? { warnings } : {}) };
}

export const nothing: Output = { kind: 'output', value: [] };
export const nothingChanged = (name: string) =>
  output([], [`The command completed successfully but no settings of '${name}' have been modified.`]);

/** The value of a text parameter; undefined when it is not given. */
export function textOf(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

export function listOf(values: Values, name: string): readonly string[] | undefined {
  const value = values[name];
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value : undefined;
}

/** By name, identity or GUID, in any case (reference 4.1). */
export function findByIdentity<Item extends { readonly Name: string; readonly Guid: string }>(
  items: readonly Item[],
  identity: string,
): Item | undefined {
  const wanted = identity.toLowerCase();
  return items.find(({ Name, Guid }) => Name.toLowerCase() === wanted || Guid.toLowerCase() === wanted);
}
