/** Ids of a tenant's groups and their names. */
import type { People, PeopleCursor } from '../../store/people.ts';

export async function groupNames(
  { listGroups }: Pick<People, 'listGroups'>,
  tenantId: string,
): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  let after: PeopleCursor | undefined;
  do {
    const page = await listGroups(tenantId, { size: 500, ...(after && { after }) });
    for (const { id, name } of page.groups) names.set(id, name);
    after = page.next;
  } while (after);
  return names;
}
