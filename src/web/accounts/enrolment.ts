/**
 * What follows when a second factor was added: recovery codes with the first one, full access for a session that waited for
 * it, and the end of all others (ASVS 5.0, 7.4.3).
 */
import type { Factors } from '../../store/factors.ts';
import type { Sessions } from '../../store/sessions.ts';
import type { Answer } from '../answer.ts';
import type { Trail } from '../audit.ts';
import type { Memory } from '../memory.ts';
import type { Random } from '../tokens.ts';
import { accountOf, sessionOf, type Visit } from '../visit.ts';
import { hashRecoveryCode, newRecoveryCodes } from './recovery-codes.ts';
import type { SignIn } from './sign-in.ts';

export type EnrolmentNeeds = {
  readonly store: {
    readonly factors: Pick<Factors, 'countRecoveryCodes' | 'replaceRecoveryCodes'>;
    readonly sessions: Pick<Sessions, 'endSessions'>;
  };
  readonly signIn: Pick<SignIn, 'beginFull'>;
  readonly memory: Memory;
  readonly trail: Trail;
  readonly random: Random;
};

export async function afterEnrolment(needs: EnrolmentNeeds, visit: Visit): Promise<Answer> {
  const { store, signIn, memory } = needs;
  const { id, name } = accountOf(visit);
  const isFirst = (await store.factors.countRecoveryCodes(id)) === 0;
  const codes = isFirst ? await makeRecoveryCodes(needs, visit) : undefined;
  const wasWaiting = sessionOf(visit).stage === 'password';
  if (wasWaiting) await needs.trail.record(visit, { action: 'sign-in', subject: name });
  const begun = await signIn.beginFull(visit, id);
  await store.sessions.endSessions(id, begun.sessionId);
  memory.keepSecret(begun.sessionId, 'recovery-codes', codes?.join('\n'));
  const flash = { kind: 'success', text: visit.page.texts.account.factorAdded } as const;
  const to = codes ? '/account/recovery-codes' : '/account';
  return { kind: 'redirect', to, flash, cookie: begun.token, sessionId: begun.sessionId };
}

/** Ten new ones; the old ones are worth nothing from then on. */
export async function makeRecoveryCodes(
  { store, trail, random }: Pick<EnrolmentNeeds, 'store' | 'trail' | 'random'>,
  visit: Visit,
): Promise<readonly string[]> {
  const { id, name } = accountOf(visit);
  await trail.record(visit, { action: 'recovery-codes-made', subject: name });
  const codes = newRecoveryCodes(random);
  await store.factors.replaceRecoveryCodes(id, codes.map(hashRecoveryCode));
  return codes;
}
