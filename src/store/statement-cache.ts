/** Prepared statements by their SQL, the most recently used ones: every query of the store is prepared once. */
import type Sqlite from 'better-sqlite3';

export type StatementCache = { readonly prepare: (sql: string) => Sqlite.Statement<unknown[], unknown> };

/** The store has about 200 different queries; lists of varying length make a few more. */
const size = 400;

export function createStatementCache(sqlite: Sqlite.Database): StatementCache {
  const statements = new Map<string, Sqlite.Statement<unknown[], unknown>>();

  function prepare(sql: string) {
    const statement = statements.get(sql) ?? sqlite.prepare<unknown[], unknown>(sql);
    // A Map keeps its order of insertion: what is used moves to the end, what is first is the oldest.
    statements.delete(sql);
    statements.set(sql, statement);
    const [oldest] = statements.keys();
    if (statements.size > size && oldest !== undefined) statements.delete(oldest);
    return statement;
  }

  return { prepare };
}
