/** `GET /tenants/:tenantId`: how mail is. Everything comes from the store's threads and the relay's own counts. */
import type { Attention } from '../../../views/dashboard/attention.tsx';
import type { Recent } from '../../../views/dashboard/just-now.tsx';
import { Dashboard } from '../../../views/dashboard/show.tsx';
import type { MessageEntry } from '../../store/messages.ts';
import type { Answer } from '../answer.ts';
import { attentionOf, lightsOf, resultOf, titleOf } from '../dashboard.ts';
import { lastDays } from '../days.ts';
import type { MessageDays } from '../message-days.ts';
import type { WebNeeds } from '../needs.ts';
import { seatState } from '../seat-state.ts';
import { tenantOf, type Visit } from '../visit.ts';

export type DashboardNeeds = WebNeeds & { readonly messageDays: MessageDays };

const chartDays = 30;
const recentMessages = 6;
/** Outcomes after which a message is not with its recipients. */
const failures: readonly string[] = ['refused', 'deferred', 'client-gone'];

export function showDashboard(needs: DashboardNeeds) {
  const { store, messageDays, timeZone } = needs;
  return async (visit: Visit): Promise<Answer> => {
    const { page } = visit;
    const tenant = tenantOf(visit);
    const zone = tenant.preferences.timeZone ?? timeZone;
    const [days, recent, people, seats, jobs] = await Promise.all([
      messageDays(tenant.id, zone, chartDays),
      store.messages.searchMessages({ tenantId: tenant.id }, { size: recentMessages }),
      store.people.countPeople(tenant.id),
      seatState(store.licences, { tenantId: tenant.id, timeZone: zone, now: page.format.now }),
      store.settings.listJobs(),
    ]);
    const today = days.at(-1) ?? { signed: 0, untouched: 0 };
    const failed = await failedToday(tenant.id, zone, page.format.now);
    const sync = jobs.find(({ name, tenantId }) => name === 'directory-sync' && tenantId === tenant.id);
    const facts = {
      tenant,
      isListening: needs.health().isListening,
      startedAt: needs.startedAt,
      lastMessageAt: recent.entries[0]?.at,
      hostname: needs.hostname,
      certificateUntil: needs.certificateUntil(),
      people,
      sync,
      seats,
      isRecorderFailing: needs.recorder().failingSince !== undefined,
    };
    const attention: readonly Attention[] = attentionOf(page, facts);
    const title = titleOf(page, facts);
    return {
      kind: 'page',
      title,
      view: (
        <Dashboard
          page={page}
          title={title}
          lights={lightsOf(page, facts)}
          attention={attention}
          days={days}
          today={{ ...today, failed }}
          recent={recent.entries.map(entry => recentOf(visit, entry))}
          logHref={`/tenants/${encodeURIComponent(tenant.id)}/log`}
        />
      ),
    };
  };

  async function failedToday(tenantId: string, zone: string, now: number) {
    const [span] = lastDays(now, zone, 1);
    const outcomes = await store.messages.countOutcomes(tenantId, span?.from ?? now);
    return failures.reduce((sum, outcome) => sum + (outcomes[outcome] ?? 0), 0);
  }
}

function recentOf({ page, tenant }: Visit, entry: MessageEntry): Recent {
  return {
    href: `/tenants/${encodeURIComponent(tenant?.id ?? '')}/log/${encodeURIComponent(entry.id)}`,
    sender: entry.sender,
    recipients: entry.recipients,
    result: resultOf(page, entry),
    at: entry.at,
  };
}
