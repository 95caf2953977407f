/** Runs a command in this process: for many short calls, where a process each would cost minutes. */
import { Writable } from 'node:stream';
import { runCommandLine } from '../../src/cli/run.ts';

export async function runHere(words: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const written = { stdout: '', stderr: '' };
  const into = (name: keyof typeof written) =>
    new Writable({
      write: (piece: Buffer, _encoding, done) => {
        written[name] += piece.toString();
        done();
      },
    });
  const code = await runCommandLine(words, {
    environment,
    input: (async function* () {})(),
    output: into('stdout'),
    errors: into('stderr'),
    onReload: () => undefined,
    untilStopped: () => Promise.resolve(),
  });
  return { code, ...written };
}
