/** Rows of the route table: Setup connectors, and what is done to a mail flow afterwards. */
import { account, admin, auditor, get, post, proved, put, type Route, remove } from '../../route.ts';
import type { MailFlowNeeds } from './common.ts';
import { beginRun, cancelRun, showAct, showPlan, showRun } from './configure.tsx';
import { confirmManual, downloadScript, showEmergency, showManual } from './manual.tsx';
import { scopeRoutes } from './scope.tsx';
import { showInstructions } from './setup.tsx';
import { saveSigning, showMailFlow } from './show.tsx';
import { beginSignIn, redeemSignIn, showSignIn } from './sign-in.tsx';

export function mailFlowRoutes(needs: MailFlowNeeds): readonly Route[] {
  const scope = scopeRoutes(needs);
  return [
    get('/tenants/:tenantId/mail-flow', auditor, showMailFlow(needs)),
    put('/tenants/:tenantId/mail-flow/signing', admin, saveSigning(needs)),
    get('/tenants/:tenantId/mail-flow/setup', admin, showInstructions(needs)),
    get('/tenants/:tenantId/mail-flow/sign-in', admin, showSignIn(needs)),
    post('/tenants/:tenantId/mail-flow/sign-in', admin, beginSignIn(needs)),
    get('/auth/callback', account, redeemSignIn(needs)),
    get('/tenants/:tenantId/mail-flow/scope', admin, scope.show),
    put('/tenants/:tenantId/mail-flow/scope', admin, scope.save),
    get('/tenants/:tenantId/mail-flow/configure', admin, showPlan(needs)),
    post('/tenants/:tenantId/mail-flow/runs', admin, beginRun(needs)),
    get('/tenants/:tenantId/mail-flow/run', admin, showRun(needs)),
    remove('/tenants/:tenantId/mail-flow/run', admin, cancelRun(needs)),
    get('/tenants/:tenantId/mail-flow/act', admin, showAct(needs)),
    proved(get('/tenants/:tenantId/mail-flow/manual', admin, showManual(needs))),
    put('/tenants/:tenantId/mail-flow/manual', admin, confirmManual(needs)),
    proved(get('/tenants/:tenantId/mail-flow/script', admin, downloadScript(needs, 'script'))),
    get('/tenants/:tenantId/mail-flow/removal-script', admin, downloadScript(needs, 'removalScript')),
    get('/tenants/:tenantId/mail-flow/emergency', auditor, showEmergency(needs)),
  ];
}
