/** `GET /account/factors/totp/new`: the QR code; `POST /account/factors/totp`: the first code proves that it was scanned. */
import { NewTotp } from '../../../views/account/new-totp.tsx';
import type { Clock } from '../../clock.ts';
import { afterEnrolment, type EnrolmentNeeds } from '../accounts/enrolment.ts';
import { qrOf } from '../accounts/qr.ts';
import { judgeCode, newSeed, seedAddress } from '../accounts/totp.ts';
import type { Answer } from '../answer.ts';
import type { Memory } from '../memory.ts';
import type { WebNeeds } from '../needs.ts';
import { accountOf, sessionOf, type Visit } from '../visit.ts';

export type TotpNeeds = EnrolmentNeeds &
  Pick<WebNeeds, 'store' | 'random'> & { readonly memory: Memory; readonly clock: Clock };

export function newTotp(needs: Pick<TotpNeeds, 'memory' | 'random'>) {
  return (visit: Visit): Answer => form(visit, seedOf(needs, visit), {});
}

export function createTotp(needs: TotpNeeds) {
  const { store, memory, random, clock, trail } = needs;
  return async (visit: Visit): Promise<Answer> => {
    const { texts } = visit.page;
    const { id: accountId, name: accountName } = accountOf(visit);
    const seed = seedOf(needs, visit);
    const verdict = judgeCode(seed, visit.form.text('code'), clock.now());
    if (verdict.kind !== 'right') {
      const errors = {
        wrong: texts.signIn.totpWrong,
        over: texts.signIn.totpOver,
        clock: texts.signIn.clockOff,
      };
      return form(visit, seed, { error: errors[verdict.kind] }, 422);
    }
    const name = nameOf(visit) || texts.account.totpName;
    await trail.record(visit, {
      action: 'factor-added',
      subject: accountName,
      detail: { kind: 'totp', name },
    });
    const id = random(9).toString('base64url');
    await store.factors.addTotp(accountId, { id, name, seed, step: verdict.step });
    memory.keepSecret(sessionOf(visit).id, 'seed', undefined);
    return afterEnrolment(needs, visit);
  };
}

export const nameOf = (visit: Visit): string => visit.form.text('name').trim().slice(0, 60);

/** The same until it is used: a reload must not make a scanned one worthless. */
function seedOf({ memory, random }: Pick<TotpNeeds, 'memory' | 'random'>, visit: Visit) {
  const { id } = sessionOf(visit);
  const seed = memory.secret(id, 'seed') ?? newSeed(random);
  memory.keepSecret(id, 'seed', seed);
  return seed;
}

function form(visit: Visit, seed: string, again: { readonly error?: string }, status = 200): Answer {
  const { page } = visit;
  const address = seedAddress(seed, accountOf(visit).name);
  return {
    kind: 'page',
    title: page.texts.account.totpTitle,
    isAlone: true,
    status,
    view: (
      <NewTotp page={page} seed={seed} qr={qrOf(address)} address={address} name={nameOf(visit)} {...again} />
    ),
  };
}
