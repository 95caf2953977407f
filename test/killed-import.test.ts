/** `kill -9` while people are imported, at several moments: afterwards they are the old ones or the new ones, all of them. */
import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { finished, runSignet, scratch, spawnSignet } from './support/signet.ts';

const size = 1_000;
const kills = 3;
const numbers = Array.from({ length: size }, (_, index) => index);

const tenant = `version: 1
tenants:
  - name: contoso
    domains: [contoso.com]
    nextHop: {host: localhost}
`;

const forms = [
  {
    what: 'a bundle',
    file: (title: string) =>
      `${tenant}    people:\n${numbers.map(n => `      - {address: p${n}@contoso.com, jobTitle: ${title}}\n`).join('')}`,
    words: (file: string) => ['import', file],
  },
  {
    what: 'a CSV file',
    file: (title: string) => `email,jobTitle\n${numbers.map(n => `p${n}@contoso.com,${title}\n`).join('')}`,
    words: (file: string) => ['people', 'import', file],
  },
];

for (const { what, file, words } of forms)
  test(`an import of ${what} that is killed leaves the old people or the new ones`, async () => {
    const folder = mkdtempSync(join(scratch, 'killed-'));
    const environment = { SIGNET_DATA: join(folder, 'data') };
    for (const title of ['old', 'new']) writeFileSync(join(folder, title), file(title));
    writeFileSync(join(folder, 'tenant.yaml'), tenant);
    const whole = async (...command: string[]) => {
      const { code, stderr } = await runSignet(command, { folder, environment });
      assert.deepEqual([code, stderr], [0, '']);
    };
    await whole('import', 'tenant.yaml');
    await whole(...words('old'));
    const began = performance.now();
    await whole(...words('new'));
    const tookMs = performance.now() - began;
    assert.deepEqual(titles(folder), ['new']);

    const seen: string[][] = [];
    for (let kill = 1; kill <= kills; kill++) {
      const [now = ''] = titles(folder);
      const child = spawnSignet(words(now === 'old' ? 'new' : 'old'), { folder, environment });
      const end = finished(child);
      // The later ones fall into the writing; the moments that are missed end as a whole import.
      await pause((tookMs * (kill + 2)) / (kills + 3));
      child.kill('SIGKILL');
      await end;
      seen.push(titles(folder));
    }
    for (const one of seen) assert.equal(one.length, 1, `people of two imports: ${JSON.stringify(seen)}`);
    // And the next import finds nothing in its way.
    await whole(...words('old'));
    assert.deepEqual(titles(folder), ['old']);
  });

/** The different titles, of exactly as many people as a file has. */
function titles(folder: string): string[] {
  const database = new Sqlite(join(folder, 'data/signet.sqlite'));
  try {
    const rows = database.prepare<[], { data: string }>('select data from people').all();
    assert.equal(rows.length, size);
    return [...new Set(rows.map(({ data }) => JSON.parse(data).fields.jobTitle))];
  } finally {
    database.close();
  }
}
