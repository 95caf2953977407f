/**
 * What was done to a tenant at Microsoft, run by run with its events, so that a page may be reloaded, a second one may follow
 * and a restart can say how far it came. One run of a tenant at a time, over all processes: whoever works on one is seen at it
 * regularly, and a run at which nobody was seen for a while is over.
 */
import type { Transaction } from 'kysely';
import type { Clock } from '../clock.ts';
import type { Database } from './database.ts';
import type { Tables } from './tables.ts';

export type StoredRun = {
  readonly id: string;
  readonly tenantId: string;
  readonly action: string;
  readonly actor: string;
  readonly startedAt: number;
  readonly seenAt: number;
  /** Absent while it is under way, and for one that was cut short. */
  readonly finishedAt?: number;
  /** Survives JSON. */
  readonly events: readonly unknown[];
};

export type BegunRun =
  | { readonly kind: 'begun'; readonly run: StoredRun }
  /** Another one is under way. */
  | { readonly kind: 'busy'; readonly run: StoredRun };

export type MailFlowRuns = {
  /** Ends one of this tenant that was cut short. Rejects when there is no such tenant. */
  readonly beginRun: (
    tenantId: string,
    about: { readonly action: string; readonly actor: string },
  ) => Promise<BegunRun>;
  /** All events so far. False: the run was taken for over meanwhile, and nothing is written. */
  readonly saveRun: (
    id: string,
    now: { readonly events: readonly unknown[]; readonly isFinished: boolean },
  ) => Promise<boolean>;
  readonly findRun: (tenantId: string, id: string) => Promise<StoredRun | undefined>;
  readonly lastRun: (tenantId: string) => Promise<StoredRun | undefined>;
};

/** Milliseconds after which a run at which nobody was seen is over: some of the times at which its process shows itself. */
export const unseenMs = 60_000;

/** Runs of a tenant that are kept. */
const KEPT = 20;

export function createMailFlowRuns({
  database: { read, write },
  clock,
  random,
}: {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: (bytes: number) => Buffer;
}): MailFlowRuns {
  const beginRun: MailFlowRuns['beginRun'] = (tenantId, { action, actor }) =>
    write.transaction().execute(async transaction => {
      const now = clock.now();
      const open = await underWay(transaction, tenantId);
      if (open && open.seen_at > now - unseenMs) return { kind: 'busy', run: runOf(open) };
      if (open)
        await transaction
          .updateTable('mail_flow_runs')
          .set({ finished_at: open.seen_at })
          .where('id', '=', open.id)
          .execute();
      const row = {
        id: random(16).toString('hex'),
        tenant_id: tenantId,
        action,
        actor,
        started_at: now,
        seen_at: now,
        finished_at: null,
        events: '[]',
      };
      // Two processes at once: the index lets one of them in, and the other one rejects.
      await transaction.insertInto('mail_flow_runs').values(row).execute();
      await forgetOld(transaction, tenantId);
      return { kind: 'begun', run: runOf(row) };
    });

  const saveRun: MailFlowRuns['saveRun'] = async (id, { events, isFinished }) => {
    const now = clock.now();
    const written = await write
      .updateTable('mail_flow_runs')
      .set({ events: JSON.stringify(events), seen_at: now, finished_at: isFinished ? now : null })
      .where('id', '=', id)
      .where('finished_at', 'is', null)
      .returning('id')
      .executeTakeFirst();
    return written !== undefined;
  };

  async function findRun(tenantId: string, id: string) {
    const row = await read
      .selectFrom('mail_flow_runs')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .executeTakeFirst();
    return row && runOf(row);
  }

  async function lastRun(tenantId: string) {
    const row = await read
      .selectFrom('mail_flow_runs')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .orderBy('started_at', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row && runOf(row);
  }

  return { beginRun, saveRun, findRun, lastRun };
}

function underWay(transaction: Transaction<Tables>, tenantId: string) {
  return transaction
    .selectFrom('mail_flow_runs')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('finished_at', 'is', null)
    .executeTakeFirst();
}

async function forgetOld(transaction: Transaction<Tables>, tenantId: string) {
  const kept = await transaction
    .selectFrom('mail_flow_runs')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .orderBy('started_at', 'desc')
    .limit(KEPT)
    .execute();
  await transaction
    .deleteFrom('mail_flow_runs')
    .where('tenant_id', '=', tenantId)
    .where(
      'id',
      'not in',
      kept.map(({ id }) => id),
    )
    .execute();
}

function runOf(row: Tables['mail_flow_runs']): StoredRun {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    action: row.action,
    actor: row.actor,
    startedAt: row.started_at,
    seenAt: row.seen_at,
    ...(row.finished_at === null ? {} : { finishedAt: row.finished_at }),
    events: JSON.parse(row.events),
  };
}
