/** PURE. All lights of the preflight, what stops a set-up first. */
import type { PreflightLight } from '../mail-flow-types.ts';
import { certificateLights } from './certificate.ts';
import { acceptedDomainLights, addressLights, spfLights } from './names.ts';
import { otherProductLights, sameCallerLights } from './others.ts';
import type { PreflightFacts } from './preflight-types.ts';
import { ruleOrderLights } from './rule-order.ts';

const looks = [
  addressLights,
  certificateLights,
  acceptedDomainLights,
  spfLights,
  sameCallerLights,
  otherProductLights,
  ruleOrderLights,
];

const ranks: Readonly<Record<PreflightLight['health'], number>> = { broken: 0, look: 1, unknown: 2, well: 3 };

/** A light tells and warns; it keeps nobody from going on, since not everything can be seen from here. */
export function preflight(facts: PreflightFacts): readonly PreflightLight[] {
  return looks.flatMap(look => look(facts)).toSorted((a, b) => ranks[a.health] - ranks[b.health]);
}
