/** A notice to everybody who is told, now. */
import { randomBytes } from 'node:crypto';
import { lookup } from 'node:dns';
import { resolveMx } from 'node:dns/promises';
import { hostname as machineName } from 'node:os';
import { alertsSetting, readAlertSettings } from '../../alerts/settings.ts';
import { sendMail } from '../../app/alerts/send-mail.ts';
import { createTell } from '../../app/alerts/tell.ts';
import { systemClock } from '../../clock.ts';
import { nextHopOf } from '../../snapshot/tenant.ts';
import { CommandFailure, exitCodes, readWords, type Terminal, write } from '../command.ts';
import { withStore } from '../with-store.ts';

export async function testAlerts(words: readonly string[], terminal: Terminal): Promise<void> {
  readWords('alerts', words, { options: {} });
  const text = await withStore(terminal, 'change', async ({ store, config }) => {
    const hostname = config.hostname ?? machineName().toLowerCase();
    const configurations = await store.configurations.listConfigurations();
    const way = { hostname, resolveMx, random: Math.random, lookup };
    const tell = createTell({
      store,
      clock: systemClock,
      random: randomBytes,
      hostname,
      ...(config.publicUrl === undefined ? {} : { url: config.publicUrl }),
      nextHops: () =>
        configurations.map(({ id, tenant }) => ({ tenantId: id, nextHop: nextHopOf(tenant, undefined) })),
      send: (nextHop, mail) => sendMail(nextHop, mail, way),
      fetch,
    });
    const alert = {
      code: 'SIGNET_ALERT_TEST',
      sentence: 'this is a test: alerts reach you.',
      since: systemClock.now(),
      isTold: false,
    } as const;
    await tell({ raised: [alert], cleared: [] }).catch(error => {
      throw new CommandFailure(
        'SIGNET_ALERT_UNTOLD',
        `the notice could not be sent (${(error as Error).message}): set another way with "signet alerts set".`,
        exitCodes.failure,
      );
    });
    const { to } = readAlertSettings(await store.settings.readSetting(alertsSetting));
    return to.length > 0
      ? `A notice is on its way to ${to.join(', ')}.\n`
      : 'Nobody is told by mail; a webhook, where one is set, took the notice.\n';
  });
  await write(terminal.output, text);
}
