/** One step of the schema. Its statements run in one transaction; a released one never changes. */
export type Migration = {
  /** From 1, rising. */
  readonly number: number;
  readonly name: string;
  readonly statements: (words: Words) => readonly string[];
};

/** The few words in which the two databases differ. */
export type Words = {
  readonly integer: string;
  readonly bytes: string;
  /** After a table's columns. */
  readonly table: string;
  /** The same, for a table that is kept in the order of its primary key. */
  readonly clusteredTable: string;
  /** Statements after which rows of a table can be added, but neither changed nor removed. */
  readonly refuseChanges: (table: string) => readonly string[];
};

export const wordsOf: Readonly<Record<'sqlite' | 'postgres', Words>> = {
  sqlite: {
    integer: 'integer',
    bytes: 'blob',
    table: 'strict',
    clusteredTable: 'strict, without rowid',
    refuseChanges: table =>
      ['update', 'delete'].map(
        verb =>
          `create trigger ${table}_no_${verb} before ${verb} on ${table}
           begin select raise(abort, '${table} only grows'); end`,
      ),
  },
  postgres: {
    integer: 'bigint',
    bytes: 'bytea',
    table: '',
    clusteredTable: '',
    refuseChanges: table => [
      `create function ${table}_only_grows() returns trigger language plpgsql
       as 'begin raise exception ''${table} only grows''; end'`,
      `create trigger ${table}_no_change before update or delete or truncate on ${table}
       for each statement execute function ${table}_only_grows()`,
    ],
  },
};
