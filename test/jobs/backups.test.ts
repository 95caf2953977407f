import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createBackupsJob } from '../../src/jobs/backups.ts';
import { failed, type Result } from '../../src/problem.ts';

const scratch = mkdtempSync(join(tmpdir(), 'signet-backups-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

function prepare(setting: unknown, answer?: Result<string>) {
  const dataFolder = mkdtempSync(join(scratch, 'data-'));
  const folder = join(dataFolder, 'backups');
  mkdirSync(folder);
  writeFileSync(join(folder, 'before-restore-1.sqlite'), '');
  writeFileSync(join(dataFolder, 'signet.sqlite'), 'x');
  let day = 10;
  const job = createBackupsJob({
    backUp: async file => {
      if (answer) return answer;
      writeFileSync(file, '');
      return { kind: 'ok', value: file };
    },
    settings: { readSetting: async () => setting },
    dataFolder,
    databaseFile: join(dataFolder, 'signet.sqlite'),
    stamp: () => `2026-11-${day++}`,
    keepByDefault: 7,
  });
  const runDays = async (days: number) => {
    for (let run = 0; run < days; run++) await job.run(new AbortController().signal);
  };
  return { runDays, files: () => readdirSync(folder).sort() };
}

test('the newest backups are kept, and copies of another kind are left alone', async () => {
  const { runDays, files } = prepare({ keep: 2 });
  await runDays(4);
  assert.deepEqual(files(), [
    'before-restore-1.sqlite',
    'nightly-2026-11-12.sqlite',
    'nightly-2026-11-13.sqlite',
  ]);
});

test('without a setting, or with a senseless one, a week is kept', async () => {
  for (const setting of [undefined, {}, { keep: -1 }, { keep: 'all' }, null]) {
    const { runDays, files } = prepare(setting);
    await runDays(9);
    assert.equal(files().length, 1 + 7);
  }
});

test('who wants none gets none', async () => {
  const { runDays, files } = prepare({ keep: 0 });
  await runDays(1);
  assert.deepEqual(files(), ['before-restore-1.sqlite']);
});

test('a backup that cannot be made removes no older one, and says why', async () => {
  const { runDays, files } = prepare({ keep: 1 }, failed('SIGNET_BACKUP_FAILED', 'the disk is full'));
  await assert.rejects(runDays(1), /the disk is full/);
  assert.deepEqual(files(), ['before-restore-1.sqlite']);
});
