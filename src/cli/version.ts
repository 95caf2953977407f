/** `signet version`: the version alone, for scripts. */
import { version as number } from '../version.ts';
import { type Command, exitCodes, readWords, write } from './command.ts';

export const version: Command = {
  name: 'version',
  summary: 'print the version',
  help: `Usage: signet version

Prints the version of this Signet.
`,
  async run(words, terminal) {
    readWords('version', words, { options: {} });
    await write(terminal.output, `${number}\n`);
    return exitCodes.fine;
  },
};
