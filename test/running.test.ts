import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import packageFile from '../package.json' with { type: 'json' };
// @ts-expect-error: a script, which has no types.
import { root, running } from '../scripts/build.mjs';

const { flags, environment } = running as {
  readonly flags: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
};
const settings = Object.entries(environment).map(([name, value]) => `${name}=${value}`);

test('npm start and the image run Signet with the flags and the memory settings that are measured', () => {
  for (const setting of [...settings, ...flags])
    assert.ok(packageFile.scripts.start.includes(setting), setting);
  const image = readFileSync(`${root}/Dockerfile`, 'utf8');
  for (const setting of settings) assert.ok(image.includes(`ENV ${setting}\n`), setting);
});
