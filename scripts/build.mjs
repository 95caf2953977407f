/** Bundles Signet into one CommonJS file: what `npm start` runs and what the binary embeds. */
import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const bundle = join(root, 'build/signet.cjs');

export async function build(outfile = bundle) {
  // Loaded here: a start that finds the bundle fresh does not pay for it.
  const esbuild = await import('esbuild');
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: ['src/main.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    logLevel: 'warning',
  });
  await esbuild.stop();
}

/** True when anything that goes into the bundle is newer than the bundle. */
export function isStale() {
  const inputs = ['package.json', 'package-lock.json', 'tsconfig.json', 'scripts/build.mjs', 'src', 'views'];
  const built = changedAt(bundle);
  return inputs.flatMap(input => filesUnder(join(root, input))).some(file => changedAt(file) >= built);
}

function filesUnder(path) {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) return [];
  if (!stats.isDirectory()) return [path];
  // The folder itself counts too: its time tells of a file that was removed.
  return [path, ...readdirSync(path).flatMap(name => filesUnder(join(path, name)))];
}

function changedAt(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build(process.argv[2]);
