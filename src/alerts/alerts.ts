/**
 * The alerts of now. Each is told once when it begins and once when it is over, also across a restart. What happens (a
 * wrong route secret) is raised and ends by itself when it does not happen again; what is looked at each minute (a disk, a
 * certificate) ends when it is no longer found. A notice that cannot be sent waits for the next minute.
 */
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { type ActiveAlert, type Alert, keyOf } from './alert.ts';

export type Notice = {
  readonly raised: readonly ActiveAlert[];
  readonly cleared: readonly ActiveAlert[];
};

export type AlertsNeeds = {
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  /** What was kept by `keep`, or anything else where nothing was. */
  readonly kept: unknown;
  readonly keep: (active: readonly ActiveAlert[]) => Promise<void>;
  /** Rejects when nobody could be told; resolves also when nobody wants to be. */
  readonly tell: (notice: Notice) => Promise<void>;
};

export type Alerts = {
  /** The caller has logged it. */
  readonly raise: (alert: Alert) => void;
  /** All that a look found; what an earlier look found and this one did not is over. */
  readonly found: (alerts: readonly Alert[]) => void;
  readonly active: () => readonly ActiveAlert[];
  /** Tells what is new and what is over. Never rejects; one run at a time. */
  readonly tellAll: () => Promise<void>;
};

/** What happened and does not happen again within this time is over. */
export const lastsMs = 2 * 60 * 60 * 1_000;

export function createAlerts({ clock, log, kept, keep, tell }: AlertsNeeds): Alerts {
  const active = new Map<string, ActiveAlert>(keptAlerts(kept).map(alert => [keyOf(alert), alert]));
  const over = new Map<string, ActiveAlert>();
  let telling: Promise<void> = Promise.resolve();
  let isFailing = false;

  function begin(alert: Alert, until?: number) {
    const key = keyOf(alert);
    const before = active.get(key) ?? over.get(key);
    over.delete(key);
    const { since, isTold } = before ?? { since: clock.now(), isTold: false };
    active.set(key, { ...alert, since, isTold, ...(until === undefined ? {} : { until }) });
  }

  function end(key: string, alert: ActiveAlert) {
    active.delete(key);
    log.info({ code: alert.code, tenantId: alert.tenantId }, 'an alert is over');
    // Who never heard that it began need not hear that it is over.
    if (alert.isTold) over.set(key, alert);
  }

  function found(alerts: readonly Alert[]) {
    const keys = new Set(alerts.map(keyOf));
    for (const alert of alerts) {
      if (!active.has(keyOf(alert))) log.error(alert, 'something needs attention');
      begin(alert);
    }
    for (const [key, alert] of active) if (alert.until === undefined && !keys.has(key)) end(key, alert);
  }

  function endWhatIsOver() {
    const now = clock.now();
    for (const [key, alert] of active) if (alert.until !== undefined && alert.until <= now) end(key, alert);
  }

  async function tellOnce() {
    endWhatIsOver();
    const raised = [...active.values()].filter(({ isTold }) => !isTold);
    const cleared = [...over.values()];
    if (raised.length + cleared.length === 0) return;
    try {
      await tell({ raised, cleared });
      for (const alert of raised) markTold(alert);
      for (const alert of cleared) if (over.get(keyOf(alert)) === alert) over.delete(keyOf(alert));
      isFailing = false;
    } catch (error) {
      if (!isFailing)
        log.error({ err: error }, 'nobody could be told of alerts; the next try is in a minute');
      isFailing = true;
    }
    await keep([...active.values()]).catch(() => undefined);
  }

  function markTold(alert: ActiveAlert) {
    const key = keyOf(alert);
    const now = active.get(key);
    if (now) active.set(key, { ...now, isTold: true });
    // It ended while it was being told.
    else over.set(key, { ...alert, isTold: true });
  }

  return {
    raise: alert => begin(alert, clock.now() + lastsMs),
    found,
    active: () => [...active.values()].sort((one, other) => one.since - other.since),
    tellAll() {
      telling = telling.then(tellOnce);
      return telling;
    },
  };
}

function keptAlerts(kept: unknown): readonly ActiveAlert[] {
  return Array.isArray(kept) ? kept.filter(isAlert) : [];
}

function isAlert(value: unknown): value is ActiveAlert {
  if (typeof value !== 'object' || value === null) return false;
  const { code, sentence, since, isTold } = value as Readonly<Record<string, unknown>>;
  return (
    typeof code === 'string' &&
    typeof sentence === 'string' &&
    typeof since === 'number' &&
    typeof isTold === 'boolean'
  );
}
