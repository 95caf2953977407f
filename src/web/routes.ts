/**
 * The route table: every address of the admin pages, who may use it, and what answers. Read it as the table of contents.
 * test/web/scenarios/ has rows for each.
 */
import type { FirstRun } from './accounts/first-run.ts';
import type { Pace } from './accounts/pace.ts';
import type { Passkeys } from './accounts/passkeys.ts';
import type { Passwords } from './accounts/password.ts';
import type { Prove } from './accounts/prove.ts';
import type { SignIn } from './accounts/sign-in.ts';
import type { Trail } from './audit.ts';
import type { Memory } from './memory.ts';
import type { MessageDays } from './message-days.ts';
import type { WebNeeds } from './needs.ts';
import {
  account,
  anyone,
  auditor,
  auditorOfAll,
  enrol,
  get,
  guest,
  half,
  owner,
  post,
  proved,
  put,
  type Route,
  remove,
} from './route.ts';
import { endOtherSessions, endOwnSession, savePassword, showAccount } from './routes/account.tsx';
import { saveLook } from './routes/account-look.ts';
import {
  addGrant,
  disableAccount,
  enableAccount,
  endSessionsOf,
  listAccounts,
  removeAccount,
  removeGrant,
  showOneAccount,
} from './routes/accounts.tsx';
import { showAudit, verifyTrail } from './routes/audit.tsx';
import { downloadBackup, saveBackups, showBackups } from './routes/backups.tsx';
import { showDashboard } from './routes/dashboard.tsx';
import { newFactor, removeFactor } from './routes/factors.tsx';
import { createFirstAccount, showFirstRun } from './routes/first-run.tsx';
import {
  acceptInvitation,
  createInvitation,
  createReset,
  forgetLink,
  removeInvitation,
  showInvitation,
} from './routes/invitations.tsx';
import { listMessages, showMessage } from './routes/log.tsx';
import { mailFlowRoutes } from './routes/mail-flow/routes.ts';
import { tenantRoutes } from './routes/of-tenant.ts';
import {
  askForAnyPasskey,
  askForPasskey,
  createPasskey,
  offerPasskey,
  proveByPasskey,
  signInByPasskey,
} from './routes/passkeys.tsx';
import { createProof, showProof } from './routes/proof.tsx';
import { createRecoveryCodes, keepRecoveryCodes, showRecoveryCodes } from './routes/recovery-codes.tsx';
import { createSession, endSession, newSession } from './routes/session.tsx';
import { showAbout, showCertificates, showRetention, showSettings } from './routes/settings.tsx';
import { showStart } from './routes/start.ts';
import { listTenants } from './routes/tenants.tsx';
import { createTotp, newTotp } from './routes/totp.tsx';

export type RouteNeeds = WebNeeds & {
  readonly memory: Memory;
  readonly messageDays: MessageDays;
  readonly signIn: SignIn;
  readonly firstRun: FirstRun;
  readonly prove: Prove;
  readonly passkeys: Passkeys;
  readonly trail: Trail;
  readonly passwords: Passwords;
  readonly pace: Pace;
};

export function routeTable(needs: RouteNeeds): readonly Route[] {
  return [
    get('/', account, showStart(needs)),

    get('/first-run', anyone, showFirstRun(needs)),
    post('/first-run', anyone, createFirstAccount(needs)),
    get('/session/new', guest, newSession),
    post('/session', guest, createSession(needs)),
    post('/session/passkey-options', guest, askForAnyPasskey(needs)),
    post('/session/passkey', guest, signInByPasskey(needs)),
    remove('/session', half, endSession(needs)),
    get('/session/proof', half, showProof(needs)),
    post('/session/proof', half, createProof(needs)),

    post('/session/proof/passkey-options', half, askForPasskey(needs)),
    post('/session/proof/passkey', half, proveByPasskey(needs)),

    get('/account', account, showAccount(needs)),
    put('/account/password', account, savePassword(needs)),
    remove('/account/sessions', account, endOtherSessions(needs)),
    remove('/account/sessions/:sessionId', account, endOwnSession(needs)),
    put('/account/look', account, saveLook(needs)),
    get('/account/factors/new', enrol, newFactor),
    get('/account/factors/totp/new', enrol, newTotp(needs)),
    post('/account/factors/totp', enrol, createTotp(needs)),
    post('/account/factors/passkey/options', enrol, offerPasskey(needs)),
    post('/account/factors/passkey', enrol, createPasskey(needs)),
    proved(remove('/account/factors/:factorId', account, removeFactor(needs))),
    get('/account/recovery-codes', account, showRecoveryCodes(needs)),
    proved(post('/account/recovery-codes', account, createRecoveryCodes(needs))),
    put('/account/recovery-codes/kept', account, keepRecoveryCodes(needs)),

    get('/settings', account, showSettings),
    get('/settings/about', account, showAbout(needs)),
    get('/settings/certificates', auditorOfAll, showCertificates(needs)),
    get('/settings/retention', auditorOfAll, showRetention(needs)),
    get('/settings/audit', auditorOfAll, showAudit(needs)),
    post('/settings/audit/verification', auditorOfAll, verifyTrail(needs)),
    get('/settings/backups', owner, showBackups(needs)),
    proved(post('/settings/backups', owner, downloadBackup(needs))),
    proved(put('/settings/backups', owner, saveBackups(needs))),

    get('/settings/accounts', owner, listAccounts(needs)),
    proved(post('/settings/accounts/invitations', owner, createInvitation(needs))),
    proved(remove('/settings/accounts/invitations/:invitationId', owner, removeInvitation(needs))),
    remove('/settings/accounts/link', owner, forgetLink(needs)),
    get('/settings/accounts/:accountId', owner, showOneAccount(needs)),
    proved(remove('/settings/accounts/:accountId', owner, removeAccount(needs))),
    proved(post('/settings/accounts/:accountId/grants', owner, addGrant(needs))),
    proved(remove('/settings/accounts/:accountId/grants', owner, removeGrant(needs))),
    proved(put('/settings/accounts/:accountId/disabled', owner, disableAccount(needs))),
    proved(remove('/settings/accounts/:accountId/disabled', owner, enableAccount(needs))),
    proved(remove('/settings/accounts/:accountId/sessions', owner, endSessionsOf(needs))),
    proved(post('/settings/accounts/:accountId/reset', owner, createReset(needs))),
    get('/invitations/:token', anyone, showInvitation(needs)),
    post('/invitations/:token', anyone, acceptInvitation(needs)),

    get('/tenants', account, listTenants(needs)),
    get('/tenants/:tenantId', auditor, showDashboard(needs)),
    ...mailFlowRoutes(needs),
    get('/tenants/:tenantId/log', auditor, listMessages(needs)),
    get('/tenants/:tenantId/log/:messageId', auditor, showMessage(needs)),
    ...tenantRoutes(needs),
  ];
}
