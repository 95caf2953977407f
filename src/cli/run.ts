/** Finds the subcommand, answers `--help`, and turns what a command throws into one sentence and an exit code. */
import { admin } from './admin.ts';
import { alerts } from './alerts.ts';
import { backup } from './backup.ts';
import { type Command, CommandFailure, exitCodes, type Terminal, write } from './command.ts';
import { demo } from './demo.ts';
import { doctor } from './doctor.ts';
import { explain } from './explain.ts';
import { exportCommand } from './export.ts';
import { createHelp } from './help.ts';
import { importCommand } from './import.ts';
import { licence } from './licence.ts';
import { people } from './people.ts';
import { restore } from './restore.ts';
import { serve } from './serve.ts';
import { stamp } from './stamp.ts';
import { sync } from './sync.ts';
import { tenant } from './tenant.ts';
import { vault } from './vault.ts';
import { version } from './version.ts';

const working: readonly Command[] = [
  serve,
  demo,
  stamp,
  explain,
  exportCommand,
  importCommand,
  sync,
  tenant,
  people,
  licence,
  doctor,
  alerts,
  backup,
  restore,
  vault,
  admin,
  version,
];
const help = createHelp(working);
const commands: readonly Command[] = [...working, help];

export async function runCommandLine(words: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await dispatch(words, terminal);
  } catch (error) {
    // The reader of our output has gone (`signet stamp ... | head`): nobody is left to tell.
    if (isClosedPipe(error)) return exitCodes.failure;
    await write(terminal.errors, `${sentenceOf(error)}\n`);
    return error instanceof CommandFailure ? error.exitCode : exitCodes.failure;
  }
}

function dispatch([first = 'serve', ...rest]: readonly string[], terminal: Terminal): Promise<number> {
  if (first === '--help' || first === '-h') return help.run(rest, terminal);
  if (first === '--version') return version.run(rest, terminal);
  const command = commands.find(candidate => candidate.name === first);
  if (!command)
    throw new CommandFailure('SIGNET_USAGE', `there is no command "${first}": see "signet help".`);
  return asksForHelp(rest) ? help.run([command.name], terminal) : command.run(rest, terminal);
}

function asksForHelp(words: readonly string[]) {
  const end = words.indexOf('--');
  const options = end < 0 ? words : words.slice(0, end);
  return options.includes('--help') || options.includes('-h');
}

function isClosedPipe(error: unknown) {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === 'EPIPE';
}

function sentenceOf(error: unknown) {
  if (error instanceof CommandFailure) return `${error.code}: ${error.message}`;
  const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `SIGNET_INTERNAL: Signet met a fault of its own: please report it with these lines.\n${cause}`;
}
