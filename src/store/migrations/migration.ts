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
};

export const wordsOf: Readonly<Record<'sqlite' | 'postgres', Words>> = {
  sqlite: { integer: 'integer', bytes: 'blob', table: 'strict', clusteredTable: 'strict, without rowid' },
  postgres: { integer: 'bigint', bytes: 'bytea', table: '', clusteredTable: '' },
};
