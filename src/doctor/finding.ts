/** What an examination found: a state, one sentence, and where something is to be done, what. */

export type FindingState =
  | 'fine'
  /** Mail flows, but somebody should look at it. */
  | 'warning'
  /** Mail, or a part of it, does not flow or is not signed. */
  | 'failure'
  /** Could not be found out from here; the sentence says why. */
  | 'unknown';

/** A closed list: scripts match on it. */
export const checkNames = [
  'folder',
  'disk',
  'clock',
  'database',
  'master-key',
  'hostname',
  'certificate',
  'relay',
  'next-hop',
  'tenant',
  'jobs',
] as const;

export type CheckName = (typeof checkNames)[number];

export type Finding = {
  readonly check: CheckName;
  /** What was examined: a file, a host, a tenant. */
  readonly subject: string;
  readonly state: FindingState;
  /** Ends without a full stop. */
  readonly sentence: string;
  /** What to do; present unless all is well. Ends without a full stop. */
  readonly remedy?: string;
};

/** Findings of one check and subject with less to repeat. */
export function findingsOf(check: CheckName, subject: string) {
  const finding = (state: FindingState, sentence: string, remedy?: string): Finding => ({
    check,
    subject,
    state,
    sentence,
    ...(remedy === undefined ? {} : { remedy }),
  });
  return {
    fine: (sentence: string) => finding('fine', sentence),
    warning: (sentence: string, remedy: string) => finding('warning', sentence, remedy),
    failure: (sentence: string, remedy: string) => finding('failure', sentence, remedy),
    unknown: (sentence: string, remedy: string) => finding('unknown', sentence, remedy),
  };
}
