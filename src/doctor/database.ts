/** The database: whole, of this Signet's schema, and opened by the master key. */
import type { Result } from '../problem.ts';
import type { BackupContents } from '../store/backup-check.ts';
import { type Finding, findingsOf } from './finding.ts';

export type DatabaseFacts = {
  readonly file: string;
  readonly exists: boolean;
  /** What reading every page of it found. */
  readonly checked: Result<BackupContents> | undefined;
  readonly knownSchema: number;
  readonly keyFile: string;
  /** Whether the key opens what is sealed; undefined when that was not tried. */
  readonly opened: Result<unknown> | undefined;
};

export function examineDatabase(facts: DatabaseFacts): readonly Finding[] {
  const { file, exists, checked, knownSchema, keyFile, opened } = facts;
  const is = findingsOf('database', file);
  if (!exists)
    return [
      is.unknown(
        'does not exist yet',
        'start Signet once, which makes it, or set SIGNET_DATA to the right folder',
      ),
    ];
  if (!checked) return [];
  if (checked.kind === 'problem')
    return [
      is.failure(
        `cannot be used: ${checked.problem.sentence}`,
        'restore the newest backup: signet restore FILE',
      ),
    ];
  const { schema, people, messages } = checked.value;
  const whole =
    schema < knownSchema
      ? is.warning(
          `has the schema ${schema} of an earlier Signet`,
          'start this one, which brings it up to date',
        )
      : is.fine(`is whole: ${people} people, ${messages} log entries`);
  return [whole, ...keyFinding(keyFile, opened)];
}

function keyFinding(keyFile: string, opened: DatabaseFacts['opened']): readonly Finding[] {
  const is = findingsOf('master-key', keyFile);
  if (!opened) return [];
  if (opened.kind === 'problem')
    return [is.failure(opened.problem.sentence.replace(/\.$/, ''), 'put the key file back from its copy')];
  return [is.fine('opens the stored secrets')];
}
