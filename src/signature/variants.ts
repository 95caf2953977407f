/**
 * The partition of the envelope into variants: recipients who get the same signatures share one, in the envelope's
 * order (PRODUCT.md 5). One-for-all makes a single variant of all.
 */
import type { Audience, AudienceReader } from './audience.ts';
import type { Decider, Decision } from './decide.ts';
import type { Preferences } from './tenant.ts';

export type DecidedVariant = {
  readonly recipients: readonly string[];
  /** A variant with any external recipient counts as external. */
  readonly isExternal: boolean;
  /** Rules that gave `signatures` to any of the recipients, in the order first met. */
  readonly rules: readonly string[];
  readonly signatures: readonly string[];
  /** What the decision for this recipient was made of; several ways may lead to the same signatures. */
  readonly audienceOf: (recipient: string | undefined) => Audience | undefined;
};

export function decideVariants(
  recipients: readonly string[],
  { decide }: Decider,
  audiences: AudienceReader,
  delivery: Preferences['delivery'],
): readonly DecidedVariant[] {
  if (recipients.length === 0) return [];
  const asked = delivery === 'one-for-all' ? [audiences.whole(recipients)] : audiences.classes(recipients);
  const byResult = new Map<string, { audience: Audience; decision: Decision }[]>();
  for (const audience of asked) {
    const decision = decide(audience);
    const key = JSON.stringify(decision.signatures);
    const sharing = byResult.get(key);
    if (sharing) sharing.push({ audience, decision });
    else byResult.set(key, [{ audience, decision }]);
  }
  const single = delivery === 'per-recipient' ? only : (audience: Audience) => audience;
  const placeOf = new Map(recipients.map((recipient, place) => [recipient, place]));
  return [...byResult.values()].map(sharing => share(sharing, placeOf, single));
}

function share(
  decided: readonly { audience: Audience; decision: Decision }[],
  placeOf: ReadonlyMap<string, number>,
  single: (audience: Audience, recipient: string) => Audience,
): DecidedVariant {
  // An audience is in the envelope's order already. Looking through the envelope for each variant would be quadratic.
  const members = decided.flatMap(({ audience }) => audience.recipients);
  const place = (recipient: string) => placeOf.get(recipient) ?? 0;
  return {
    recipients: decided.length === 1 ? members : members.sort((one, other) => place(one) - place(other)),
    isExternal: decided.some(({ audience }) => audience.external > 0),
    rules: [...new Set(decided.flatMap(({ decision }) => decision.rules))],
    signatures: decided[0]?.decision.signatures ?? [],
    audienceOf: recipient => {
      const decision = decided.find(({ audience }) => !recipient || audience.recipients.includes(recipient));
      return decision && single(decision.audience, recipient ?? decision.audience.recipients[0] ?? '');
    },
  };
}

/** One recipient of a class: to the rules the same as its class, and to the reader of a trace a name. */
function only(audience: Audience, recipient: string): Audience {
  return { ...audience, recipients: [recipient], external: Math.min(1, audience.external) };
}
