/** `kill -9` in the middle of the write of an import: afterwards the people are the old ones, all of them. */
import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { finished, runSignet, scratch, spawnSignet } from './support/signet.ts';

const size = 1_000;
const kills = 2;
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
    // One transaction holds everything, and nothing else writes for so long.
    isInMidst: () => true,
  },
  {
    what: 'a CSV file',
    file: (title: string) => `email,jobTitle\n${numbers.map(n => `p${n}@contoso.com,${title}\n`).join('')}`,
    words: (file: string) => ['people', 'import', file],
    // Behind the staging, where each slice is a transaction of its own: now all rows move in at once.
    isInMidst: ({ staged }: { readonly staged: number }) => staged === size,
  },
];

for (const { what, file, words, isInMidst } of forms)
  test(`an import of ${what} that is killed while it writes leaves the old people`, async () => {
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

    for (let kill = 1; kill <= kills; kill++) {
      const child = spawnSignet(words('new'), { folder, environment });
      const end = finished(child);
      const isWriting = watchWriting(folder, isInMidst);
      while (child.exitCode === null && !isWriting()) await pause(1);
      child.kill('SIGKILL');
      // Killed, not ended by itself: the moment was hit.
      assert.equal((await end).code, null);
      assert.deepEqual(titles(folder), ['old']);
    }
    // And the next import finds nothing in its way.
    await whole(...words('new'));
    assert.deepEqual(titles(folder), ['new']);
  });

/** Whether another process is in a transaction that writes, and has come as far as is asked for. */
function watchWriting(folder: string, isInMidst: (seen: { readonly staged: number }) => boolean) {
  const database = new Sqlite(join(folder, 'data/signet.sqlite'), { timeout: 0 });
  const count = database.prepare<[], { staged: number }>('select count(*) as staged from staged_people');
  return () => {
    try {
      database.exec('begin immediate; rollback');
      return false;
    } catch (error) {
      assert.equal((error as { code?: string }).code, 'SQLITE_BUSY');
      const seen = count.get();
      if (!seen || !isInMidst(seen)) return false;
      database.close();
      return true;
    }
  };
}

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
