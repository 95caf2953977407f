/** Connects the demonstration's tenant as an administrator would: a one-time code typed at the simulated sign-in page. */
import { request } from 'node:http';
import type { MailFlowResult, RunResult } from '../../microsoft/mail-flow-types.ts';
import type { Demonstration } from './demonstration.ts';

const owner = 'demonstration';

/** Rejects where the simulation itself fails; what Signet refuses is a sentence. */
export async function connectDemonstration(demo: Demonstration): Promise<RunResult> {
  const { app, sandbox, tenantId } = demo;
  const service = app.mailFlow();
  if (!service) throw new Error('the appliance has not started');
  must(await service.choose(tenantId, { scope: { senders: { kind: 'all' }, isInternalToo: true } }));
  const { id: signInId, state } = must(await service.beginSignIn({ tenantId, owner, flow: 'device-code' }));
  if (state.kind !== 'pending' || state.userCode === undefined) throw new Error('no code was given');
  const form = { code: state.userCode, account: 'admin@contoso.com', choice: 'continue' };
  await post(`${sandbox.cloud().pages}/devicelogin/account`, form);
  const session = { tenantId, owner, signInId };
  await service.awaitSignIn(session);
  const run = must(await service.connect({ ...session, actor: owner }));
  for await (const event of service.follow({ tenantId, runId: run.id }))
    if (event.kind === 'end') {
      service.endSignIn(session);
      return event.result;
    }
  return { kind: 'interrupted' };
}

function must<Value>(result: MailFlowResult<Value>): Value {
  if (result.kind === 'ok') return result.value;
  throw new Error(result.problem.sentence);
}

function post(url: string, fields: Readonly<Record<string, string>>): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const sent = request(url, { method: 'POST', headers }, answer => {
      answer.resume().once('end', () => resolve());
    });
    sent.once('error', reject).end(new URLSearchParams(fields).toString());
  });
}
