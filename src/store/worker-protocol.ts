/** What the main thread and a database thread say to each other. Everything in it survives a structured clone. */
import type { AddonSource } from './addon.ts';

export type Value = string | number | bigint | null | Uint8Array;

/** One statement, run once for each list of parameters. */
export type Statement = { readonly sql: string; readonly runs: readonly (readonly Value[])[] };

export type Opening = {
  readonly file: string;
  /** `write` makes the file when missing; `read` cannot write. */
  readonly mode: 'write' | 'read';
  readonly busyMs: number;
  readonly cacheKiB: number;
  readonly addon: AddonSource;
};

export type Request =
  | { readonly kind: 'query'; readonly sql: string; readonly parameters: readonly Value[] }
  /** All statements in one transaction; answers the rows changed by each. */
  | { readonly kind: 'batch'; readonly statements: readonly Statement[] }
  /** A consistent copy into a new file, on disk when answered. */
  | { readonly kind: 'copy'; readonly to: string }
  /** The database in the file `over` becomes what this one is, in one transaction: who has it open reads the old or the new. */
  | { readonly kind: 'replace'; readonly over: string }
  | { readonly kind: 'close' };

export type Answer =
  | { readonly kind: 'rows'; readonly rows: readonly unknown[]; readonly changes: number }
  | { readonly kind: 'changes'; readonly changes: readonly number[] }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly message: string; readonly code: string };

/** The first message of a thread has the id 0 and says whether the database could be opened. */
export type Numbered<Content> = { readonly id: number; readonly content: Content };
