/** `signet help [COMMAND]`, also reached by `--help` anywhere. */
import { type Command, CommandFailure, exitCodes, readWords, write } from './command.ts';

export function createHelp(commands: readonly Command[]): Command {
  const help: Command = {
    name: 'help',
    summary: 'explain Signet or one command',
    help: 'Usage: signet help [COMMAND]\n',
    async run(words, terminal) {
      const { positionals } = readWords('help', words, { options: {}, allowPositionals: true });
      const [name] = positionals;
      const all = [...commands, help];
      await write(terminal.output, name ? explain(name, all) : overview(all));
      return exitCodes.fine;
    },
  };
  return help;
}

function explain(name: string, commands: readonly Command[]) {
  const command = commands.find(candidate => candidate.name === name);
  if (!command) throw new CommandFailure('SIGNET_USAGE', `there is no command "${name}": see "signet help".`);
  return command.help;
}

function overview(commands: readonly Command[]) {
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(9)} ${summary}`);
  return `Signet puts company signatures and disclaimers on mail.

Usage: signet [COMMAND] [ARGUMENTS]

Commands ("signet COMMAND --help" explains one):
${lines.join('\n')}

Exit codes:
  0  fine
  1  failure: something could not be done
  2  bad usage, bad settings or unreadable input
Errors are one sentence on standard error that starts with a stable code, such as SIGNET_USAGE.
`;
}
