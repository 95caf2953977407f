import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { findBreaches } from './support/layers.ts';

const root = join(import.meta.dirname, '..');

test('every source file keeps to the table of layers', async () => {
  const paths = ['src', 'views'].flatMap(sourcesUnder);
  assert.ok(paths.length > 10, 'the scan finds the sources');
  const files = paths.map(path => ({ path, source: readFileSync(join(root, path), 'utf8') }));
  assert.deepEqual(await findBreaches(files), []);
});

const breaches: readonly [path: string, source: string, breach: string][] = [
  ['src/mail/a.ts', "import { read } from 'node:fs'; read();", 'may not import node:fs'],
  ['src/mail/a.ts', "import net from 'node:net';", 'may not import node:net'],
  ['src/mail/a.ts', "import { kysely } from 'kysely'; kysely();", 'may not import kysely'],
  [
    'src/mail/a.ts',
    "import { decide } from '../signature/decide.ts'; decide();",
    'may not import ../signature/decide.ts',
  ],
  ['src/mail/a.ts', "import type { Log } from '../log.ts';", 'may not import types of ../log.ts'],
  ['src/mail/a.ts', "const later = () => import('node:dns');", 'may not import node:dns'],
  ['src/mail/a.ts', 'export const now = () => Date.now();', 'may not use Date'],
  ['src/mail/a.ts', 'function unused() { return new Date(); }', 'may not use Date'],
  ['src/mail/a.ts', 'export const dice = () => Math.random();', 'may not use Math.random'],
  ['src/mail/a.ts', "export const dice = () => Math['random']();", 'may not use Math.random'],
  ['src/mail/a.ts', 'export const home = process.env.HOME;', 'may not use process'],
  ['src/mail/a.ts', 'export const home = globalThis.process;', 'may not use globalThis'],
  ['src/mail/a.ts', 'setTimeout(() => {}, 1);', 'may not use setTimeout'],
  ['src/mail/a.ts', "console.log('x');", 'may not use console'],
  ['src/mail/a.ts', 'export const id = crypto.randomUUID();', 'may not use crypto'],
  ['src/mail/a.ts', "await fetch('x');", 'may not use fetch'],
  ['src/signature/a.ts', 'export const now = performance.now();', 'may not use performance'],
  [
    'src/store/a.ts',
    "import { decide } from '../signature/decide.ts';",
    'may not import ../signature/decide.ts',
  ],
  [
    'src/store/a.ts',
    "import { type Rule } from '../signature/rule.ts';",
    'may not import ../signature/rule.ts',
  ],
  ['src/store/a.ts', "export * from '../web/server.ts';", 'may not import ../web/server.ts'],
  [
    'src/relay/a.ts',
    "import type { Rules } from '../store/rules.ts';",
    'may not import types of ../store/rules.ts',
  ],
  [
    'src/relay/a.ts',
    "import type {\n  Rules,\n} from '../store/rules.ts';",
    'may not import types of ../store/rules.ts',
  ],
  ['src/web/a.ts', "import { createApp } from '../app.ts';", 'may not import ../app.ts'],
  ['src/web/a.ts', "import { serve } from '../cli/serve.ts';", 'may not import ../cli/serve.ts'],
  ['src/web/a.ts', "import { createLog } from '../log.ts';", 'may not import ../log.ts'],
  ['src/config.ts', "import { createLog } from './log.ts';", 'may not import ./log.ts'],
  ['src/app.ts', "import { tenant } from './sandbox/tenant.ts';", 'may not import ./sandbox/tenant.ts'],
  ['views/a.tsx', "import { rules } from '../src/store/rules.ts';", 'may not import ../src/store/rules.ts'],
  ['src/helpers/a.ts', '', 'the layer "helpers" is not in the table'],
];

for (const [path, source, breach] of breaches) {
  test(`the layer check reports ${path} with ${JSON.stringify(source)}`, async () => {
    assert.deepEqual(await findBreaches([{ path, source }]), [`${path}: ${breach}`]);
  });
}

const allowed: readonly [path: string, source: string][] = [
  [
    'src/mail/a.ts',
    "import { Buffer } from 'node:buffer'; import iconv from 'iconv-lite'; iconv.decode(Buffer.of(), 'x');",
  ],
  ['src/mail/a.ts', "import { limits } from '../limits.ts'; import { b } from './deep/b.ts'; b(limits);"],
  [
    'src/mail/a.ts',
    "// Date.now() and process.env\n/* import 'node:fs' */ export const text = \"import 'node:fs'; process\";",
  ],
  ['src/mail/a.ts', 'export const row = (Date: number) => ({ process: Date, size: row.console });'],
  ['src/mail/a.ts', 'export const most = Math.max(1, 2);'],
  [
    'src/store/a.ts',
    "import type { Rule } from '../signature/rule.ts'; import type { Log } from '../log.ts';",
  ],
  [
    'src/store/a.ts',
    "import { open } from 'node:fs/promises'; export const now = () => open(String(Date.now()));",
  ],
  [
    'src/web/a.ts',
    "import { decide } from '../../src/signature/decide.ts'; import type { PartReport } from '../mail/report.ts';",
  ],
  ['src/cli/demo.ts', "import { tenant } from '../sandbox/tenant.ts'; tenant();"],
  ['src/app.ts', "import { createRelay } from './relay/server.ts'; import { pino } from 'pino';"],
  ['views/a.tsx', "import { Layout } from './layout.tsx'; export const A = () => <Layout>{1}</Layout>;"],
];

for (const [path, source] of allowed) {
  test(`the layer check allows ${path} with ${JSON.stringify(source)}`, async () => {
    assert.deepEqual(await findBreaches([{ path, source }]), []);
  });
}

function sourcesUnder(folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map(entry => join(entry.parentPath, entry.name).slice(root.length + 1));
}
