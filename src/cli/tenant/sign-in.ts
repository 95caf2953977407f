/** A sign-in from the command line: the code and where to type it, then waiting. Stopping ends the code. */
import type { MailFlowService, Session } from '../../microsoft/mail-flow-types.ts';
import { CommandFailure, exitCodes } from '../command.ts';
import type { Telling } from './telling.ts';
import { actor, must } from './with-mail-flow.ts';

export async function signInAt(
  service: MailFlowService,
  tenantId: string,
  { tell, signal }: { readonly tell: Telling; readonly signal: AbortSignal },
): Promise<Session> {
  const begun = must(await service.beginSignIn({ tenantId, owner: actor, flow: 'device-code' }));
  if (begun.state.kind === 'pending') {
    const { userCode = '', url, expiresAt } = begun.state;
    const until = new Date(expiresAt).toISOString();
    await tell(
      `To sign in, open ${url} in a browser and type the code ${userCode}\nSign in as Exchange Administrator or Global Administrator. Signet sees no password, and keeps nothing of it.\n`,
      { signIn: { code: userCode, url, until } },
    );
  }
  const session = { tenantId, signInId: begun.id, owner: actor, signal };
  const settled = await service.awaitSignIn(session);
  if (signal.aborted || !settled)
    throw new CommandFailure('SIGNET_SETUP_CANCELLED', 'Stopped; nothing was changed.', exitCodes.failure);
  const { state } = settled;
  if (state.kind === 'failed') {
    const { code, sentence } = state.problem;
    const number = state.aadsts === undefined ? '' : ` (${state.aadsts})`;
    throw new CommandFailure(code, `${sentence}${number}`, exitCodes.failure);
  }
  if (state.kind === 'signed-in')
    await tell(`Signed in${state.username === undefined ? '' : ` as ${state.username}`}.\n`, {
      signedIn: { username: state.username ?? null, tenantId: state.microsoftTenantId },
    });
  return session;
}
