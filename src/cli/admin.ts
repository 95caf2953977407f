/** `signet admin`: back in from the host, for who has lost a passphrase or a second factor, and the audit trail's check. */
import { randomBytes } from 'node:crypto';
import type { Account } from '../store/accounts.ts';
import type { Store } from '../store/store.ts';
import { readable } from '../web/accounts/first-run.ts';
import { createPasswords } from '../web/accounts/password.ts';
import { type Command, CommandFailure, exitCodes, readWords, usageFailure, write } from './command.ts';
import { withStore } from './with-store.ts';

const usage = 'say what to do: accounts, reset-password NAME, disable-factor NAME or verify-audit';

export const admin: Command = {
  name: 'admin',
  summary: 'get back into the admin pages, check the audit trail',
  help: `Usage: signet admin accounts
       signet admin reset-password NAME
       signet admin disable-factor NAME
       signet admin verify-audit

accounts        every account of the admin pages with its roles
reset-password  gives the account a new passphrase, tells it once, and ends the account's sessions
disable-factor  takes the account's second factors and recovery codes away, and ends its sessions
verify-audit    whether the audit trail is whole; tells its length and last digest, to be compared with an earlier one

All but the first and the last are written into the audit trail. They work on the data folder (SIGNET_DATA), also beside a
running server: whoever may write there may do this.

Exit codes: 0 fine; 1 no such account, a broken trail, or the database cannot be used; 2 bad usage or bad settings.
`,
  async run(words, terminal) {
    const { positionals } = readWords('admin', words, { options: {}, allowPositionals: true });
    const [verb = '', name, ...more] = positionals;
    const act = Object.hasOwn(acts, verb) ? acts[verb] : undefined;
    if (!act || more.length > 0 || (name === undefined) === act.isOnAccount)
      throw usageFailure('admin', usage);
    const access = act.isOnAccount ? 'change' : 'read';
    const text = await withStore(terminal, access, async ({ store }) =>
      act.isOnAccount ? act.run(store, await find(store, name ?? '')) : act.run(store),
    );
    await write(terminal.output, text);
    return exitCodes.fine;
  },
};

type Act =
  | { readonly isOnAccount: false; readonly run: (store: Store) => Promise<string> }
  | { readonly isOnAccount: true; readonly run: (store: Store, account: Account) => Promise<string> };

const acts: Readonly<Record<string, Act>> = {
  accounts: { isOnAccount: false, run: listAccounts },
  'reset-password': { isOnAccount: true, run: resetPassword },
  'disable-factor': { isOnAccount: true, run: disableFactors },
  'verify-audit': { isOnAccount: false, run: verifyAudit },
};

async function listAccounts({ accounts, tenants }: Store) {
  const names = new Map((await tenants.listTenants()).map(({ id, name }) => [id, name]));
  const all = await accounts.listAccounts();
  const roles = ({ grants }: Account) =>
    grants.map(({ role, tenantId }) =>
      tenantId === '' ? role : `${role} of ${names.get(tenantId) ?? tenantId}`,
    );
  return all.map(account => `${account.name}: ${roles(account).join(', ') || 'no role'}\n`).join('');
}

async function resetPassword(store: Store, account: Account) {
  const passphrase = readable(randomBytes, 4, 5);
  await store.accounts.savePasswordHash(account.id, await createPasswords(randomBytes).hash(passphrase));
  const ended = await store.sessions.endSessions(account.id);
  await record(store, 'password-changed', account);
  return `${account.name} signs in with ${passphrase} from now on; ${ended} sessions ended. It is told only here.\n`;
}

async function disableFactors(store: Store, account: Account) {
  const count = await store.factors.removeFactors(account.id);
  const ended = await store.sessions.endSessions(account.id);
  await record(store, 'factor-removed', account);
  return `${account.name} has no second factor any more (${count} taken away); ${ended} sessions ended.\n`;
}

async function verifyAudit({ audit }: Store) {
  const trail = await audit.verifyTrail();
  if (trail.kind === 'whole')
    return `The trail is whole: ${trail.entries} entries, the last digest is ${trail.hash}.\n`;
  const sentence = `the audit trail was changed around Signet at entry ${trail.number}: compare it with a backup.`;
  throw new CommandFailure('SIGNET_AUDIT_BROKEN', sentence, exitCodes.failure);
}

async function find({ accounts }: Store, name: string) {
  const account = await accounts.findAccountNamed(name);
  if (account) return account;
  const sentence = `there is no account "${name}": see "signet admin accounts".`;
  throw new CommandFailure('SIGNET_ACCOUNT_UNKNOWN', sentence, exitCodes.failure);
}

function record({ audit }: Store, action: 'password-changed' | 'factor-removed', { name }: Account) {
  return audit.recordAudit({ actor: 'command line', action, subject: name, detail: null, address: '' });
}
