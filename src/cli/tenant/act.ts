/** `signet tenant pause`, `resume`, `remove`, `repair`, `rotate-secret`, `hydrate`: sign in, say what will happen, ask, do it. */
import type { MailFlowService, PlanLine, RunRequest, Session } from '../../microsoft/mail-flow-types.ts';
import { CommandFailure, exitCodes, readWords, type Terminal, usageFailure, write } from '../command.ts';
import { followRun } from './run.ts';
import { signInAt } from './sign-in.ts';
import { confirm, createTelling, planText, refuseJsonWithoutYes, stopOf } from './telling.ts';
import { actor, must, onlyName, tenantNamed, withMailFlow } from './with-mail-flow.ts';

const flag = { type: 'boolean', default: false } as const;
const options = { 'dry-run': flag, manual: flag, yes: flag, json: flag } as const;

type Verb = 'pause' | 'resume' | 'remove' | 'repair' | 'rotate-secret' | 'hydrate';

const verbs: Readonly<
  Record<
    Verb,
    {
      readonly question: string;
      readonly begin: (
        service: MailFlowService,
      ) => (request: RunRequest) => ReturnType<MailFlowService['pause']>;
    }
  >
> = {
  pause: { question: 'Take Signet out of the mail flow of', begin: service => service.pause },
  resume: { question: 'Put Signet back into the mail flow of', begin: service => service.resume },
  remove: { question: 'Remove all of this from', begin: service => service.remove },
  repair: { question: 'Make everything as it was set up, in', begin: service => service.repair },
  'rotate-secret': { question: 'Give a new route secret to', begin: service => service.rotateSecret },
  hydrate: { question: 'Let Exchange prepare the organisation of', begin: service => service.hydrate },
};

export function runOnTenant(verb: Verb) {
  return async (words: readonly string[], terminal: Terminal): Promise<number> => {
    const { values, positionals } = readWords('tenant', words, { options, allowPositionals: true });
    const name = onlyName(positionals);
    if ((values.manual || values['dry-run']) && verb !== 'remove')
      throw usageFailure('tenant', `${verb} knows neither --manual nor --dry-run`);
    if (!values.manual && !values['dry-run']) refuseJsonWithoutYes(values);
    await withMailFlow(terminal, 'change', async service => {
      const tenant = await tenantNamed(service, name);
      if (values.manual) {
        const { removalScript } = must(await service.manual(tenant.tenantId));
        return await write(terminal.output, removalScript);
      }
      const tell = createTelling(terminal, values.json);
      const signal = stopOf(terminal);
      const session = await signInAt(service, tenant.tenantId, { tell, signal });
      if (verb === 'remove') await tellRemoval(service, session, tell);
      if (values['dry-run']) return;
      const { question, begin } = verbs[verb];
      if (!values.yes) await confirm(terminal, `${question} "${tenant.name}"?`, signal);
      await followRun(service, await begin(service)({ ...session, actor }), { tell, signal });
    });
    return exitCodes.fine;
  };
}

async function tellRemoval(
  service: MailFlowService,
  session: Session,
  tell: ReturnType<typeof createTelling>,
) {
  const plan: readonly PlanLine[] = must(await service.previewRemoval(session));
  if (plan.length > 0) return await tell(`This goes:\n${planText(plan)}`, { plan });
  throw new CommandFailure(
    'SIGNET_CONNECTOR_MISSING',
    'This tenant has nothing of this Signet: there is nothing to remove.',
    exitCodes.failure,
  );
}
