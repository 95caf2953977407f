/** Rules and licences of the bundle in their tables. What is equal keeps its version and its author. */
import type { BundleLicence, BundleRule } from '../bundle/bundle.ts';
import type { Change } from './configuration.ts';

export async function putRules(change: Change, rules: readonly BundleRule[]): Promise<void> {
  const { transaction, tenantId, now, by } = change;
  const stored = await transaction
    .selectFrom('rules')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .execute();
  const byId = new Map(stored.map(row => [row.id, row]));
  const byName = new Map(stored.map(row => [row.name, row]));
  const given = new Set(rules.flatMap(({ id }) => id ?? []));
  const kept = new Set<string>();
  for (const [index, { id: own, name, enabled, ...body }] of rules.entries()) {
    const named = byName.get(name);
    const id = own ?? (named && !given.has(named.id) ? named.id : name);
    kept.add(id);
    const before = byId.get(id);
    const row = { name, enabled: enabled ? 1 : 0, body: JSON.stringify(body) };
    const isSame =
      before && before.name === name && before.enabled === row.enabled && before.body === row.body;
    const position = { position: index + 1 };
    const changed = isSame
      ? position
      : { ...row, ...position, version: (before?.version ?? 0) + 1, changed_at: now, changed_by: by };
    if (isSame && before.position === position.position) continue;
    await transaction
      .insertInto('rules')
      .values({
        tenant_id: tenantId,
        id,
        ...row,
        ...position,
        version: before?.version ?? 1,
        changed_at: now,
        changed_by: by,
      })
      .onConflict(conflict => conflict.columns(['tenant_id', 'id']).doUpdateSet(changed))
      .execute();
  }
  for (const { id } of stored)
    if (!kept.has(id))
      await transaction.deleteFrom('rules').where('tenant_id', '=', tenantId).where('id', '=', id).execute();
}

/** They have no name to be told apart by: all of them in their order, or none is touched. Those of files stay. */
export async function putLicences(
  { transaction, tenantId, now }: Change,
  licences: readonly BundleLicence[],
): Promise<void> {
  const wanted = licences.map(({ seats, from, until, note }) => ({
    seats,
    from_day: from ?? null,
    until_day: until ?? null,
    note: note ?? '',
  }));
  const stored = await transaction
    .selectFrom('licences')
    .select(['seats', 'from_day', 'until_day', 'note'])
    .where('tenant_id', '=', tenantId)
    .where('file', 'is', null)
    .orderBy('added_at')
    .orderBy('id')
    .execute();
  if (JSON.stringify(stored) === JSON.stringify(wanted)) return;
  await transaction
    .deleteFrom('licences')
    .where('tenant_id', '=', tenantId)
    .where('file', 'is', null)
    .execute();
  for (const [index, row] of wanted.entries())
    await transaction
      .insertInto('licences')
      .values({
        tenant_id: tenantId,
        id: `bundle-${String(index + 1).padStart(4, '0')}`,
        ...row,
        file: null,
        added_at: now,
      })
      .execute();
}
