/** What happened to which message, in words: the simulated Exchange's message trace. Bounded, in memory. */
export type TraceEntry = { readonly at: number; readonly messageId: string; readonly text: string };

export type Trace = {
  readonly add: (messageId: string, text: string) => void;
  /** Oldest first; those of one message, or all. */
  readonly entries: (messageId?: string) => readonly TraceEntry[];
};

export function createTrace(now: () => number, most = 5_000): Trace {
  let kept: TraceEntry[] = [];
  return {
    add: (messageId, text) => {
      kept.push({ at: now(), messageId, text });
      if (kept.length > 2 * most) kept = kept.slice(-most);
    },
    entries: messageId => kept.filter(entry => messageId === undefined || entry.messageId === messageId),
  };
}
