/**
 * The audit trail: who did what. It only grows (the database refuses changes), and each entry carries the SHA-256 over the
 * one before and itself, so that an entry changed or taken out around the database is found. What a chain cannot show by
 * itself is a cut at its end: `verifyTrail` answers the last number and hash, to be compared with a copy kept elsewhere.
 */
import { createHash } from 'node:crypto';
import { limits } from '../limits.ts';
import type { Database } from './database.ts';
import type { Tables } from './tables.ts';

export type AuditEntry = {
  readonly number: number;
  readonly at: number;
  /** The account's id; absent for the host's command line and for guests. */
  readonly actorId?: string;
  /** The account's name at that time, or what acted. */
  readonly actor: string;
  readonly tenantId?: string;
  /** A name of the closed list in src/web/audit.ts. */
  readonly action: string;
  readonly subject: string;
  /** Old and new values, secrets masked. Survives JSON. */
  readonly detail: unknown;
  readonly address: string;
  readonly hash: string;
};

export type NewAuditEntry = Omit<AuditEntry, 'number' | 'at' | 'hash'>;

export type Verified =
  | { readonly kind: 'whole'; readonly entries: number; readonly hash: string }
  /** `number` is the first entry that does not fit. */
  | { readonly kind: 'broken'; readonly number: number };

export type Audit = {
  readonly recordAudit: (entry: NewAuditEntry) => Promise<void>;
  /** Newest first; `before` is the number where the last page ended. */
  readonly listAudit: (page: {
    readonly size: number;
    readonly before?: number;
    readonly tenantId?: string;
  }) => Promise<readonly AuditEntry[]>;
  readonly verifyTrail: () => Promise<Verified>;
};

export type AuditNeeds = { readonly database: Database; readonly now: () => number };

/** Before the first entry. */
const start = '0'.repeat(64);

export function createAudit({ database: { read, write }, now }: AuditNeeds): Audit {
  /** In a transaction of the one writer: two entries never follow the same one. */
  const recordAudit = (entry: NewAuditEntry) =>
    write.transaction().execute(async transaction => {
      const last = await transaction
        .selectFrom('audit')
        .select(['number', 'hash'])
        .orderBy('number', 'desc')
        .limit(1)
        .executeTakeFirst();
      const row = rowOf(entry, (last?.number ?? 0) + 1, now());
      const hash = hashOf(last?.hash ?? start, row);
      await transaction
        .insertInto('audit')
        .values({ ...row, hash })
        .execute();
    });

  const listAudit: Audit['listAudit'] = async ({ size, before, tenantId }) => {
    let query = read.selectFrom('audit').selectAll();
    if (before !== undefined) query = query.where('number', '<', before);
    if (tenantId !== undefined) query = query.where('tenant_id', '=', tenantId);
    const rows = await query.orderBy('number', 'desc').limit(Math.min(size, limits.store.pageRows)).execute();
    return rows.map(entryOf);
  };

  async function verifyTrail(): Promise<Verified> {
    let number = 0;
    let hash = start;
    for (;;) {
      const rows = await read
        .selectFrom('audit')
        .selectAll()
        .where('number', '>', number)
        .orderBy('number')
        .limit(limits.store.pageRows)
        .execute();
      for (const { hash: stored, ...row } of rows) {
        number++;
        hash = hashOf(hash, row);
        if (row.number !== number || stored !== hash) return { kind: 'broken', number };
      }
      if (rows.length < limits.store.pageRows) return { kind: 'whole', entries: number, hash };
    }
  }

  return { recordAudit, listAudit, verifyTrail };
}

type Row = Omit<Tables['audit'], 'hash'>;

function rowOf(entry: NewAuditEntry, number: number, at: number): Row {
  return {
    number,
    at,
    actor_id: entry.actorId ?? null,
    actor: entry.actor,
    tenant_id: entry.tenantId ?? null,
    action: entry.action,
    subject: entry.subject,
    detail: JSON.stringify(entry.detail ?? null),
    address: entry.address,
  };
}

/** An array, so that no two rows have one text, and no column's order is left to chance. */
function hashOf(before: string, row: Row) {
  const { number, at, actor_id, actor, tenant_id, action, subject, detail, address } = row;
  const text = JSON.stringify([
    before,
    number,
    at,
    actor_id,
    actor,
    tenant_id,
    action,
    subject,
    detail,
    address,
  ]);
  return createHash('sha256').update(text).digest('hex');
}

function entryOf(row: Tables['audit']): AuditEntry {
  return {
    number: row.number,
    at: row.at,
    ...(row.actor_id === null ? {} : { actorId: row.actor_id }),
    actor: row.actor,
    ...(row.tenant_id === null ? {} : { tenantId: row.tenant_id }),
    action: row.action,
    subject: row.subject,
    detail: JSON.parse(row.detail),
    address: row.address,
    hash: row.hash,
  };
}
