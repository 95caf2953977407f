/** `signet serve`: the appliance. One line on standard output says where things are; the log goes to standard error. */
import { createApp } from '../app.ts';
import { defaults, readConfig } from '../config.ts';
import type { Result } from '../problem.ts';
import { version } from '../version.ts';
import { type Command, CommandFailure, exitCodes, readWords, write } from './command.ts';

export const serve: Command = {
  name: 'serve',
  summary: 'run the appliance (the default command)',
  help: `Usage: signet [serve]

Runs Signet until SIGINT or SIGTERM. Prints one line that says where it answers and where its data is.

Settings are environment variables; an unknown SIGNET_ variable is an error:
  SIGNET_DATA         data folder, made when missing (default ${defaults.SIGNET_DATA})
  SIGNET_HTTP_LISTEN  address and port of the web server (default ${defaults.SIGNET_HTTP_LISTEN}; port 0 takes a free one)
  SIGNET_LOG_LEVEL    trace, debug, info, warn, error, fatal or silent (default ${defaults.SIGNET_LOG_LEVEL})

Exit codes: 0 stopped by a signal; 1 could not start; 2 bad usage or bad settings.
`,
  async run(words, terminal) {
    readWords('serve', words, { options: {} });
    const config = orFail(readConfig(terminal.environment), exitCodes.badInput);
    const app = createApp(config);
    // Asked for before the start: a signal that comes while starting must stop cleanly as well.
    const stopped = terminal.untilStopped();
    const { healthUrl, dataFolder } = orFail(await app.start(), exitCodes.failure);
    await write(
      terminal.output,
      `Signet ${version} answers on ${healthUrl} and keeps its data in ${dataFolder}\n`,
    );
    await stopped;
    await app.stop();
    return exitCodes.fine;
  },
};

function orFail<Value>(result: Result<Value>, exitCode: number): Value {
  if (result.kind === 'ok') return result.value;
  throw new CommandFailure(result.problem.code, result.problem.sentence, exitCode);
}
