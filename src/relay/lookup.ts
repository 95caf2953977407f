/**
 * Host names to addresses, as the system finds them (hosts file, DNS), each name asked for once at a time. The system's own
 * look-up holds a thread until it ends, and there are few: forty messages for one next hop whose DNS is silent would hold
 * them all for minutes, and with them the mail of every other tenant.
 */
import type { LookupFunction } from 'node:net';

type Answer = Parameters<Parameters<LookupFunction>[2]>;

/** Whoever asks while the same question is open gets its answer. Nothing is remembered: that is the system's business. */
export function createSharedLookup(lookup: LookupFunction): LookupFunction {
  const open = new Map<string, ((...answer: Answer) => void)[]>();
  return (host, options, done) => {
    const question = `${host} ${JSON.stringify(options)}`;
    const waiting = open.get(question);
    if (waiting) {
      waiting.push(done);
      return;
    }
    const asked = [done];
    open.set(question, asked);
    lookup(host, options, (...answer) => {
      open.delete(question);
      for (const one of asked) one(...answer);
    });
  };
}
