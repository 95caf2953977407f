/** A tenant as it is configured: whether its mail is signed at all, and what keeps it from being. */
import type { LicenceProblem } from '../licence/warnings.ts';
import type { JobState } from '../store/settings.ts';
import { type Finding, findingsOf } from './finding.ts';

export type TenantFacts = {
  readonly name: string;
  readonly mode: 'on' | 'shadow' | 'off';
  readonly domains: readonly string[];
  readonly isRetired: boolean;
  /** Each as the end of "it has no secret for ...". */
  readonly lackingSecrets: readonly string[];
  readonly enabledRules: number;
  readonly publishedSignatures: number;
  readonly licenceProblems: readonly Pick<LicenceProblem, 'sentence'>[];
};

export function examineTenant(facts: TenantFacts): readonly Finding[] {
  const is = findingsOf('tenant', facts.name);
  if (facts.isRetired)
    return [is.fine('was removed; its mail passes until the next hop no longer sends it here')];
  const findings = [
    ...facts.lackingSecrets.map(secret =>
      is.failure(`has no secret for ${secret}`, 'give it again: it is in no export and in no bundle'),
    ),
    ...facts.licenceProblems.map(({ sentence }) =>
      is.warning(sentence.replace(/\.$/, ''), 'import a licence file that fits: signet licence import'),
    ),
    ...quiet(facts, is),
  ];
  return findings.length > 0 ? findings : [is.fine(`signs the mail of ${facts.domains.join(', ')}`)];
}

/** Nothing is wrong, yet nothing is signed: what an administrator looks for longest. */
function quiet(
  { mode, domains, enabledRules, publishedSignatures }: TenantFacts,
  is: ReturnType<typeof findingsOf>,
) {
  if (mode === 'off')
    return [is.warning('is switched off: its mail passes unsigned', 'switch it on when it is to be signed')];
  if (mode === 'shadow')
    return [
      is.warning(
        'only looks (shadow): its mail passes unsigned',
        'switch it on when the log shows what you want',
      ),
    ];
  if (domains.length === 0)
    return [is.warning('has no domains: nobody is signed', 'add the domains of its senders')];
  if (publishedSignatures === 0) return [is.warning('has no published signature', 'publish one')];
  if (enabledRules === 0)
    return [is.warning('has no rule that is switched on: nobody is signed', 'add a rule or switch one on')];
  return [];
}

/** Jobs that failed when they ran last. */
export function examineJobs(
  jobs: readonly JobState[],
  nameOf: (tenantId: string) => string,
): readonly Finding[] {
  const bad = jobs.filter(({ outcome }) => outcome === 'failure');
  if (bad.length === 0) return [findingsOf('jobs', 'all').fine(`${jobs.length} jobs ran, none failed last`)];
  return bad.map(({ name, tenantId, finishedAt, result }) =>
    findingsOf('jobs', tenantId === undefined ? name : `${name} of ${nameOf(tenantId)}`).warning(
      `failed${finishedAt === undefined ? '' : ` at ${new Date(finishedAt).toISOString()}`}: ${String(result)}`,
      'mend what it says; it runs again by itself',
    ),
  );
}
