/**
 * Bundles Signet into CommonJS: one file that `npm start` runs, one for its worker threads, and SQLite's native part beside
 * them, with a folder of what browsers load. The binary embeds all of it.
 */
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const bundle = join(root, 'build/signet.cjs');

/**
 * How `npm start`, the binary, the image and the benchmarks run it (test/running.test.ts holds them together). A small young
 * generation costs a few per cent of CPU and saves 20 MB (start-worker.ts: the threads have a smaller one). The C library raises its threshold for memory of
 * its own pages by itself, up to 32 MB; then freed messages stay in its heap, between small things that live: 90 MB at
 * 50 connections of 1 MB.
 */
export const running = {
  flags: ['--max-semi-space-size=8'],
  environment: { MALLOC_MMAP_THRESHOLD_: '131072' },
};

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
  const pack = async (source, file) => {
    const { outputFiles } = await esbuild.build({
      ...settings,
      write: false,
      entryPoints: [source],
      outfile: file,
    });
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, asciiOnly(outputFiles[0].text));
  };
  await pack('src/worker-entry.ts', worker);
  // A new file under the old name: running processes have the old one mapped, and writing into that ends them (SIGSEGV).
  copyFileSync(installedAddon(), `${addon}.new`);
  renameSync(`${addon}.new`, addon);
  copyAssets(assets);
  await pack('src/main.ts', outfile);
  await esbuild.stop();
}

/**
 * V8 keeps a source in one byte for each character, or in two when a single one does not fit: in the main thread and in
 * each of five others. esbuild writes strings in ASCII; what it leaves stands in comments and in regular expressions, where
 * an escape means the same.
 */
function asciiOnly(text) {
  return text.replace(/[^\x00-\x7f]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
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
