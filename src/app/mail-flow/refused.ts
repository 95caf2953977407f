/** Refusals of the use cases themselves, as values. */

import type { Failure } from '../../microsoft/failure.ts';
import type { MailFlowReason } from '../../microsoft/mail-flow-types.ts';
import { failed, type Problem, type ProblemCode } from '../../problem.ts';

export function refused(
  reason: MailFlowReason,
  code: ProblemCode,
  sentence: string,
): Failure<MailFlowReason> {
  return { kind: 'failed', reason, problem: failed(code, sentence).problem };
}

export function refusedBy(reason: MailFlowReason, problem: Problem): Failure<MailFlowReason> {
  return { kind: 'failed', reason, problem };
}
