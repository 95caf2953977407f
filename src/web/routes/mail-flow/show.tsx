/** `GET /tenants/:tenantId/mail-flow`: how it stands; `PUT .../signing`: stop signing now, and again. */
import { type ActName, MailFlow, NoConnectors } from '../../../../views/mail-flow/show.tsx';
import type { MailFlowStatus } from '../../../microsoft/mail-flow-types.ts';
import { type Answer, redirect } from '../../answer.ts';
import { HttpFault } from '../../http-fault.ts';
import { tenantOf, type Visit } from '../../visit.ts';
import { baseOf, faultOf, type MailFlowNeeds } from './common.ts';

export function showMailFlow({ mailFlow }: MailFlowNeeds) {
  return async (visit: Visit): Promise<Answer> => {
    const { page } = visit;
    const { id, kind } = tenantOf(visit);
    if (kind === 'smtp')
      return { kind: 'page', title: page.texts.mailFlow.onPremises, view: <NoConnectors page={page} /> };
    const status = await mailFlow.status(id);
    if (status.kind === 'failed') throw new HttpFault(404, 'not-found');
    const { value } = status;
    return {
      kind: 'page',
      title: page.texts.mailFlow.titles[value.state],
      view: <MailFlow page={page} base={baseOf(visit)} status={value} acts={actsFor(value)} />,
    };
  };
}

/** Only what makes sense where it stands. */
export function actsFor({ state }: Pick<MailFlowStatus, 'state'>): readonly ActName[] {
  switch (state) {
    case 'not-configured':
      return [];
    case 'running':
      return [];
    case 'paused':
      return ['resume', 'verify', 'remove'];
    case 'drifted':
      return ['repair', 'verify', 'pause', 'remove'];
    case 'failed':
      return ['verify', 'remove'];
    default:
      return ['verify', 'pause', 'rotate-secret', 'remove'];
  }
}

export function saveSigning({ mailFlow, trail }: MailFlowNeeds) {
  return async (visit: Visit): Promise<Answer> => {
    const { id, name } = tenantOf(visit);
    const { mailFlow: words } = visit.page.texts;
    const isOn = visit.form.text('signing') === 'on';
    await trail.record(visit, {
      action: isOn ? 'signing-started' : 'signing-stopped',
      subject: name,
      tenantId: id,
    });
    const done = await (isOn ? mailFlow.startSigning(id) : mailFlow.stopSigning(id));
    if (done.kind === 'failed') return redirect(baseOf(visit), { kind: 'danger', text: faultOf(done) });
    return redirect(baseOf(visit), {
      kind: isOn ? 'success' : 'warning',
      text: isOn ? words.startedAgain : words.stopped,
    });
  };
}
