/** Active alerts and who is told. */
import type { ActiveAlert } from '../../alerts/alert.ts';
import { activeAlertsSetting, alertsSetting, readAlertSettings } from '../../alerts/settings.ts';
import { readWords, type Terminal, write } from '../command.ts';
import { withStore } from '../with-store.ts';

export async function showAlerts(words: readonly string[], terminal: Terminal): Promise<void> {
  const { values } = readWords('alerts', words, { options: { json: { type: 'boolean' } } });
  const { active, settings, names } = await withStore(terminal, 'read', async ({ store }) => ({
    active: ((await store.settings.readSetting(activeAlertsSetting)) ?? []) as readonly ActiveAlert[],
    settings: readAlertSettings(await store.settings.readSetting(alertsSetting)),
    names: new Map((await store.tenants.listTenants()).map(({ id, name }) => [id, name])),
  }));
  if (values.json) return write(terminal.output, `${JSON.stringify({ active, settings })}\n`);
  const lines = active.map(({ code, sentence, since, tenantId }) => {
    const tenant = tenantId === undefined ? '' : `${names.get(tenantId) ?? tenantId}: `;
    return `${new Date(since).toISOString().slice(0, 16)}Z  ${code}  ${tenant}${sentence}`;
  });
  const told =
    settings.to.length > 0
      ? `Told are: ${settings.to.join(', ')}.`
      : 'Nobody is told by mail: signet alerts set --to ADDRESS.';
  const way = settings.hop
    ? `The way is ${settings.hop.host}:${settings.hop.port}.`
    : "The way is the tenants' next hops.";
  const text = lines.length > 0 ? lines.join('\n') : 'Nothing needs attention.';
  await write(terminal.output, `${text}\n\n${told} ${way}\n`);
}
