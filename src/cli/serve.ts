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
SIGHUP reads the bundle and the certificate again; what is bad changes nothing, and the log says why.

Settings are environment variables; an unknown SIGNET_ variable is an error:
  SIGNET_BUNDLE         YAML file with the tenants (default: none, and every message is refused)
  SIGNET_DATA           data folder, made when missing (default ${defaults.SIGNET_DATA})
  SIGNET_MASTER_KEY_FILE  file with the key of stored secrets (default: master.key in the data folder, made once)
  SIGNET_SMTP_LISTEN    address and port of the relay (default ${defaults.SIGNET_SMTP_LISTEN}; port 0 takes a free one)
  SIGNET_HTTP_LISTEN    address and port of the web server (default ${defaults.SIGNET_HTTP_LISTEN})
  SIGNET_HTTPS_LISTEN   address and port of the web server over HTTPS (default: none)
  SIGNET_HTTPS_CERT     PEM file with its certificate (default: the relay's, else one that is made)
  SIGNET_HTTPS_KEY      PEM file with its private key
  SIGNET_PUBLIC_URL     what browsers call the admin pages, such as https://signet.example.com
  SIGNET_TRUSTED_PROXIES  addresses of proxies whose X-Forwarded headers are believed, with commas between
  SIGNET_HOSTNAME       name by which mail servers know this machine (default: the machine's own)
  SIGNET_TLS_CERT       PEM file with the certificate; without it STARTTLS is not offered
  SIGNET_TLS_KEY        PEM file with its private key
  SIGNET_TLS_CLIENT_CA  PEM file with the authorities of peers' certificates (default: the public ones)
  SIGNET_LOG_LEVEL      trace, debug, info, warn, error, fatal or silent (default ${defaults.SIGNET_LOG_LEVEL})

Exit codes: 0 stopped by a signal; 1 could not start; 2 bad usage or bad settings.
`,
  async run(words, terminal) {
    readWords('serve', words, { options: {} });
    const config = orFail(readConfig(terminal.environment), exitCodes.badInput);
    const app = createApp(config);
    // Asked for before the start: a signal that comes while starting must stop cleanly as well.
    const stopped = terminal.untilStopped();
    // Likewise: a service manager may ask for a reload as soon as the process is there.
    terminal.onReload(() => void app.reload());
    const { smtp, healthUrl, dataFolder } = orFail(await app.start(), exitCodes.failure);
    await write(
      terminal.output,
      `Signet ${version} relays mail on ${smtp}, answers on ${healthUrl} and keeps its data in ${dataFolder}\n`,
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
