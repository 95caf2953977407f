/** Sends a notice: to the appliance's addresses, to each tenant's own, and to the webhook. Every way that is set must work. */
import type { ActiveAlert } from '../../alerts/alert.ts';
import type { Notice } from '../../alerts/alerts.ts';
import { composeNotice, noticeFor } from '../../alerts/notice.ts';
import { alertsSetting, readAlertSettings } from '../../alerts/settings.ts';
import type { Clock } from '../../clock.ts';
import type { NextHop } from '../../relay/message.ts';
import type { Place } from '../../store/seal.ts';
import type { Store } from '../../store/store.ts';
import type { OwnMail } from './send-mail.ts';

export type TellNeeds = {
  readonly store: Pick<Store, 'settings' | 'vault' | 'database' | 'tenants'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: (bytes: number) => Buffer;
  readonly hostname: string;
  readonly url?: string;
  /** By tenant, as the relay has them. */
  readonly nextHops: () => readonly { readonly tenantId: string; readonly nextHop: NextHop }[];
  readonly send: (nextHop: NextHop, mail: OwnMail) => Promise<void>;
  readonly fetch: (url: string, init?: RequestInit) => Promise<Response>;
};

export const hopPassword: Place = { owner: 'settings', rowId: 'alerts', name: 'password' };
export const webhookAddress: Place = { owner: 'settings', rowId: 'alerts', name: 'webhook' };

const webhookMs = 10_000;

/** Rejects with a sentence that names each way that failed. */
export function createTell(needs: TellNeeds): (notice: Notice) => Promise<void> {
  const { store, fetch } = needs;

  return async notice => {
    const [settings, tenants] = await Promise.all([
      store.settings.readSetting(alertsSetting).then(readAlertSettings),
      store.tenants.listTenants(),
    ]);
    const names = new Map(tenants.map(({ id, name }) => [id, name]));
    const nameOf = (id: string) => names.get(id) ?? id;
    const letters = [
      { to: settings.to, notice: noticeFor(notice, () => true) },
      ...tenants.map(({ id, preferences }) => ({
        to: (preferences.alertAddresses ?? []).filter(address => !settings.to.includes(address)),
        notice: noticeFor(notice, tenantId => tenantId === id),
      })),
    ].filter(({ to, notice: { raised, cleared } }) => to.length > 0 && raised.length + cleared.length > 0);
    const ways = [
      ...letters.map(letter => sendLetter(letter, settings, nameOf)),
      sendWebhook(notice, nameOf),
    ];
    const troubles = (await Promise.allSettled(ways)).flatMap(way =>
      way.status === 'rejected' ? [String(way.reason)] : [],
    );
    if (troubles.length > 0) throw new Error(troubles.join('; '));
  };

  async function sendLetter(
    { to, notice }: { readonly to: readonly string[]; readonly notice: Notice },
    settings: ReturnType<typeof readAlertSettings>,
    nameOf: (id: string) => string,
  ) {
    const from = settings.from ?? `signet@${needs.hostname}`;
    const content = await composeNotice(notice, {
      from,
      to,
      hostname: needs.hostname,
      nameOf,
      ...(needs.url === undefined ? {} : { url: needs.url }),
      now: needs.clock.now(),
      messageId: needs.random(12).toString('hex'),
    });
    const troubles: string[] = [];
    for (const nextHop of await waysFor(notice, settings))
      try {
        return await needs.send(nextHop, { from, to, content });
      } catch (error) {
        troubles.push(error instanceof Error ? error.message : String(error));
      }
    throw new Error(
      `mail to ${to.join(', ')}: ${troubles.join('; ') || 'there is no way for it: set one, or add a tenant'}`,
    );
  }

  /** The one that was set alone; else tenants' own, those that are not in trouble first. */
  async function waysFor(
    { raised }: Notice,
    { hop }: ReturnType<typeof readAlertSettings>,
  ): Promise<readonly NextHop[]> {
    if (!hop) {
      const inTrouble = new Set(raised.map(({ tenantId }) => tenantId));
      const hops = needs.nextHops();
      return [...hops.filter(({ tenantId }) => !inTrouble.has(tenantId)), ...hops]
        .slice(0, 3)
        .map(({ nextHop }) => nextHop);
    }
    const { host, port, tls, user } = hop;
    const password = await store.vault.readSecret(store.database.read, hopPassword);
    const auth =
      user !== undefined && password.kind === 'secret' ? { auth: { user, password: password.text } } : {};
    return [{ target: { kind: 'host', host }, port, tls, ...auth }];
  }

  async function sendWebhook({ raised, cleared }: Notice, nameOf: (id: string) => string) {
    const address = await store.vault.readSecret(store.database.read, webhookAddress);
    if (address.kind !== 'secret') return;
    const told = (alerts: readonly ActiveAlert[]) =>
      alerts.map(({ code, sentence, since, tenantId }) => ({
        code,
        sentence,
        since: new Date(since).toISOString(),
        ...(tenantId === undefined ? {} : { tenant: nameOf(tenantId) }),
      }));
    const text = [
      ...raised.map(({ sentence }) => sentence),
      ...cleared.map(({ sentence }) => `Over: ${sentence}`),
    ].join('\n');
    const answer = await fetch(address.text, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      // `text` is what chat systems show of an incoming webhook.
      body: JSON.stringify({
        source: 'signet',
        host: needs.hostname,
        text,
        raised: told(raised),
        cleared: told(cleared),
      }),
      redirect: 'error',
      signal: AbortSignal.timeout(webhookMs),
    }).catch(error => {
      throw new Error(`webhook: ${(error as Error).cause ?? (error as Error).message}`);
    });
    await answer.body?.cancel();
    if (!answer.ok) throw new Error(`webhook: it answers ${answer.status}`);
  }
}
