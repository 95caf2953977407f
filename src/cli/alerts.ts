/** `signet alerts`: what needs attention now, who is told of it and which way, and whether that way works. */

import { setAlerts } from './alerts/set.ts';
import { showAlerts } from './alerts/show.ts';
import { testAlerts } from './alerts/test.ts';
import { type Command, exitCodes, type Terminal, usageFailure } from './command.ts';

const actions: Readonly<Record<string, (words: readonly string[], terminal: Terminal) => Promise<void>>> = {
  show: showAlerts,
  set: setAlerts,
  test: testAlerts,
};

export const alerts: Command = {
  name: 'alerts',
  summary: 'what needs attention now, and who is told of it by mail or webhook',
  help: `Usage: signet alerts [show] [--json]
       signet alerts set [OPTIONS]
       signet alerts test

show tells what needs attention now, since when, and who is told. Each alert is told once when it begins and once when it is over.

set changes who is told; what is not named stays as it is:
  --to ADDRESS            hears of everything; may be repeated, --to '' for nobody. A tenant's own addresses are its preference
                          "alertAddresses"
  --from ADDRESS          the sender of notices; '' for signet@ this server's name
  --hop HOST:PORT         the way for notices, better another one than the mail's own; '' for the next hops of the tenants
  --tls required|opportunistic|off   of that way; without it required
  --user NAME --password-file FILE   where that way asks for a sign-in
  --webhook-file FILE     a file with an HTTPS address that gets each notice as JSON; '' for none. It is kept as a secret

test sends a notice to all of them now and says what came of it.

Exit codes: 0 fine; 1 the database or a file cannot be used, or a test notice could not be sent; 2 bad usage or bad settings.
`,
  async run(words, terminal) {
    const [first = 'show', ...rest] = words;
    const action = first.startsWith('-') ? undefined : first;
    const run = Object.hasOwn(actions, action ?? 'show') ? actions[action ?? 'show'] : undefined;
    if (!run) throw usageFailure('alerts', `there is no "${first}"`);
    await run(action === undefined ? words : rest, terminal);
    return exitCodes.fine;
  },
};
