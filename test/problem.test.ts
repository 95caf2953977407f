import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { defaults } from '../src/config.ts';
import { problemCodes } from '../src/problem.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

for (const name of [...problemCodes, ...Object.keys(defaults)]) {
  test(`the README explains ${name}`, () => {
    assert.ok(readme.includes(`\`${name}\``));
  });
}

for (const name of Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })) {
  test(`the README says what ${name} is for`, () => {
    assert.ok(readme.includes(name));
  });
}
