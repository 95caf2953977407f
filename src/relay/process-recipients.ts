/**
 * Envelope recipients in the form in which rules compare them, and back in the form in which they came: a next hop may
 * tell upper from lower case in a local part (RFC 5321 2.4). A plan that forgets or repeats a recipient is refused.
 */
import { addressKey } from '../signature/address-key.ts';
import type { Plan } from '../signature/tenant.ts';

export type Recipients = {
  /** Each once, in the envelope's order. */
  readonly keys: readonly string[];
  /** The envelope's own forms of these keys, all of each. */
  readonly originalsOf: (keys: readonly string[]) => readonly string[];
};

export function readRecipients(envelope: readonly string[]): Recipients {
  const originals = new Map<string, string[]>();
  for (const recipient of envelope) {
    const key = addressKey(recipient);
    const known = originals.get(key);
    if (known) known.push(recipient);
    else originals.set(key, [recipient]);
  }
  return {
    keys: [...originals.keys()],
    originalsOf: keys => keys.flatMap(key => originals.get(key) ?? []),
  };
}

/** Throws unless the plan's variants are a partition of the recipients: a mistake there would lose or double mail. */
export function assertPartition({ variants }: Plan, { keys }: Recipients): void {
  const missing = new Set(keys);
  for (const recipient of variants.flatMap(({ recipients }) => recipients)) {
    if (!missing.delete(recipient))
      throw new Error('expected a plan for each recipient once, got one twice or for somebody else');
  }
  if (missing.size > 0) throw new Error(`expected a plan for each recipient, got none for ${missing.size}`);
}
