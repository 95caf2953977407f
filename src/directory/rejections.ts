/** Collects what a source left out: all are counted, the first ones are kept with their place. */
import { limits } from '../limits.ts';
import type { Rejection, RejectionReason, Rejections } from './source.ts';

export type RejectionList = {
  readonly add: (rejection: Rejection) => void;
  readonly all: () => Rejections;
};

export function createRejectionList(): RejectionList {
  const byReason: Partial<Record<RejectionReason, number>> = {};
  const first: Rejection[] = [];
  let total = 0;
  return {
    add: rejection => {
      total++;
      byReason[rejection.reason] = (byReason[rejection.reason] ?? 0) + 1;
      if (first.length < limits.directory.rejectionsKept) first.push(rejection);
    },
    all: () => ({ total, byReason: { ...byReason }, first: [...first] }),
  };
}
