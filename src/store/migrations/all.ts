/** Every migration, in order. A new one is added at the end; none is ever changed once released. */
import { first } from './0001-first.ts';
import { files } from './0002-files.ts';
import { accounts } from './0003-accounts.ts';
import { microsoft } from './0004-microsoft.ts';
import { mailFlowRuns } from './0006-mail-flow-runs.ts';
import { directoryMemory } from './0007-directory-memory.ts';
import { invitations } from './0008-invitations.ts';
import type { Migration } from './migration.ts';

export const migrations: readonly Migration[] = [
  first,
  files,
  accounts,
  microsoft,
  mailFlowRuns,
  directoryMemory,
  invitations,
];
