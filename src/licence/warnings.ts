/** Warnings of licences as problems that an operator meets: under their codes, for the log, the dashboard and alerts. */
import type { ProblemCode } from '../problem.ts';
import { type Licence, type LicenceWarning, licenceWarnings } from '../signature/licence.ts';

export type LicenceProblem = LicenceWarning & { readonly code: ProblemCode };

const codes: Readonly<Record<LicenceWarning['kind'], ProblemCode>> = {
  'over-limit': 'SIGNET_LICENCE_OVER_LIMIT',
  ending: 'SIGNET_LICENCE_ENDING',
  expired: 'SIGNET_LICENCE_EXPIRED',
  'not-begun': 'SIGNET_LICENCE_NOT_BEGUN',
};

/**
 * @param used seats taken in the current month.
 * @param today `YYYY-MM-DD` in the tenant's time zone.
 */
export function licenceProblems(
  licences: readonly Licence[],
  used: number,
  today: string,
): readonly LicenceProblem[] {
  return licenceWarnings(licences, used, today).map(warning => ({ ...warning, code: codes[warning.kind] }));
}
