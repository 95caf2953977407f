/**
 * Begins and ends sessions. A token is new after each step (ASVS 7.2.4): what a browser had before the passphrase opens
 * nothing after it, and what it had between passphrase and second factor opens nothing after that. Failures look the same
 * whether the account exists, rests or not, and take the same time.
 */
import type { Clock } from '../../clock.ts';
import type { Account, Accounts } from '../../store/accounts.ts';
import type { Factors } from '../../store/factors.ts';
import type { Session, Sessions } from '../../store/sessions.ts';
import { hashToken, newToken, type Random } from '../tokens.ts';
import type { Visit } from '../visit.ts';
import type { Pace } from './pace.ts';
import type { Passwords } from './password.ts';

export type Checked =
  | { readonly kind: 'right'; readonly account: Account }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'too-many' };

/** `offered`: nobody must have a second factor; for the demonstration, whose mail is made up. */
export type FactorPolicy = 'required' | 'offered';

export type SignInNeeds = {
  readonly accounts: Pick<Accounts, 'findAccountNamed' | 'passwordHash' | 'savePasswordHash'>;
  readonly factors: Pick<Factors, 'listFactors'>;
  readonly sessions: Pick<Sessions, 'addSession'>;
  readonly passwords: Passwords;
  readonly pace: Pace;
  readonly clock: Clock;
  readonly random: Random;
  readonly factorPolicy: FactorPolicy;
};

export type Begun = {
  readonly token: string;
  readonly sessionId: string;
  readonly stage: Session['stage'];
};

export type SignIn = {
  readonly checkPassword: (visit: Visit, name: string, password: string) => Promise<Checked>;
  /** Behind the passphrase: with full access only where no second factor is there, and none is required. */
  readonly begin: (visit: Visit, accountId: string) => Promise<Begun>;
  /** Behind the second factor, in the place of the session before. */
  readonly beginFull: (visit: Visit, accountId: string) => Promise<Begun>;
};

/** Characters of a browser's own words that are kept. */
const agentCharacters = 300;

export function createSignIn(needs: SignInNeeds): SignIn {
  const { accounts, factors, sessions, passwords, pace, clock, random, factorPolicy } = needs;

  async function checkPassword(visit: Visit, name: string, password: string): Promise<Checked> {
    const attempt = { account: name.slice(0, 200), address: visit.address };
    if (!(await pace.await(attempt))) return { kind: 'too-many' };
    const account = await accounts.findAccountNamed(name);
    const stored = account && (await accounts.passwordHash(account.id));
    const { isRight, isOutdated } = await passwords.verify(password, stored);
    if (!account || !isRight || account.disabledAt !== undefined) {
      pace.failed(attempt);
      return { kind: 'wrong' };
    }
    pace.succeeded(attempt);
    if (isOutdated)
      await accounts.savePasswordHash(account.id, await passwords.hash(password), { isRenewal: true });
    return { kind: 'right', account };
  }

  async function add(visit: Visit, accountId: string, stage: Session['stage'], isProved: boolean) {
    const token = newToken(random);
    const sessionId = random(9).toString('base64url');
    await sessions.addSession({
      tokenHash: hashToken(token),
      id: sessionId,
      accountId,
      stage,
      address: visit.address,
      agent: visit.agent.slice(0, agentCharacters),
      ...(isProved ? { provedAt: clock.now() } : {}),
      ...(visit.session ? { follows: visit.session.id } : {}),
    });
    return { token, sessionId, stage };
  }

  async function begin(visit: Visit, accountId: string) {
    const isEnough = factorPolicy === 'offered' && (await factors.listFactors(accountId)).length === 0;
    return add(visit, accountId, isEnough ? 'full' : 'password', isEnough);
  }

  return { checkPassword, begin, beginFull: (visit, accountId) => add(visit, accountId, 'full', true) };
}
