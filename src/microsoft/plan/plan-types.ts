/** A plan is what has to happen so that a tenant looks as desired, step by step, with the reason of each. */
import type { DesiredObject, ObjectKind, Role } from '../connectors/desired.ts';
import type { Command, Row } from '../exchange/command.ts';

/** One connector or rule of a tenant, its own or anybody's. */
export type ActualObject = {
  readonly kind: ObjectKind;
  /** GUID where Exchange gives one, else the name. */
  readonly identity: string;
  readonly name: string;
  readonly comment: string;
  readonly isEnabled: boolean;
  /** Of rules: 0 is first. */
  readonly priority: number | undefined;
  readonly row: Row;
};

/** All connectors and rules of a tenant, rules by priority. */
export type ActualObjects = {
  readonly inbound: readonly ActualObject[];
  readonly outbound: readonly ActualObject[];
  readonly rules: readonly ActualObject[];
};

/** Values as a person reads them; a route secret is never shown. */
export type Difference = {
  readonly property: string;
  readonly actual: string;
  readonly desired: string;
};

type About = {
  /** Undefined for a leftover of an earlier Signet whose role is not known any more. */
  readonly role: Role | undefined;
  readonly objectKind: ObjectKind;
  readonly name: string;
  /** One sentence. */
  readonly reason: string;
};

export type Step = About &
  (
    | { readonly kind: 'create'; readonly object: DesiredObject; readonly commands: readonly Command[] }
    | {
        readonly kind: 'change';
        readonly identity: string;
        readonly differences: readonly Difference[];
        readonly commands: readonly Command[];
      }
    | { readonly kind: 'keep'; readonly identity: string }
    | { readonly kind: 'remove'; readonly identity: string; readonly commands: readonly Command[] }
    /** In the way and not ours; nothing is done until a person has looked. */
    | { readonly kind: 'conflict'; readonly identity: string }
  );

/** In the order in which they are carried out. */
export type Plan = readonly Step[];
