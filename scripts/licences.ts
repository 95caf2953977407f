/** `npm run licences`: name, version and licence of every package that ships, into src/web/dependencies.json. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

const root = join(import.meta.dirname, '..');
export const licencesFile = join(root, 'src/web/dependencies.json');

type Locked = {
  readonly version: string;
  readonly license?: string;
  readonly dev?: true;
  readonly optional?: true;
  readonly devOptional?: true;
};

export type Shipped = { readonly name: string; readonly version: string; readonly licence: string };

/** As installed: the lock file says what ships, each package itself says under which licence. */
export function shippedPackages(): readonly Shipped[] {
  const lock: { readonly packages: Readonly<Record<string, Locked>> } = JSON.parse(
    readFileSync(join(root, 'package-lock.json'), 'utf8'),
  );
  const shipped = Object.entries(lock.packages).filter(
    ([path, { dev, optional, devOptional }]) => path !== '' && !dev && !optional && !devOptional,
  );
  const rows = shipped.map(([path, { version, license }]) => ({
    name: path.replace(/^.*node_modules\//, ''),
    version,
    licence: license ?? ownWord(path),
  }));
  const unique = new Map(rows.map(row => [`${row.name} ${row.version}`, row]));
  return [...unique.keys()].sort().flatMap(key => unique.get(key) ?? []);
}

function ownWord(path: string): string {
  const manifest: { readonly license?: unknown } = JSON.parse(
    readFileSync(join(root, path, 'package.json'), 'utf8'),
  );
  return typeof manifest.license === 'string' ? manifest.license : 'see the package';
}

export const licencesText = (): string => `${JSON.stringify(shippedPackages(), null, 2)}\n`;

if (argv[1] === fileURLToPath(import.meta.url)) writeFileSync(licencesFile, licencesText());
