/**
 * Begins and ends sessions. A token is new after each step (ASVS 7.2.4): what a browser had before the passphrase opens
 * nothing after it. Failures look the same whether the account exists or not, and take the same time.
 */
import type { Account, Accounts } from '../../store/accounts.ts';
import type { Sessions } from '../../store/sessions.ts';
import { hashToken, newToken, type Random } from '../tokens.ts';
import type { Visit } from '../visit.ts';
import type { Pace } from './pace.ts';
import type { Passwords } from './password.ts';

export type SignedIn =
  | { readonly kind: 'signed-in'; readonly token: string; readonly account: Account }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'too-many' };

export type SignInNeeds = {
  readonly accounts: Pick<Accounts, 'findAccountNamed' | 'passwordHash' | 'savePasswordHash'>;
  readonly sessions: Pick<Sessions, 'addSession'>;
  readonly passwords: Passwords;
  readonly pace: Pace;
  readonly random: Random;
};

export type SignIn = {
  readonly withPassword: (visit: Visit, name: string, password: string) => Promise<SignedIn>;
  /** A session with all rights, in the place of the one before. Answers its token. */
  readonly begin: (visit: Visit, accountId: string) => Promise<string>;
};

/** Characters of a browser's own words that are kept. */
const agentCharacters = 300;

export function createSignIn(needs: SignInNeeds): SignIn {
  const { accounts, sessions, passwords, pace, random } = needs;

  async function withPassword(visit: Visit, name: string, password: string): Promise<SignedIn> {
    const attempt = { account: name.slice(0, 200), address: visit.address };
    if (!(await pace.await(attempt))) return { kind: 'too-many' };
    const account = await accounts.findAccountNamed(name);
    const stored = account && (await accounts.passwordHash(account.id));
    const { isRight, isOutdated } = await passwords.verify(password, stored);
    if (!account || !isRight) {
      pace.failed(attempt);
      return { kind: 'wrong' };
    }
    pace.succeeded(attempt);
    if (isOutdated)
      await accounts.savePasswordHash(account.id, await passwords.hash(password), { isRenewal: true });
    return { kind: 'signed-in', token: await begin(visit, account.id), account };
  }

  async function begin(visit: Visit, accountId: string) {
    const token = newToken(random);
    await sessions.addSession({
      tokenHash: hashToken(token),
      id: random(9).toString('base64url'),
      accountId,
      stage: 'full',
      address: visit.address,
      agent: visit.agent.slice(0, agentCharacters),
      ...(visit.session ? { follows: visit.session.id } : {}),
    });
    return token;
  }

  return { withPassword, begin };
}
