/** Sessions of the admin pages. Only hashes of their tokens are stored: who reads the database cannot sign in with it. */
import type { Clock } from '../clock.ts';
import type { Database } from './database.ts';
import type { Tables } from './tables.ts';

export type Session = {
  /** For lists; it opens nothing. */
  readonly id: string;
  readonly accountId: string;
  /** After the password, or after the second factor as well. */
  readonly stage: 'password' | 'full';
  readonly createdAt: number;
  readonly seenAt: number;
  /** When a factor was last shown: dangerous acts want that to be fresh. */
  readonly provedAt?: number;
  readonly address: string;
  /** The browser's own words, cut. */
  readonly agent: string;
};

export type NewSession = Omit<Session, 'createdAt' | 'seenAt'> & {
  /** SHA-256 of the token, hexadecimal. */
  readonly tokenHash: string;
  /** Of the session that this one follows; that one ends with this. */
  readonly follows?: string;
};

export type Sessions = {
  readonly addSession: (session: NewSession) => Promise<void>;
  readonly findSession: (tokenHash: string) => Promise<Session | undefined>;
  readonly touchSession: (id: string) => Promise<void>;
  readonly proveSession: (id: string) => Promise<void>;
  /** The one seen last first. */
  readonly listSessions: (accountId: string) => Promise<readonly Session[]>;
  readonly endSession: (accountId: string, id: string) => Promise<void>;
  /** All of an account but one. Answers how many ended. */
  readonly endSessions: (accountId: string, exceptId?: string) => Promise<number>;
  /** Those that were not seen since, or are older than. Milliseconds since 1970. */
  readonly removeSessionsBefore: (times: {
    readonly seen: number;
    readonly created: number;
  }) => Promise<number>;
};

export function createSessions({
  database: { read, write },
  clock,
}: {
  readonly database: Database;
  readonly clock: Clock;
}): Sessions {
  return {
    addSession: session =>
      write.transaction().execute(async transaction => {
        const now = clock.now();
        if (session.follows !== undefined)
          await transaction.deleteFrom('sessions').where('id', '=', session.follows).execute();
        await transaction
          .insertInto('sessions')
          .values({
            token_hash: session.tokenHash,
            id: session.id,
            account_id: session.accountId,
            stage: session.stage,
            created_at: now,
            seen_at: now,
            proved_at: session.provedAt ?? null,
            address: session.address,
            agent: session.agent,
          })
          .execute();
      }),
    async findSession(tokenHash) {
      const row = await read
        .selectFrom('sessions')
        .selectAll()
        .where('token_hash', '=', tokenHash)
        .executeTakeFirst();
      return row && sessionOf(row);
    },
    async touchSession(id) {
      await write.updateTable('sessions').set({ seen_at: clock.now() }).where('id', '=', id).execute();
    },
    async proveSession(id) {
      await write.updateTable('sessions').set({ proved_at: clock.now() }).where('id', '=', id).execute();
    },
    async listSessions(accountId) {
      const rows = await read
        .selectFrom('sessions')
        .selectAll()
        .where('account_id', '=', accountId)
        .where('stage', '=', 'full')
        .orderBy('seen_at', 'desc')
        .execute();
      return rows.map(sessionOf);
    },
    async endSession(accountId, id) {
      const session = write.deleteFrom('sessions').where('account_id', '=', accountId);
      await session.where('id', '=', id).execute();
    },
    async endSessions(accountId, exceptId = '') {
      const { numDeletedRows } = await write
        .deleteFrom('sessions')
        .where('account_id', '=', accountId)
        .where('id', '!=', exceptId)
        .executeTakeFirst();
      return Number(numDeletedRows);
    },
    async removeSessionsBefore({ seen, created }) {
      const { numDeletedRows } = await write
        .deleteFrom('sessions')
        .where(({ or, eb }) => or([eb('seen_at', '<', seen), eb('created_at', '<', created)]))
        .executeTakeFirst();
      return Number(numDeletedRows);
    },
  };
}

function sessionOf(row: Tables['sessions']): Session {
  return {
    id: row.id,
    accountId: row.account_id,
    stage: row.stage as Session['stage'],
    createdAt: row.created_at,
    seenAt: row.seen_at,
    ...(row.proved_at === null ? {} : { provedAt: row.proved_at }),
    address: row.address,
    agent: row.agent,
  };
}
