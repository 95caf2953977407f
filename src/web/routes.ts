/**
 * The route table: every address of the admin pages, who may use it, and what answers. Read it as the table of contents.
 * test/web/scenarios/ has rows for each.
 */
import type { FirstRun } from './accounts/first-run.ts';
import type { Pace } from './accounts/pace.ts';
import type { Passwords } from './accounts/password.ts';
import type { SignIn } from './accounts/sign-in.ts';
import type { Memory } from './memory.ts';
import type { MessageDays } from './message-days.ts';
import type { WebNeeds } from './needs.ts';
import { account, anyone, auditor, get, guest, post, put, type Route, remove } from './route.ts';
import { saveLook } from './routes/account-look.ts';
import { showDashboard } from './routes/dashboard.tsx';
import { createFirstAccount, showFirstRun } from './routes/first-run.tsx';
import { listMessages, showMessage } from './routes/log.tsx';
import { createSession, endSession, newSession } from './routes/session.tsx';
import { showStart } from './routes/start.ts';
import { listTenants } from './routes/tenants.tsx';

export type RouteNeeds = WebNeeds & {
  readonly memory: Memory;
  readonly messageDays: MessageDays;
  readonly signIn: SignIn;
  readonly firstRun: FirstRun;
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
    remove('/session', account, endSession(needs)),
    put('/account/look', account, saveLook(needs)),

    get('/tenants', account, listTenants(needs)),
    get('/tenants/:tenantId', auditor, showDashboard(needs)),
    get('/tenants/:tenantId/log', auditor, listMessages(needs)),
    get('/tenants/:tenantId/log/:messageId', auditor, showMessage(needs)),
  ];
}
