/** Step four: the plan, and the run that carries it out; and the runs of the other acts. */
import { ActPage } from '../../../../views/mail-flow/act.tsx';
import { ConfigurePage } from '../../../../views/mail-flow/configure.tsx';
import { RunPage, RunPart, titleOf } from '../../../../views/mail-flow/run.tsx';
import { type ActName, actNames } from '../../../../views/mail-flow/show.tsx';
import type { MailFlowService, Session } from '../../../microsoft/mail-flow-types.ts';
import { type Answer, redirect } from '../../answer.ts';
import type { Form } from '../../form.ts';
import { HttpFault } from '../../http-fault.ts';
import { accountOf, tenantOf, type Visit } from '../../visit.ts';
import { baseOf, faultOf, type MailFlowNeeds, signedIn } from './common.ts';

export function showPlan({ mailFlow }: MailFlowNeeds) {
  return (visit: Visit): Promise<Answer> => planPage(mailFlow, visit);
}

async function planPage(mailFlow: MailFlowService, visit: Visit, error?: string): Promise<Answer> {
  const session = signedIn(mailFlow, visit);
  const base = baseOf(visit);
  if (!session) return redirect(`${base}/sign-in?then=setup`);
  const preview = await mailFlow.preview(session);
  if (preview.kind === 'failed') return redirect(base, { kind: 'danger', text: faultOf(preview) });
  const { page } = visit;
  return {
    kind: 'page',
    title: page.texts.mailFlow.plan.title,
    status: error === undefined ? 200 : 422,
    view: (
      <ConfigurePage
        page={page}
        base={base}
        preview={preview.value}
        {...(error === undefined ? {} : { error })}
      />
    ),
  };
}

type Beginnings = Readonly<
  Record<Exclude<ActName, 'verify'> | 'connect', Pick<MailFlowService, 'connect'>['connect']>
>;

/** `POST .../runs`: begins and leads to the page that follows it. */
export function beginRun({ mailFlow, trail }: MailFlowNeeds) {
  const beginnings: Beginnings = {
    connect: mailFlow.connect,
    repair: mailFlow.repair,
    pause: mailFlow.pause,
    resume: mailFlow.resume,
    remove: mailFlow.remove,
    'rotate-secret': mailFlow.rotateSecret,
  };
  return async (visit: Visit): Promise<Answer> => {
    const action = visit.form.text('action');
    if (!isBeginning(action)) throw new HttpFault(400, 'malformed');
    const base = baseOf(visit);
    const session = signedIn(mailFlow, visit);
    if (!session) return redirect(`${base}/sign-in?then=${action === 'connect' ? 'setup' : action}`);
    if (action === 'connect' && !visit.form.has('know'))
      return planPage(mailFlow, visit, visit.page.texts.mailFlow.plan.knowNeeded);
    const { id: tenantId, name: subject } = tenantOf(visit);
    await trail.record(visit, { action: 'mail-flow-run', subject, tenantId, detail: { action } });
    const begun = await beginnings[action]({ ...session, actor: accountOf(visit).name });
    if (begun.kind === 'failed') return redirect(base, { kind: 'danger', text: faultOf(begun) });
    return redirect(`${base}/run`);
  };

  function isBeginning(action: string): action is keyof Beginnings {
    return Object.hasOwn(beginnings, action);
  }
}

/** `GET .../run`: the last one, also one of another process or before a restart. */
export function showRun({ mailFlow }: MailFlowNeeds) {
  return async (visit: Visit): Promise<Answer> => {
    const { page } = visit;
    const base = baseOf(visit);
    const run = await mailFlow.run(tenantOf(visit).id);
    // The page that follows by itself is shown anew at the end: its title is the answer.
    if (visit.query.has('live') && run?.state !== 'running') return redirect(`${base}/run`);
    return {
      kind: 'page',
      title: titleOf(page, run),
      view: <RunPage page={page} base={base} run={run} />,
      parts: run ? { run: <RunPart page={page} base={base} run={run} /> } : {},
    };
  };
}

export function cancelRun({ mailFlow, trail }: MailFlowNeeds) {
  return async (visit: Visit): Promise<Answer> => {
    const { id: tenantId, name: subject } = tenantOf(visit);
    await trail.record(visit, { action: 'mail-flow-run', subject, tenantId, detail: { action: 'stop' } });
    mailFlow.cancelRun(tenantId);
    return redirect(`${baseOf(visit)}/run`);
  };
}

/** `GET .../act?action=`: what it does and how it is undone; `verify` has been done already when it is shown. */
export function showAct({ mailFlow }: MailFlowNeeds) {
  return async (visit: Visit): Promise<Answer> => {
    const name = actOf(visit.query);
    const base = baseOf(visit);
    const session = signedIn(mailFlow, visit);
    if (!session) return redirect(`${base}/sign-in?then=${name}`);
    const { page } = visit;
    const facts = await factsOf(mailFlow, name, session);
    return {
      kind: 'page',
      title: page.texts.mailFlow.act[name].title,
      view: <ActPage page={page} base={base} name={name} username={session.username} {...facts} />,
    };
  };
}

async function factsOf(mailFlow: MailFlowService, name: ActName, session: Session) {
  if (name === 'verify') {
    const found = await mailFlow.verify(session);
    return found.kind === 'failed' ? { fault: faultOf(found) } : { found: found.value };
  }
  if (name !== 'remove') return {};
  const lines = await mailFlow.previewRemoval(session);
  return lines.kind === 'failed' ? { fault: faultOf(lines) } : { lines: lines.value };
}

function actOf(query: Form): ActName {
  const name = actNames.find(one => one === query.text('action'));
  if (!name) throw new HttpFault(404, 'not-found');
  return name;
}
