/**
 * The message log: decisions, never content (DESIGN.md 1.3). Newest first, in pages by key, so that page 1,000 costs what
 * page 1 costs. A search by sender, recipient or reason is answered from an index, whatever the size of the log.
 */
import { type RawBuilder, sql } from 'kysely';
import { limits } from '../limits.ts';
import type { BatchPart, Database } from './database.ts';
import type { Tables } from './tables.ts';

export type MessageEntry = {
  /** Value of `X-Signet-Id`, unique. */
  readonly id: string;
  readonly tenantId: string;
  /** Milliseconds since 1970-01-01 UTC, of the final dot. */
  readonly at: number;
  /** Address of the From mailbox as the log may show it (plain or hashed, see `logAddresses`), lower case. */
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly personId?: string;
  /** `stamped`, or why it was not: a name of the closed list in src/mail/report.ts, or one of the relay's. */
  readonly reason: string;
  /** What became of the mail: `delivered`, `deferred`, ... */
  readonly outcome: string;
  readonly sizeBytes: number;
  /** Rules, variants, trace, answers of the next hop, times: whatever the log page shows. Survives JSON. */
  readonly detail: unknown;
};

export type MessageSearch = {
  readonly tenantId: string;
  /** From this time on, inclusive; until that time, exclusive. */
  readonly from?: number;
  readonly until?: number;
  readonly id?: string;
  /** A whole address, in any case. */
  readonly sender?: string;
  readonly recipient?: string;
  readonly reason?: string;
};

/** Where the last page ended. */
export type MessageCursor = { readonly at: number; readonly id: string };

export type MessagePage = {
  readonly entries: readonly MessageEntry[];
  /** Undefined after the last entry. */
  readonly next?: MessageCursor;
};

export type Messages = {
  readonly searchMessages: (
    search: MessageSearch,
    page: { readonly size: number; readonly after?: MessageCursor },
  ) => Promise<MessagePage>;
  readonly findMessage: (tenantId: string, id: string) => Promise<MessageEntry | undefined>;
  /** How often each reason came, since a time: for the dashboard. */
  readonly countReasons: (tenantId: string, since: number) => Promise<Readonly<Record<string, number>>>;
  /** How many in a span, and how many of them were stamped: from two indexes alone. `until` is exclusive. */
  readonly countMessages: (
    tenantId: string,
    span: { readonly from: number; readonly until: number },
  ) => Promise<{ readonly all: number; readonly stamped: number }>;
  /** How often each outcome came, since a time. */
  readonly countOutcomes: (tenantId: string, since: number) => Promise<Readonly<Record<string, number>>>;
  /** Retention: in slices, so that other writes get in between. Answers how many went; aborting leaves the rest for later. */
  readonly removeMessagesBefore: (tenantId: string, before: number, signal?: AbortSignal) => Promise<number>;
};

type Condition = RawBuilder<boolean>;

export function createMessages(database: Database): Messages {
  const { read } = database;

  async function searchMessages(
    search: MessageSearch,
    { size, after }: { readonly size: number; readonly after?: MessageCursor },
  ) {
    const most = Math.min(size, limits.store.pageRows);
    const query = search.recipient === undefined ? byMessage(search, after) : byRecipient(search, after);
    const rows = await query.limit(most + 1).execute();
    const entries = rows.slice(0, most).map(entryOf);
    const last = entries.at(-1);
    return { entries, ...(rows.length > most && last && { next: { at: last.at, id: last.id } }) };
  }

  function byMessage(search: MessageSearch, after?: MessageCursor) {
    const conditions = conditionsOf(search);
    if (after) conditions.push(sql`(messages.at, messages.id) < (${after.at}, ${after.id})`);
    return read
      .selectFrom('messages')
      .selectAll()
      .where(({ and }) => and(conditions))
      .orderBy('at', 'desc')
      .orderBy('id', 'desc');
  }

  /** The order comes from the recipients' index, so that only what is shown is looked up. */
  function byRecipient(search: MessageSearch, after?: MessageCursor) {
    const conditions = [...recipientConditionsOf(search), ...conditionsOf(search)];
    if (after)
      conditions.push(
        sql`(message_recipients.at, message_recipients.message_id) < (${after.at}, ${after.id})`,
      );
    return read
      .selectFrom('message_recipients')
      .innerJoin('messages', 'messages.id', 'message_recipients.message_id')
      .selectAll('messages')
      .where(({ and }) => and(conditions))
      .orderBy('message_recipients.at', 'desc')
      .orderBy('message_recipients.message_id', 'desc');
  }

  async function findMessage(tenantId: string, id: string) {
    const row = await read
      .selectFrom('messages')
      .selectAll()
      .where('id', '=', id)
      .where('tenant_id', '=', tenantId)
      .executeTakeFirst();
    return row && entryOf(row);
  }

  async function countReasons(tenantId: string, since: number) {
    const rows = await read
      .selectFrom('messages')
      .select(['reason', ({ fn }) => fn.countAll<number>().as('count')])
      .where('tenant_id', '=', tenantId)
      .where('at', '>=', since)
      .groupBy('reason')
      .execute();
    return Object.fromEntries(rows.map(({ reason, count }) => [reason, Number(count)]));
  }

  async function countMessages(
    tenantId: string,
    { from, until }: { readonly from: number; readonly until: number },
  ) {
    const span = read
      .selectFrom('messages')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('tenant_id', '=', tenantId)
      .where('at', '>=', from)
      .where('at', '<', until);
    const all = await span.executeTakeFirst();
    const stamped = await span.where('reason', '=', 'stamped').executeTakeFirst();
    return { all: Number(all?.count ?? 0), stamped: Number(stamped?.count ?? 0) };
  }

  async function countOutcomes(tenantId: string, since: number) {
    const rows = await read
      .selectFrom('messages')
      .select(['outcome', ({ fn }) => fn.countAll<number>().as('count')])
      .where('tenant_id', '=', tenantId)
      .where('at', '>=', since)
      .groupBy('outcome')
      .execute();
    return Object.fromEntries(rows.map(({ outcome, count }) => [outcome, Number(count)]));
  }

  async function removeMessagesBefore(tenantId: string, before: number, signal?: AbortSignal) {
    let removed = 0;
    while (!signal?.aborted) {
      const upTo = await endOfSlice(tenantId, before);
      if (upTo === undefined) break;
      removed += await removeSlice(tenantId, upTo);
    }
    return removed;
  }

  /** The time up to which the next slice goes, inclusive: whole milliseconds, so that both tables lose the same messages. */
  async function endOfSlice(tenantId: string, before: number) {
    const rows = await read
      .selectFrom('messages')
      .select('at')
      .where('tenant_id', '=', tenantId)
      .where('at', '<', before)
      .orderBy('at')
      .limit(limits.store.deleteRows)
      .execute();
    return rows.at(-1)?.at;
  }

  async function removeSlice(tenantId: string, upTo: number) {
    const { write } = database;
    const [messages] = await database.runBatch([
      {
        query: write.deleteFrom('messages').where('tenant_id', '=', tenantId).where('at', '<=', upTo),
        runs: [[tenantId, upTo]],
      },
      {
        query: write
          .deleteFrom('message_recipients')
          .where('tenant_id', '=', tenantId)
          .where('at', '<=', upTo),
        runs: [[tenantId, upTo]],
      },
    ]);
    return messages ?? 0;
  }

  return {
    searchMessages,
    findMessage,
    countReasons,
    countMessages,
    countOutcomes,
    removeMessagesBefore,
  };
}

