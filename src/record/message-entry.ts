/** A message's log line as the entry of the message log. Mail that no tenant took has no log to stand in. */
import type { MessageLine } from '../relay/relay-line.ts';
import type { MessageEntry } from '../store/messages.ts';

export function entryOf(line: MessageLine, at: number): MessageEntry | undefined {
  // The seat names a person however addresses are to be logged; it is counted elsewhere.
  const { id, tenant, from, recipients, person, bytes, outcome, seat: _, ...detail } = line;
  if (typeof id !== 'string' || typeof tenant !== 'string') return undefined;
  return {
    id,
    tenantId: tenant,
    at,
    sender: typeof from === 'string' ? from : '',
    recipients: Array.isArray(recipients) ? recipients.filter(one => typeof one === 'string') : [],
    ...(typeof person === 'string' ? { personId: person } : {}),
    reason: reasonOf(line),
    outcome: typeof outcome === 'string' ? outcome : 'none',
    sizeBytes: typeof bytes === 'number' ? bytes : 0,
    detail,
  };
}

/** Of a message with several results the best one counts: it was stamped for somebody. */
function reasonOf({ reason, decisions }: MessageLine): string {
  if (typeof reason === 'string') return reason;
  const made: readonly { outcome?: unknown; reason?: unknown }[] = Array.isArray(decisions) ? decisions : [];
  if (made.some(decision => decision.outcome === 'stamped')) return 'stamped';
  const [first] = made.flatMap(decision => (typeof decision.reason === 'string' ? [decision.reason] : []));
  return first ?? 'none';
}

/** Outcomes after which the recipients have the signed message. */
const delivered: readonly unknown[] = ['delivered', 'delivered-with-report', 'delivered-before'];

/** Who took a seat with this message: nobody when it will come again, or went out as it came. */
export function seatOf({ seat, outcome, originalInstead }: MessageLine): string | undefined {
  return typeof seat === 'string' && delivered.includes(outcome) && originalInstead !== true
    ? seat
    : undefined;
}
