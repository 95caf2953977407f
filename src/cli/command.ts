/**
 * What a subcommand is and what it gets. A command touches no `process`: `main.ts` hands the terminal in, tests
 * could hand in another.
 */
import type { Writable } from 'node:stream';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import type { Environment } from '../config.ts';
import type { ProblemCode } from '../problem.ts';

/** The exit codes of every command; `signet help` and the README tell them. */
export const exitCodes = { fine: 0, failure: 1, badInput: 2 } as const;

export type Terminal = {
  readonly environment: Environment;
  readonly input: AsyncIterable<Uint8Array>;
  readonly output: Writable;
  readonly errors: Writable;
  /** Resolves at the first SIGINT or SIGTERM. Until it is called these signals end the process at once. */
  readonly untilStopped: () => Promise<void>;
  /** Runs at each SIGHUP from now on, which until then ends the process. */
  readonly onReload: (reload: () => void) => void;
};

export type Command = {
  readonly name: string;
  readonly summary: string;
  readonly help: string;
  readonly run: (words: readonly string[], terminal: Terminal) => Promise<number>;
};

/** Ends a command with one sentence on standard error. Thrown and caught under `cli/` only. */
export class CommandFailure extends Error {
  readonly code: ProblemCode;
  readonly exitCode: number;

  constructor(code: ProblemCode, sentence: string, exitCode: number = exitCodes.badInput) {
    super(sentence);
    this.code = code;
    this.exitCode = exitCode;
  }
}

/** Options by node:util's parser; whatever it refuses becomes a `SIGNET_USAGE` that names the command's help. */
export function readWords<Config extends Omit<ParseArgsConfig, 'args'>>(
  command: string,
  words: readonly string[],
  config: Config,
) {
  try {
    return parseArgs({ ...config, args: [...words] });
  } catch (error) {
    const [sentence] = error instanceof Error ? error.message.split(/\. |\n/) : [String(error)];
    throw usageFailure(command, sentence ?? 'bad arguments');
  }
}

export function usageFailure(command: string, sentence: string) {
  return new CommandFailure('SIGNET_USAGE', `${sentence}: see "signet ${command} --help".`);
}

/** Waits until the stream took it: thousands of messages must not pile up before a slow reader. */
export function write(stream: Writable, data: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(data, error => (error ? reject(error) : resolve()));
  });
}
