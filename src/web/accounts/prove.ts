/**
 * The second factor shown: at sign-in, and again before dangerous acts. Codes wait their turn as passphrases do (pace.ts): six
 * digits would be guessed otherwise.
 */
import type { Clock } from '../../clock.ts';
import type { Account } from '../../store/accounts.ts';
import type { Factors } from '../../store/factors.ts';
import type { Pace } from './pace.ts';
import { hashRecoveryCode } from './recovery-codes.ts';
import { judgeCode } from './totp.ts';

export type Proof = 'totp' | 'recovery-code';

export type Proved =
  | { readonly kind: 'proved'; readonly by: Proof }
  | { readonly kind: 'code-wrong' }
  | { readonly kind: 'code-over' }
  | { readonly kind: 'clock-off' }
  | { readonly kind: 'recovery-wrong' }
  | { readonly kind: 'too-many' };

export type Prove = {
  readonly withCode: (account: Account, address: string, code: string) => Promise<Proved>;
  readonly withRecoveryCode: (account: Account, address: string, code: string) => Promise<Proved>;
};

export type ProveNeeds = {
  readonly factors: Pick<Factors, 'totpSeeds' | 'takeTotpStep' | 'takeRecoveryCode'>;
  readonly pace: Pace;
  readonly clock: Clock;
};

export function createProve({ factors, pace, clock }: ProveNeeds): Prove {
  async function paced(account: Account, address: string, judge: () => Promise<Proved>): Promise<Proved> {
    const attempt = { account: `factor of ${account.id}`, address };
    if (!(await pace.await(attempt))) return { kind: 'too-many' };
    const proved = await judge();
    if (proved.kind === 'proved') pace.succeeded(attempt);
    else pace.failed(attempt);
    return proved;
  }

  async function judgeEach(account: Account, code: string): Promise<Proved> {
    let best: Proved = { kind: 'code-wrong' };
    for (const { id, seed } of await factors.totpSeeds(account.id)) {
      const verdict = judgeCode(seed, code, clock.now());
      if (verdict.kind === 'right')
        return (await factors.takeTotpStep(id, verdict.step))
          ? { kind: 'proved', by: 'totp' }
          : { kind: 'code-over' };
      if (verdict.kind === 'over') best = { kind: 'code-over' };
      if (verdict.kind === 'clock') best = { kind: 'clock-off' };
    }
    return best;
  }

  return {
    withCode: (account, address, code) => paced(account, address, () => judgeEach(account, code)),
    withRecoveryCode: (account, address, code) =>
      paced(account, address, async () =>
        (await factors.takeRecoveryCode(account.id, hashRecoveryCode(code)))
          ? { kind: 'proved', by: 'recovery-code' }
          : { kind: 'recovery-wrong' },
      ),
  };
}
