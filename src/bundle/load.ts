/** The bundle of SIGNET_BUNDLE from disk: files that it names lie beside it, unless their names are absolute. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { failed, type Result, systemReason } from '../problem.ts';
import type { Bundle, BundleProblem, BundleTenant } from './bundle.ts';
import type { ReadFile } from './files.ts';
import type { FitPicture } from './images.ts';
import { readBundle } from './read.ts';
import type { CheckSignature } from './templates.ts';

/** Mistakes are one sentence when there is one; else a sentence and one line for each, `FILE:LINE:COLUMN: what`. */
export async function loadBundle(
  file: string,
  check?: CheckSignature,
  fit?: FitPicture,
): Promise<Result<Bundle>> {
  const read = await readText(file);
  if (read.kind === 'problem') return read;
  const result = await readBundle(read.value, besides(file), check, fit);
  if (result.kind === 'problems') return mistakes(file, result.problems);
  const tenants = result.bundle.tenants.map(tenant => withWholePaths(tenant, dirname(resolve(file))));
  return { kind: 'ok', value: { ...result.bundle, tenants } };
}

/** A CSV file is read again and again, by a server that does not know where the bundle was. */
function withWholePaths(tenant: BundleTenant, folder: string): BundleTenant {
  const { directory } = tenant;
  if (directory?.source.kind !== 'csv') return tenant;
  const source = { ...directory.source, file: resolve(folder, directory.source.file) };
  return { ...tenant, directory: { ...directory, source } };
}

async function readText(file: string): Promise<Result<string>> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    return failed(
      'SIGNET_BUNDLE_UNREADABLE',
      `the bundle ${file} cannot be read (${systemReason(error)}): set SIGNET_BUNDLE to a file that Signet may read.`,
    );
  }
  try {
    return { kind: 'ok', value: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return failed('SIGNET_BUNDLE_UNREADABLE', `the bundle ${file} is not UTF-8: save it as UTF-8.`);
  }
}

function besides(bundleFile: string): ReadFile {
  return async file => {
    try {
      return { kind: 'ok', bytes: await readFile(resolve(dirname(bundleFile), file)) };
    } catch (error) {
      return { kind: 'failed', reason: systemReason(error) };
    }
  };
}

function mistakes(file: string, problems: readonly BundleProblem[]): Result<never> {
  const [first] = problems;
  if (first && problems.length === 1)
    return failed(
      'SIGNET_BUNDLE_INVALID',
      `${file} line ${first.line}, column ${first.column}: ${first.sentence}`,
    );
  const lines = problems.map(({ line, column, sentence }) => `${file}:${line}:${column}: ${sentence}`);
  return failed(
    'SIGNET_BUNDLE_INVALID',
    [`${file} has ${problems.length} mistakes: correct them all.`, ...lines].join('\n'),
  );
}
