/** The ordered list of a tenant's rules. A save over somebody else's newer one is refused with theirs. */
import type { Clock } from '../clock.ts';
import type { Rule } from '../signature/rule.ts';
import type { Database } from './database.ts';
import type { Tables } from './tables.ts';
import { bumpRevision } from './tenants.ts';

export type StoredRule = {
  readonly rule: Rule;
  /** Goes up with every save; 0 means "not there yet". */
  readonly version: number;
  readonly changedAt: number;
  readonly changedBy: string;
};

export type RuleSaved =
  | { readonly kind: 'saved'; readonly version: number }
  | { readonly kind: 'newer'; readonly newest: StoredRule };

export type Rules = {
  /** In their order. */
  readonly listRules: (tenantId: string) => Promise<readonly StoredRule[]>;
  /** A new rule goes to the end. */
  readonly saveRule: (
    tenantId: string,
    rule: Rule,
    by: { readonly basedOn: number; readonly changedBy: string },
  ) => Promise<RuleSaved>;
  readonly removeRule: (tenantId: string, id: string) => Promise<void>;
  /** False, with nothing changed, unless `ids` are exactly the tenant's rules: somebody added or removed one meanwhile. */
  readonly reorderRules: (tenantId: string, ids: readonly string[]) => Promise<boolean>;
};

export function createRules({
  database: { read, write },
  clock,
}: {
  readonly database: Database;
  readonly clock: Clock;
}): Rules {
  async function listRules(tenantId: string) {
    const rows = await read
      .selectFrom('rules')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .orderBy('position')
      .orderBy('id')
      .execute();
    return rows.map(ruleOf);
  }

  const saveRule: Rules['saveRule'] = (tenantId, rule, { basedOn, changedBy }) =>
    write.transaction().execute(async (transaction): Promise<RuleSaved> => {
      const { id, name, enabled, ...body } = rule;
      const rules = transaction.selectFrom('rules').where('tenant_id', '=', tenantId);
      const stored = await rules.selectAll().where('id', '=', id).executeTakeFirst();
      if (stored && stored.version !== basedOn) return { kind: 'newer', newest: ruleOf(stored) };
      const last = await rules.select(({ fn }) => fn.max('position').as('position')).executeTakeFirst();
      const version = (stored?.version ?? 0) + 1;
      const position = stored?.position ?? Number(last?.position ?? 0) + 1;
      const changed = { changed_at: clock.now(), changed_by: changedBy };
      const row = {
        position,
        name,
        enabled: enabled ? 1 : 0,
        body: JSON.stringify(body),
        version,
        ...changed,
      };
      await transaction
        .insertInto('rules')
        .values({ tenant_id: tenantId, id, ...row })
        .onConflict(conflict => conflict.columns(['tenant_id', 'id']).doUpdateSet(row))
        .execute();
      await bumpRevision(transaction, tenantId);
      return { kind: 'saved', version };
    });

  const removeRule: Rules['removeRule'] = (tenantId, id) =>
    write.transaction().execute(async transaction => {
      await transaction.deleteFrom('rules').where('tenant_id', '=', tenantId).where('id', '=', id).execute();
      await bumpRevision(transaction, tenantId);
    });

  const reorderRules: Rules['reorderRules'] = (tenantId, ids) =>
    write.transaction().execute(async transaction => {
      const stored = await transaction
        .selectFrom('rules')
        .select('id')
        .where('tenant_id', '=', tenantId)
        .execute();
      const known = new Set(stored.map(({ id }) => id));
      if (ids.length !== known.size || new Set(ids).size !== ids.length || !ids.every(id => known.has(id)))
        return false;
      for (const [index, id] of ids.entries())
        await transaction
          .updateTable('rules')
          .set({ position: index + 1 })
          .where('tenant_id', '=', tenantId)
          .where('id', '=', id)
          .execute();
      await bumpRevision(transaction, tenantId);
      return true;
    });

  return { listRules, saveRule, removeRule, reorderRules };
}

export function ruleOf({
  id,
  name,
  enabled,
  body,
  version,
  changed_at,
  changed_by,
}: Tables['rules']): StoredRule {
  const rule: Rule = { id, name, enabled: enabled === 1, ...JSON.parse(body) };
  return { rule, version, changedAt: changed_at, changedBy: changed_by };
}
