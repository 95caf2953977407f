/** The only file that touches `process`: arguments, environment, signals, exit code. */
import process from 'node:process';
import type { Terminal } from './cli/command.ts';
import { runCommandLine } from './cli/run.ts';

const { npm_lifecycle_event: script, INIT_CWD: callersFolder } = process.env;
// npm runs scripts in the project's folder; relative paths mean the folder in which the user typed `npm run signet`.
if (script === 'signet' && callersFolder) process.chdir(callersFolder);

const terminal: Terminal = {
  environment: process.env,
  // A getter: only touching `process.stdin` opens it, and serving must not hold the caller's.
  get input() {
    return process.stdin;
  },
  output: process.stdout,
  errors: process.stderr,
  untilStopped,
  onReload: reload => void process.on('SIGHUP', reload),
};

// A write reports its own failure to its caller; without a listener the stream's event would end the process first.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

runCommandLine(process.argv.slice(2), terminal).then(leave, error => {
  process.exitCode = 1;
  throw error;
});

function leave(exitCode: number) {
  process.exitCode = exitCode;
}

function untilStopped() {
  return new Promise<void>(resolve => {
    // Once each: a second signal of the same name meets no handler and ends a stop that hangs.
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}
