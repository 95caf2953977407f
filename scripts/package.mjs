/**
 * `npm run package`: one executable file, build/signet-linux-x64 or -arm64. A Node single executable application
 * that embeds the very Node this script runs on, so call it with the Node that shall ship.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'postject';
import { assetFiles, build, bundle, partsOf, root, running } from './build.mjs';

/** Fixed by Node: `inject` flips the digit behind it, which tells the executable that it carries an application. */
const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

const config = join(root, 'build/sea.json');
const blob = join(root, 'build/sea.blob');
const binary = join(root, `build/signet-${process.platform}-${process.arch}`);

await build();
makeBlob();
copyNode();
strip();
await silently(() => inject(binary, 'NODE_SEA_BLOB', readFileSync(blob), { sentinelFuse: fuse }));
for (const file of [config, blob]) rmSync(file);
say(`${binary}: ${(statSync(binary).size / 1e6).toFixed(1)} MB, Node ${process.versions.node}`);

function makeBlob() {
  const { worker, addon, assets } = partsOf(bundle);
  const served = Object.keys(assetFiles).map(name => [`assets/${name}`, join(assets, name)]);
  const settings = {
    main: bundle,
    output: blob,
    assets: { 'worker.cjs': worker, 'sqlite.node': addon, ...Object.fromEntries(served) },
    disableExperimentalSEAWarning: true,
    useCodeCache: true,
    execArgv: running.flags,
    // The environment of a mail server must not be able to load code into it by NODE_OPTIONS.
    execArgvExtension: 'none',
  };
  writeFileSync(config, JSON.stringify(settings));
  execFileSync(process.execPath, ['--experimental-sea-config', config], { stdio: 'pipe' });
}

function copyNode() {
  rmSync(binary, { force: true });
  copyFileSync(process.execPath, binary);
  chmodSync(binary, 0o755);
}

/** Before the injection: `strip` would throw the application away with the symbols. */
function strip() {
  try {
    execFileSync('strip', [binary], { stdio: ['ignore', 'ignore', 'ignore'] });
  } catch {
    say('"strip" (Debian package binutils) is missing or failed: the binary stays about 18 MB larger.');
    copyNode();
  }
}

/** postject warns about a note section that it has no name for; the file is fine, and the smoke test shows it. */
async function silently(work) {
  const { warn, error, log } = console;
  Object.assign(console, { warn: () => {}, error: () => {}, log: () => {} });
  await work().finally(() => Object.assign(console, { warn, error, log }));
}

function say(line) {
  process.stdout.write(`${line}\n`);
}
