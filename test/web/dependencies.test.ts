/** The page About names what really ships. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { licencesFile, licencesText, shippedPackages } from '../../scripts/licences.ts';

test('the list of licences is the one of the lock file (npm run licences)', () => {
  assert.equal(readFileSync(licencesFile, 'utf8'), licencesText());
});

test('every package that ships may be given on under the licence of Signet', () => {
  const free =
    /^(?:MIT(?:-0)?|ISC|0BSD|BSD-[023]-Clause|BSD-0-Clause|Apache-2\.0|OFL-1\.1|Unlicense|CC0-1\.0|BlueOak-1\.0\.0|Python-2\.0)$/;
  assert.deepEqual(
    shippedPackages().filter(({ licence }) => !free.test(licence)),
    [],
  );
});
