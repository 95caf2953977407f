/** The set-up by hand: steps, scripts, the word that it is done; and the emergency page. */
import { EmergencyPage } from '../../../../views/mail-flow/emergency.tsx';
import { ManualPage } from '../../../../views/mail-flow/manual.tsx';
import type { ManualSetup } from '../../../microsoft/mail-flow-types.ts';
import { type Answer, redirect } from '../../answer.ts';
import { HttpFault } from '../../http-fault.ts';
import { tenantOf, type Visit } from '../../visit.ts';
import { baseOf, faultOf, type MailFlowNeeds } from './common.ts';

export function showManual({ mailFlow, trail }: MailFlowNeeds) {
  return async (visit: Visit): Promise<Answer> => {
    const { id: tenantId, name: subject } = tenantOf(visit);
    const setup = await mailFlow.manual(tenantId);
    // The steps hold the route secret: who saw it is on record.
    if (setup.kind === 'ok') await trail.record(visit, { action: 'mail-flow-script', subject, tenantId });
    return manualPage(
      visit,
      setup.kind === 'ok' ? setup.value : undefined,
      setup.kind === 'failed' ? faultOf(setup) : undefined,
    );
  };
}

function manualPage(visit: Visit, setup: ManualSetup | undefined, fault?: string): Answer {
  const { page } = visit;
  return {
    kind: 'page',
    title: page.texts.mailFlow.manual.title,
    status: fault === undefined ? 200 : 422,
    view: (
      <ManualPage
        page={page}
        base={baseOf(visit)}
        setup={setup}
        tenantId={visit.form.text('microsoftTenantId')}
        {...(fault === undefined ? {} : { fault })}
      />
    ),
  };
}

export function downloadScript({ mailFlow, trail }: MailFlowNeeds, which: 'script' | 'removalScript') {
  return async (visit: Visit): Promise<Answer> => {
    const { id: tenantId, name: subject } = tenantOf(visit);
    const setup = await mailFlow.manual(tenantId);
    if (setup.kind === 'failed') return redirect(`${baseOf(visit)}/manual`);
    if (which === 'script') await trail.record(visit, { action: 'mail-flow-script', subject, tenantId });
    const name = which === 'script' ? 'signet-connect.ps1' : 'signet-remove.ps1';
    // PowerShell 5 reads a script without a mark as Windows-1252.
    return { kind: 'file', name, type: 'text/plain; charset=utf-8', bytes: `\ufeff${setup.value[which]}` };
  };
}

export function confirmManual({ mailFlow, trail }: MailFlowNeeds) {
  return async (visit: Visit): Promise<Answer> => {
    const { id: tenantId, name: subject } = tenantOf(visit);
    const microsoftTenantId = visit.form.text('microsoftTenantId').trim();
    await trail.record(visit, {
      action: 'mail-flow-run',
      subject,
      tenantId,
      detail: { action: 'confirm-manual' },
    });
    const done = await mailFlow.confirmManual({
      tenantId,
      ...(microsoftTenantId ? { microsoftTenantId } : {}),
    });
    if (done.kind === 'ok')
      return redirect(baseOf(visit), { kind: 'success', text: visit.page.texts.mailFlow.manual.confirmed });
    const setup = await mailFlow.manual(tenantId);
    return manualPage(visit, setup.kind === 'ok' ? setup.value : undefined, faultOf(done));
  };
}

export function showEmergency({ mailFlow }: MailFlowNeeds) {
  return async (visit: Visit): Promise<Answer> => {
    const setup = await mailFlow.manual(tenantOf(visit).id);
    if (setup.kind === 'failed') throw new HttpFault(404, 'not-found');
    const { emergency } = setup.value;
    return {
      kind: 'page',
      title: emergency.title,
      view: <EmergencyPage page={visit.page} base={baseOf(visit)} emergency={emergency} />,
    };
  };
}
