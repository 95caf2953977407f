/**
 * Bundles Signet into CommonJS: one file that `npm start` runs, one for its worker threads, and SQLite's native part beside
 * them, with a folder of what browsers load. The binary embeds all of it.
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const bundle = join(root, 'build/signet.cjs');

/** Where the parts of a bundle are: start-worker.ts, store/addon.ts and web/asset-source.ts look there. */
export function partsOf(outfile) {
  const folder = dirname(outfile);
  const worker = outfile.replace(/\.cjs$/, '-worker.cjs');
  return { worker, addon: join(folder, 'sqlite.node'), assets: join(folder, 'assets') };
}

export async function build(outfile = bundle) {
  // Loaded here: a start that finds the bundle fresh does not pay for it.
  const esbuild = await import('esbuild');
  const { worker, addon, assets } = partsOf(outfile);
  const settings = {
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    logLevel: 'warning',
    define: { 'import.meta.filename': '__filename' },
  };
  // The main file last: its time says whether everything is fresh.
  await esbuild.build({ ...settings, entryPoints: ['src/worker-entry.ts'], outfile: worker });
  copyFileSync(installedAddon(), addon);
  copyAssets(assets);
  await esbuild.build({ ...settings, entryPoints: ['src/main.ts'], outfile });
  await esbuild.stop();
}

/** Name in the pages -> file in the project. */
export const assetFiles = JSON.parse(readFileSync(join(root, 'views/assets/files.json'), 'utf8'));

function copyAssets(folder) {
  mkdirSync(folder, { recursive: true });
  for (const [name, file] of Object.entries(assetFiles)) copyFileSync(join(root, file), join(folder, name));
}

function installedAddon() {
  const library = dirname(createRequire(import.meta.url).resolve('better-sqlite3/package.json'));
  return join(library, `prebuilds/${process.platform}-${process.arch}.node`);
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
