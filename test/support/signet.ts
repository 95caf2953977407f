/** Runs the command line as users do: a process of its own, from the bundle, which starts faster than the sources. */
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

export type Finished = { readonly code: number | null; readonly stdout: Buffer; readonly stderr: string };

type Surroundings = {
  readonly input?: string | Uint8Array;
  readonly folder?: string;
  readonly environment?: Record<string, string>;
};

/** A folder of this test file alone; it goes when the file's tests are done. */
export const scratch = mkdtempSync(join(tmpdir(), 'signet-test-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

const bundle = join(scratch, 'signet.cjs');
execFileSync(process.execPath, [join(import.meta.dirname, '../../scripts/build.mjs'), bundle]);

/** What a failing test leaves running must not keep the test runner from ending. */
const running = new Set<ChildProcessWithoutNullStreams>();
after(() => running.forEach(child => void child.kill('SIGKILL')));

export function spawnSignet(words: readonly string[], surroundings: Surroundings = {}) {
  const { folder = scratch, environment = {} } = surroundings;
  const child = spawn(process.execPath, [bundle, ...words], { cwd: folder, env: environment });
  running.add(child.on('close', () => running.delete(child)));
  return child;
}

export async function runSignet(
  words: readonly string[],
  surroundings: Surroundings = {},
): Promise<Finished> {
  const child = spawnSignet(words, surroundings);
  child.stdin.on('error', () => undefined).end(surroundings.input ?? '');
  return finished(child);
}

export function finished(child: ChildProcessWithoutNullStreams): Promise<Finished> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (piece: Buffer) => stdout.push(piece));
  child.stderr.on('data', (piece: Buffer) => stderr.push(piece));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', code => {
      resolve({ code, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() });
    });
  });
}
