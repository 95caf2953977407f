/** What is found in a template, by kind: faults refuse it, remarks are told and let it pass. Bounded lists. */
import { limits } from '../limits.ts';
import type { Fault } from './template.ts';

export class TemplateReport {
  readonly faults: Fault[] = [];
  readonly remarks: Fault[] = [];

  fault(at: number, sentence: string, suggestion?: string): void {
    add(this.faults, at, sentence, suggestion);
  }

  remark(at: number, sentence: string, suggestion?: string): void {
    add(this.remarks, at, sentence, suggestion);
  }
}

function add(list: Fault[], at: number, sentence: string, suggestion: string | undefined) {
  if (list.length >= limits.signature.reportedFaults) return;
  list.push({ at, sentence, ...(suggestion === undefined ? {} : { suggestion }) });
}
