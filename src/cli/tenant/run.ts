/** Follows a run to its end and tells how it goes. */

import { phaseSentences } from '../../app/mail-flow/telling.ts';
import type { MailFlowResult, MailFlowService, RunView } from '../../microsoft/mail-flow-types.ts';
import { CommandFailure, exitCodes } from '../command.ts';
import { eventText, type Telling } from './telling.ts';
import { must } from './with-mail-flow.ts';

export async function followRun(
  service: MailFlowService,
  begun: MailFlowResult<RunView>,
  { tell, signal }: { readonly tell: Telling; readonly signal: AbortSignal },
): Promise<void> {
  const { id: runId, tenantId } = must(begun);
  const stop = () => service.cancelRun(tenantId);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const event of service.follow({ tenantId, runId })) {
      await tell(eventText(event), event);
      if (event.kind !== 'end') continue;
      const { result } = event;
      if (result.kind === 'succeeded') return await tell(`${result.sentence}\n`, { done: result });
      if (result.kind === 'failed') {
        const where = result.step === undefined ? phaseSentences[result.phase] : `"${result.step}"`;
        const { code, sentence } = result.problem;
        throw new CommandFailure(
          code,
          `it stopped at ${where}: ${sentence}${said(result.detail)}`,
          exitCodes.failure,
        );
      }
      throw new CommandFailure(
        'SIGNET_SETUP_CANCELLED',
        'It was stopped. Run it again to go on from there.',
        exitCodes.failure,
      );
    }
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function said(detail: string | undefined) {
  return detail === undefined ? '' : ` (Microsoft: ${detail})`;
}
