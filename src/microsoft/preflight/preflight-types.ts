/** What a look before a set-up knows, and the lights that come of it (PRODUCT.md 7, step 1). */
import type { ConnectorSettings } from '../connectors/settings.ts';
import type { PreflightLight } from '../mail-flow-types.ts';
import type { ActualObjects } from '../plan/plan-types.ts';

export type PreflightFacts = {
  readonly settings: Pick<
    ConnectorSettings,
    | 'installationId'
    | 'relayHost'
    | 'relayTls'
    | 'identification'
    | 'keepsHeaders'
    | 'priority'
    | 'stopsOtherRules'
  >;
  readonly actual: ActualObjects;
  /** Accepted domains, the default one first. */
  readonly domains: readonly string[];
  /** PEM of what is shown to Exchange; undefined without one. */
  readonly certificate: string | undefined;
  readonly now: number;
  /** What DNS says; undefined where it was not asked or did not answer. */
  readonly names: NameFacts | undefined;
};

export type NameFacts = {
  /** IPv4 addresses of the relay's name. */
  readonly relayAddresses: readonly string[];
  /** The SPF record of the default domain; '' for none. */
  readonly spf: string;
};

export type Look = (facts: PreflightFacts) => readonly PreflightLight[];

export function light(
  name: string,
  health: PreflightLight['health'],
  sentence: string,
): readonly PreflightLight[] {
  return [{ name, health, sentence }];
}
