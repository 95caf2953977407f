/** What a backup holds, in words. */
import type { BackupContents } from '../store/backup-check.ts';

export function contentsText({ tenants, people, messages, newestMessageAt, schema }: BackupContents): string {
  const [count, ...names] = [tenants.length, ...tenants.slice(0, 5)];
  const more = count > names.length ? ` and ${count - names.length} more` : '';
  const named =
    count === 0
      ? 'no tenants'
      : `${count === 1 ? '1 tenant' : `${count} tenants`} (${names.join(', ')}${more})`;
  const newest =
    newestMessageAt === undefined ? '' : `, the newest of ${new Date(newestMessageAt).toISOString()}`;
  return `${named}, ${people} people, ${messages} log entries${newest}, schema ${schema}`;
}
