/** `signet tenant verify`: whether everything is as it was made. A difference is exit code 1, for a watchman's script. */
import { exitCodes, readWords, type Terminal } from '../command.ts';
import { signInAt } from './sign-in.ts';
import { createTelling, lightsText, stopOf } from './telling.ts';
import { must, onlyName, tenantNamed, withMailFlow } from './with-mail-flow.ts';

const flag = { type: 'boolean', default: false } as const;
const options = { yes: flag, json: flag } as const;

export async function verifyTenant(words: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = readWords('tenant', words, { options, allowPositionals: true });
  const name = onlyName(positionals);
  return await withMailFlow(terminal, 'change', async service => {
    const { tenantId } = await tenantNamed(service, name);
    const tell = createTelling(terminal, values.json);
    const standing = await service.verify({ tenantId });
    const verification =
      standing.kind === 'failed' && standing.reason === 'sign-in-needed'
        ? must(await service.verify(await signInAt(service, tenantId, { tell, signal: stopOf(terminal) })))
        : must(standing);
    const { state, differences, lights } = verification;
    await tell(
      `${lightsText(lights)}${[sentences[state], ...differences].map(line => `${line}\n`).join('')}`,
      verification,
    );
    return state === 'successful' || state === 'paused' ? exitCodes.fine : exitCodes.failure;
  });
}

const sentences = {
  'not-configured': 'Nothing of Signet is there.',
  successful: 'Connectors configuration successful.',
  paused: 'Everything is there, and the rule is switched off.',
  drifted: 'It is not as it was made ("signet tenant repair" makes it so):',
};
