/** The objects that a tenant should have, as plain data; see `desiredObjects`. */
import type { ParameterValue } from '../exchange/command.ts';

export type ObjectKind = 'inbound-connector' | 'outbound-connector' | 'transport-rule';

export type Role = 'inbound' | 'outbound' | 'out-of-office' | 'recall' | 'pilot' | 'route';

export type DesiredObject = {
  readonly role: Role;
  readonly kind: ObjectKind;
  readonly name: string;
  readonly comment: string;
  readonly isEnabled: boolean;
  /**
   * Everything that matters, by the parameter's name; `null` means it must not be set. Without Name, Comment(s), Enabled
   * and Priority, which the plan adds.
   */
  readonly parameters: Readonly<Record<string, ParameterValue>>;
};
