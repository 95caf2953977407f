/** Recovery codes: shown once, until their owner says that they are kept; new ones make the old ones worthless. */
import { RecoveryCodes } from '../../../views/account/recovery-codes.tsx';
import { type EnrolmentNeeds, makeRecoveryCodes } from '../accounts/enrolment.ts';
import { type Answer, redirect } from '../answer.ts';
import type { Memory } from '../memory.ts';
import { sessionOf, type Visit } from '../visit.ts';

export function showRecoveryCodes({ memory }: { readonly memory: Memory }) {
  return (visit: Visit): Answer => {
    const { page } = visit;
    const codes = memory.secret(sessionOf(visit).id, 'recovery-codes');
    if (codes === undefined) return redirect('/account');
    return {
      kind: 'page',
      title: page.texts.account.codesTitle,
      isAlone: true,
      view: <RecoveryCodes page={page} codes={codes.split('\n')} />,
    };
  };
}

export function createRecoveryCodes(needs: EnrolmentNeeds) {
  return async (visit: Visit): Promise<Answer> => {
    const codes = await makeRecoveryCodes(needs, visit);
    needs.memory.keepSecret(sessionOf(visit).id, 'recovery-codes', codes.join('\n'));
    return redirect('/account/recovery-codes');
  };
}

export function keepRecoveryCodes({ memory }: { readonly memory: Memory }) {
  return (visit: Visit): Answer => {
    memory.keepSecret(sessionOf(visit).id, 'recovery-codes', undefined);
    return redirect('/');
  };
}
