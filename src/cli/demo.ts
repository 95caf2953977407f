/** `signet demo`: the appliance beside a simulated Microsoft 365, to be tried without one and without a network. */
import { defaults } from '../config.ts';
import { type Command, exitCodes, readWords, usageFailure, write } from './command.ts';
import type { Demonstration } from './demo/demonstration.ts';
import { orFail } from './with-store.ts';

const options = { connected: { type: 'boolean', default: false } } as const;

export const demo: Command = {
  name: 'demo',
  summary: 'try Signet with a simulated Microsoft 365 tenant',
  help: `Usage: signet demo [--connected]

Runs Signet beside a simulated Microsoft 365 with the company Contoso: 40 people in 6 departments, 3 groups, 5 signatures with
rules. Prints where the pages are and what to do first. Needs no network; everything is on this machine and ends with Ctrl-C.
The simulated tenant lives in memory: each start begins anew.

  --connected   the tenant is connected already

Settings: SIGNET_DATA (default ./signet-demo; a folder that holds anything but an earlier demonstration is refused),
SIGNET_HTTP_LISTEN (default ${defaults.SIGNET_HTTP_LISTEN}), SIGNET_LOG_LEVEL (default warn).

Exit codes: 0 stopped by a signal; 1 could not start; 2 bad usage or bad settings.
`,
  async run(words, terminal) {
    const { values, positionals } = readWords('demo', words, { options, allowPositionals: true });
    if (positionals.length > 0) throw usageFailure('demo', `there is no "${positionals[0]}"`);
    const stopped = terminal.untilStopped();
    // Loaded here: no other command pays for the simulation.
    const { startDemonstration, relayName } = await import('./demo/demonstration.ts');
    const { connectDemonstration } = await import('./demo/connect.ts');
    const running = orFail(await startDemonstration(terminal.environment));
    try {
      if (values.connected) {
        const result = await connectDemonstration(running);
        if (result.kind !== 'succeeded')
          await write(terminal.errors, `The tenant was not connected: ${JSON.stringify(result)}\n`);
      }
      await write(terminal.output, told(running, { isConnected: values.connected, relayName }));
      await stopped;
    } finally {
      await running.stop();
    }
    return exitCodes.fine;
  },
};

type Telling = { readonly isConnected: boolean; readonly relayName: string };

function told(
  { url, account, sandbox, dataFolder }: Demonstration,
  { isConnected, relayName }: Telling,
): string {
  const { pages } = sandbox.cloud();
  const connect = `   SIGNET_DATA=${dataFolder} SIGNET_HOSTNAME=${relayName} SIGNET_TLS_CERT=${dataFolder}/relay.pem \\
   SIGNET_TLS_KEY=${dataFolder}/relay.key signet tenant connect Contoso --internal
   It shows a code. Type it at ${pages}/devicelogin as admin@contoso.com; no password.`;
  return `Signet demonstration: everything here is simulated, on this machine.

  Signet's admin pages        ${url}     (${account.name}, ${account.passphrase})
  The simulated Microsoft 365  ${pages}/sandbox

First steps:
1. ${isConnected ? 'The tenant Contoso is connected.' : `Connect the tenant: sign in at ${url}, open Mail flow, Setup connectors. Or in another terminal:\n${connect}`}
2. Write a mail as anyone of Contoso: ${pages}/sandbox/write
3. See it arrive, signed: ${pages}/sandbox/mail
4. See why it was signed so: ${url}, Log

Data is in ${dataFolder}, and nowhere else. Ctrl-C ends it.
`;
}
