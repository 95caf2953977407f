/** The sign-in at Microsoft: begun, waited for, ended, and the way back from Microsoft's page. */
import { actNames } from '../../../../views/mail-flow/show.tsx';
import { SignInPage, SignInState } from '../../../../views/mail-flow/sign-in.tsx';
import type { Application } from '../../../microsoft/tokens/application.ts';
import { type Answer, redirect } from '../../answer.ts';
import type { Form } from '../../form.ts';
import { sessionOf, tenantOf, type Visit } from '../../visit.ts';
import { baseOf, faultOf, type MailFlowNeeds } from './common.ts';
import { instructions } from './setup.tsx';

/** `POST .../sign-in`: what the first step chose is kept, then Microsoft is asked for a code or its page. */
export function beginSignIn({ mailFlow, publicUrl }: MailFlowNeeds) {
  return async (visit: Visit): Promise<Answer> => {
    const { form, origin } = visit;
    const { id: tenantId } = tenantOf(visit);
    const then = thenOf(form);
    const chosen = form.has('application') ? readChoice(form) : undefined;
    if (chosen) {
      const kept = await mailFlow.choose(tenantId, chosen);
      if (kept.kind === 'failed') return instructions(visit, chosen, { fault: faultOf(kept) });
    }
    const flow = form.text('flow') === 'authorization-code' ? 'authorization-code' : 'device-code';
    const begun = await mailFlow.beginSignIn({
      tenantId,
      owner: sessionOf(visit).id,
      flow,
      ...(flow === 'authorization-code' ? { redirectUri: `${publicUrl ?? origin}/auth/callback` } : {}),
    });
    if (begun.kind === 'ok') return redirect(`${baseOf(visit)}/sign-in?then=${then}&id=${begun.value.id}`);
    const choices = await mailFlow.choices(tenantId);
    const shown =
      chosen ??
      (choices.kind === 'ok' ? choices.value : { application: { kind: 'microsoft-exchange' } as const });
    return instructions(visit, shown, { fault: faultOf(begun) });
  };
}

function readChoice(form: Form): {
  readonly application: Application;
  readonly signInTenant: string | undefined;
} {
  const clientId = form.text('clientId').trim();
  const signInTenant = form.text('signInTenant').trim() || undefined;
  const kind = form.text('application');
  const application =
    kind === 'single-tenant' || kind === 'multi-tenant'
      ? ({ kind, clientId } as const)
      : ({ kind: 'microsoft-exchange' } as const);
  return { application, signInTenant };
}

/** Where the sign-in leads: the wizard, or one act. Never an address of the form's own. */
function thenOf(form: Form): string {
  const then = form.text('then');
  return actNames.find(name => name === then) ?? 'setup';
}

/** `GET .../sign-in`: moves on by itself as soon as somebody has signed in. */
export function showSignIn({ mailFlow }: MailFlowNeeds) {
  return async (visit: Visit): Promise<Answer> => {
    const { page } = visit;
    const base = baseOf(visit);
    const then = thenOf(visit.query);
    const about = { tenantId: tenantOf(visit).id, owner: sessionOf(visit).id };
    const signInId = visit.query.text('id');
    // Named by its id one that failed is found too, and tells why.
    const signIn = signInId === '' ? mailFlow.openSignIn(about) : mailFlow.signIn({ ...about, signInId });
    if (signIn?.state.kind === 'signed-in')
      return redirect(then === 'setup' ? `${base}/scope` : `${base}/act?action=${then}`);
    const props = { page, base, then, signIn };
    return {
      kind: 'page',
      title: page.texts.mailFlow.steps[1] ?? page.texts.mailFlow.setup,
      view: <SignInPage {...props} />,
      parts: { 'sign-in-state': <SignInState {...props} /> },
    };
  };
}

/** `GET /auth/callback`: Microsoft's page sends the browser here. The sign-in is named by `state`, and must be this browser's. */
export function redeemSignIn({ mailFlow }: MailFlowNeeds) {
  return async (visit: Visit): Promise<Answer> => {
    const { query } = visit;
    const names = ['code', 'state', 'error', 'error_description', 'client_info'];
    const callback = Object.fromEntries(
      names.filter(name => query.has(name)).map(name => [name, query.text(name)]),
    );
    const redeemed = await mailFlow.redeemSignIn(callback, sessionOf(visit).id);
    if (redeemed.kind === 'failed') return redirect('/tenants', { kind: 'danger', text: faultOf(redeemed) });
    return redirect(`/tenants/${encodeURIComponent(redeemed.value.tenantId)}/mail-flow/sign-in?then=setup`);
  };
}
