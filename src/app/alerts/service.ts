/** Alerts of the running appliance: what happens is raised, each minute a look is taken, and who is to know is told once. */
import { lookup } from 'node:dns';
import { resolveMx } from 'node:dns/promises';
import { alertOf } from '../../alerts/alert.ts';
import { type Alerts, createAlerts } from '../../alerts/alerts.ts';
import { alertsOf } from '../../alerts/conditions.ts';
import { activeAlertsSetting } from '../../alerts/settings.ts';
import type { Job } from '../../jobs/scheduler.ts';
import type { Log } from '../../log.ts';
import type { Problem } from '../../problem.ts';
import { createSharedLookup } from '../../relay/lookup.ts';
import type { RelayTenant } from '../../relay/message.ts';
import { type LookNeeds, lookAround } from './look.ts';
import { sendMail } from './send-mail.ts';
import { createTell, type TellNeeds } from './tell.ts';

export type AlertServiceNeeds = Omit<LookNeeds, 'nextHops'> &
  Omit<TellNeeds, 'send' | 'nextHops'> & {
    readonly log: Log;
    /** As the relay has them now. */
    readonly tenants: () => readonly Pick<RelayTenant, 'id' | 'nextHop'>[];
  };

export type AlertService = Pick<Alerts, 'active'> & {
  readonly raise: (problem: Problem, tenantId?: string) => void;
  readonly job: Job;
};

export async function createAlertService(needs: AlertServiceNeeds): Promise<AlertService> {
  const { store, clock, log, random, hostname } = needs;
  const nextHops = () => needs.tenants().map(({ id, nextHop }) => ({ tenantId: id, nextHop }));
  const way = {
    hostname,
    resolveMx,
    random: () => random(4).readUInt32BE() / 2 ** 32,
    lookup: createSharedLookup(lookup),
  };
  const alerts = createAlerts({
    clock,
    log,
    kept: await store.settings.readSetting(activeAlertsSetting).catch(() => undefined),
    keep: active => store.settings.saveSetting(activeAlertsSetting, active),
    tell: createTell({ ...needs, nextHops, send: (nextHop, mail) => sendMail(nextHop, mail, way) }),
  });
  return {
    active: alerts.active,
    raise: (problem, tenantId) => alerts.raise(alertOf(problem, tenantId)),
    job: {
      name: 'alerts',
      schedule: '* * * * *',
      async run() {
        alerts.found(alertsOf(await lookAround({ ...needs, nextHops })));
        await alerts.tellAll();
        return { active: alerts.active().length };
      },
    },
  };
}
