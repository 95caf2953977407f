/** Kysely's SQLite dialect over database threads: it compiles here and runs there. */
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { DatabaseThread } from './database-thread.ts';
import type { ThreadPool } from './thread-pool.ts';
import type { Value } from './worker-protocol.ts';

/** The pool lends its connections itself; without this Kysely would let one query run at a time. */
class PooledSqliteAdapter extends SqliteAdapter {
  override get supportsMultipleConnections() {
    return true;
  }
}

export function createThreadDialect(pool: ThreadPool): Dialect {
  return {
    createAdapter: () => new PooledSqliteAdapter(),
    createDriver: () => createDriver(pool),
    createIntrospector: (database: Kysely<unknown>) => new SqliteIntrospector(database),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

type ThreadConnection = DatabaseConnection & { readonly thread: DatabaseThread };

function createDriver(pool: ThreadPool): Driver {
  const run = async (connection: DatabaseConnection, sql: string) => {
    await connection.executeQuery(CompiledQuery.raw(sql));
  };
  return {
    init: async () => {},
    acquireConnection: async () => connect(await pool.take()),
    // Immediate: the write lock is taken, or refused, before anything was read.
    beginTransaction: connection => run(connection, 'begin immediate'),
    commitTransaction: connection => run(connection, 'commit'),
    // A thread that has ended has rolled back: what it failed with is the error to tell, not this.
    rollbackTransaction: async connection => {
      if (!(connection as ThreadConnection).thread.hasEnded()) await run(connection, 'rollback');
    },
    releaseConnection: async connection => pool.give((connection as ThreadConnection).thread),
    destroy: () => pool.close(),
  };
}

function connect(thread: DatabaseThread): ThreadConnection {
  return {
    thread,
    async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
      const answer = await thread.ask({ kind: 'query', sql, parameters: parameters as readonly Value[] });
      if (answer.kind !== 'rows') throw new Error(`expected rows, got ${answer.kind}`);
      return { rows: answer.rows as Row[], numAffectedRows: BigInt(answer.changes) };
    },
    streamQuery() {
      throw new Error('expected a paged query, got a stream: a stream would hold the connection');
    },
  };
}
