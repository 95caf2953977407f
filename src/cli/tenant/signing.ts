/** `signet tenant stop-signing` and `start-signing`: local and instant, whatever Exchange does. */
import type { MailFlowService } from '../../microsoft/mail-flow-types.ts';
import { exitCodes, readWords, type Terminal, write } from '../command.ts';
import { must, onlyName, tenantNamed, withMailFlow } from './with-mail-flow.ts';

const options = { json: { type: 'boolean', default: false } } as const;

export const stopSigning = signing(
  'stopSigning',
  'Signing is stopped: mail passes unsigned from now on. "signet tenant start-signing" ends that.\n',
);
export const startSigning = signing('startSigning', 'Mail is signed again.\n');

function signing(verb: 'stopSigning' | 'startSigning', sentence: string) {
  return async (words: readonly string[], terminal: Terminal): Promise<number> => {
    const { values, positionals } = readWords('tenant', words, { options, allowPositionals: true });
    const name = onlyName(positionals);
    const status = await withMailFlow(terminal, 'change', async (service: MailFlowService) => {
      const { tenantId } = await tenantNamed(service, name);
      return must(await service[verb](tenantId));
    });
    await write(terminal.output, values.json ? `${JSON.stringify(status)}\n` : sentence);
    return exitCodes.fine;
  };
}
