import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAlerts, lastsMs, type Notice } from '../../src/alerts/alerts.ts';
import { createLog } from '../../src/log.ts';

const log = createLog('silent');
const disk = { code: 'SIGNET_DISK_FULL', sentence: '9 MiB are left.' } as const;
const secret = { code: 'SIGNET_ROUTE_SECRET', sentence: 'wrong secret.', tenantId: 't1' } as const;

function start(kept?: unknown) {
  let now = 1_000;
  let isDown = false;
  const told: string[] = [];
  let saved: unknown = kept;
  const alerts = createAlerts({
    clock: { now: () => now },
    log,
    kept,
    keep: async active => {
      saved = JSON.parse(JSON.stringify(active));
    },
    async tell({ raised, cleared }: Notice) {
      if (isDown) throw new Error('no way');
      told.push(...raised.map(({ code }) => `+${code}`), ...cleared.map(({ code }) => `-${code}`));
    },
  });
  return {
    alerts,
    told,
    saved: () => saved,
    pass: (ms: number) => (now += ms),
    setDown: (value: boolean) => (isDown = value),
  };
}

test('what lasts is told once when it begins and once when it is over', async () => {
  const { alerts, told } = start();
  for (let minute = 0; minute < 3; minute++) {
    alerts.found([disk]);
    await alerts.tellAll();
  }
  alerts.found([{ ...disk, sentence: '8 MiB are left.' }]);
  await alerts.tellAll();
  assert.deepEqual(told, ['+SIGNET_DISK_FULL']);
  assert.equal(alerts.active()[0]?.sentence, '8 MiB are left.');
  alerts.found([]);
  await alerts.tellAll();
  await alerts.tellAll();
  assert.deepEqual(told, ['+SIGNET_DISK_FULL', '-SIGNET_DISK_FULL']);
});

test('what happened is over when it does not happen again for a while, and a look does not end it', async () => {
  const { alerts, told, pass } = start();
  alerts.raise(secret);
  alerts.found([]);
  await alerts.tellAll();
  pass(lastsMs - 1);
  alerts.raise(secret);
  pass(lastsMs - 1);
  await alerts.tellAll();
  assert.deepEqual(told, ['+SIGNET_ROUTE_SECRET']);
  pass(2);
  await alerts.tellAll();
  assert.deepEqual(told, ['+SIGNET_ROUTE_SECRET', '-SIGNET_ROUTE_SECRET']);
});

test('the same problem of two tenants is two alerts', async () => {
  const { alerts } = start();
  alerts.raise(secret);
  alerts.raise({ ...secret, tenantId: 't2' });
  assert.equal(alerts.active().length, 2);
});

test('who could not be told is told the next time, and never of what nobody heard of', async () => {
  const { alerts, told, setDown } = start();
  setDown(true);
  alerts.found([disk]);
  await alerts.tellAll();
  setDown(false);
  await alerts.tellAll();
  assert.deepEqual(told, ['+SIGNET_DISK_FULL']);
  setDown(true);
  alerts.found([disk, secret]);
  await alerts.tellAll();
  alerts.found([disk]);
  setDown(false);
  await alerts.tellAll();
  assert.deepEqual(told, ['+SIGNET_DISK_FULL']);
});

test('what comes back before anybody heard that it was over is no news', async () => {
  const { alerts, told, setDown } = start();
  alerts.found([disk]);
  await alerts.tellAll();
  setDown(true);
  alerts.found([]);
  await alerts.tellAll();
  alerts.found([disk]);
  setDown(false);
  await alerts.tellAll();
  assert.deepEqual(told, ['+SIGNET_DISK_FULL']);
});

test('a restart tells nothing again, and ends what is over', async () => {
  const before = start();
  before.alerts.found([disk, { ...disk, tenantId: 't1' }]);
  await before.alerts.tellAll();
  const after = start(before.saved());
  after.alerts.found([disk]);
  await after.alerts.tellAll();
  assert.deepEqual(after.told, ['-SIGNET_DISK_FULL']);
  assert.deepEqual(
    after.alerts.active().map(({ since }) => since),
    [1_000],
  );
});

test('what was kept and makes no sense is no alert', () => {
  for (const kept of [undefined, null, 'x', [1, null, {}, { code: 'x' }], { length: 3 }])
    assert.deepEqual(start(kept).alerts.active(), []);
});