/** For the recorder: the same entry twice is one. */
export function insertMessages(
  { write }: Pick<Database, 'write'>,
  entries: readonly MessageEntry[],
): readonly BatchPart[] {
  const rows = entries.map(rowOf);
  const [first] = rows;
  const recipients = entries.flatMap(recipientRowsOf);
  const [firstRecipient] = recipients;
  if (!first) return [];
  const messages = write
    .insertInto('messages')
    .values(first)
    .onConflict(conflict => conflict.doNothing());
  const parts: BatchPart[] = [{ query: messages, runs: rows.map(row => Object.values(row)) }];
  if (firstRecipient) {
    const query = write
      .insertInto('message_recipients')
      .values(firstRecipient)
      .onConflict(conflict => conflict.doNothing());
    parts.push({ query, runs: recipients.map(row => Object.values(row)) });
  }
  return parts;
}

function recipientRowsOf({ id, tenantId, at, recipients }: MessageEntry): Tables['message_recipients'][] {
  return [...new Set(recipients.map(recipient => recipient.toLowerCase()))].map(recipient => ({
    tenant_id: tenantId,
    recipient,
    at,
    message_id: id,
  }));
}

function conditionsOf({ tenantId, from, until, id, sender, reason }: MessageSearch): Condition[] {
  return [
    sql`messages.tenant_id = ${tenantId}`,
    from !== undefined && sql`messages.at >= ${from}`,
    until !== undefined && sql`messages.at < ${until}`,
    id !== undefined && sql`messages.id = ${id}`,
    sender !== undefined && sql`messages.sender = ${sender.toLowerCase()}`,
    reason !== undefined && sql`messages.reason = ${reason}`,
  ].filter(condition => condition !== false) as Condition[];
}

/** Conditions on the columns that give the order, so that the index ends the scan. */
function recipientConditionsOf({ tenantId, recipient = '', from, until }: MessageSearch): Condition[] {
  return [
    sql`message_recipients.tenant_id = ${tenantId}`,
    sql`message_recipients.recipient = ${recipient.toLowerCase()}`,
    from !== undefined && sql`message_recipients.at >= ${from}`,
    until !== undefined && sql`message_recipients.at < ${until}`,
  ].filter(condition => condition !== false) as Condition[];
}

function rowOf(entry: MessageEntry): Tables['messages'] {
  const { recipients, detail } = entry;
  return {
    id: entry.id,
    tenant_id: entry.tenantId,
    at: entry.at,
    sender: entry.sender.toLowerCase(),
    person_id: entry.personId ?? null,
    reason: entry.reason,
    outcome: entry.outcome,
    size_bytes: entry.sizeBytes,
    detail: JSON.stringify({ recipients, detail }),
  };
}

function entryOf(row: Tables['messages']): MessageEntry {
  const { recipients, detail } = JSON.parse(row.detail);
  return {
    id: row.id,
    tenantId: row.tenant_id,
    at: row.at,
    sender: row.sender,
    recipients,
    ...(row.person_id === null ? {} : { personId: row.person_id }),
    reason: row.reason,
    outcome: row.outcome,
    sizeBytes: row.size_bytes,
    detail,
  };
}
