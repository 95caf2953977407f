/** Runs a command in this process: for many short calls, where a process each would cost minutes. */
import { EventEmitter, once } from 'node:events';
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

/** The same for a command that waits for somebody: what it prints can be waited for, and it can be stopped. */
export function startHere(
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  typed: readonly string[] = [],
) {
  const written = { stdout: '', stderr: '' };
  const printed = new EventEmitter();
  const into = (name: keyof typeof written) =>
    new Writable({
      write: (piece: Buffer, _encoding, done) => {
        written[name] += piece.toString();
        printed.emit('piece');
        done();
      },
    });
  const stopped = Promise.withResolvers<void>();
  const input = async function* () {
    for (const line of typed) yield Buffer.from(`${line}\n`);
  };
  const end = runCommandLine(words, {
    environment,
    input: input(),
    output: into('stdout'),
    errors: into('stderr'),
    onReload: () => undefined,
    untilStopped: () => stopped.promise,
  }).then(code => ({ code, ...written }));
  /** Rejects when the command ends without having said it. */
  async function said(pattern: RegExp): Promise<RegExpExecArray> {
    let isOver = false;
    void end.then(() => {
      isOver = true;
      printed.emit('piece');
    });
    for (;;) {
      const match = pattern.exec(written.stdout);
      if (match) return match;
      if (isOver) throw new Error(`never said ${pattern}: ${JSON.stringify(written)}`);
      await once(printed, 'piece');
    }
  }
  return { end, said, stop: stopped.resolve };
}
