/** What needs a person's attention: a problem that lasts, with the code and the sentence an operator knows from the log. */
import type { Problem, ProblemCode } from '../problem.ts';

export type Alert = {
  readonly code: ProblemCode;
  readonly sentence: string;
  /** Absent when it concerns the whole appliance. */
  readonly tenantId?: string;
};

export type ActiveAlert = Alert & {
  /** Milliseconds since 1970. */
  readonly since: number;
  /** Somebody was told; nobody is told again until it is over. */
  readonly isTold: boolean;
  /** Over at this time unless it is raised again; absent for what is looked at each minute. */
  readonly until?: number;
};

/** One alert for each problem and tenant; its sentence may change while it lasts (days left, for instance). */
export function keyOf({ code, tenantId = '' }: Pick<Alert, 'code' | 'tenantId'>): string {
  return `${code} ${tenantId}`;
}

export function alertOf(problem: Problem, tenantId?: string): Alert {
  return { ...problem, ...(tenantId === undefined ? {} : { tenantId }) };
}
