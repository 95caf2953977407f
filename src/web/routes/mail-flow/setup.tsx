/** `GET /tenants/:tenantId/mail-flow/setup`: step one of the wizard. */
import { Instructions } from '../../../../views/mail-flow/instructions.tsx';
import type { Choices } from '../../../microsoft/mail-flow-types.ts';
import type { Answer } from '../../answer.ts';
import { HttpFault } from '../../http-fault.ts';
import { tenantOf, type Visit } from '../../visit.ts';
import { baseOf, type MailFlowNeeds } from './common.ts';

export function showInstructions({ mailFlow }: MailFlowNeeds) {
  return async (visit: Visit): Promise<Answer> => {
    const choices = await mailFlow.choices(tenantOf(visit).id);
    if (choices.kind === 'failed') throw new HttpFault(404, 'not-found');
    return instructions(visit, choices.value);
  };
}

type Again = {
  readonly fault?: string;
  readonly errors?: Readonly<Partial<Record<'clientId' | 'signInTenant', string>>>;
};

export function instructions(
  visit: Visit,
  {
    application,
    signInTenant = '',
  }: Pick<Choices, 'application'> & { readonly signInTenant?: string | undefined },
  again: Again = {},
): Answer {
  const { page } = visit;
  return {
    kind: 'page',
    title: page.texts.mailFlow.setup,
    status: again.fault === undefined && again.errors === undefined ? 200 : 422,
    view: (
      <Instructions
        page={page}
        base={baseOf(visit)}
        application={application.kind}
        clientId={application.kind === 'microsoft-exchange' ? '' : application.clientId}
        signInTenant={signInTenant}
        {...again}
      />
    ),
  };
}
