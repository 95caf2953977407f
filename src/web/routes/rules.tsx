/** `/tenants/:tenantId/rules`: the ordered list, and what is done to one rule without its form. */
import { Removal } from '../../../views/parts/removal.tsx';
import { RuleList } from '../../../views/rules/index.tsx';
import type { StoredRule } from '../../store/rules.ts';
import { type Answer, redirect } from '../answer.ts';
import type { Trail } from '../audit.ts';
import { HttpFault } from '../http-fault.ts';
import { mayEdit, tenantPath } from '../managed.ts';
import type { WebNeeds } from '../needs.ts';
import { type RuleWorld, readRuleWorld, sentenceIn, warningsIn } from '../rule-world.ts';
import { accountOf, tenantOf, type Visit } from '../visit.ts';

export type RuleNeeds = Pick<WebNeeds, 'store' | 'editing' | 'random' | 'timeZone'> & {
  readonly trail: Trail;
};

export function listRules(needs: RuleNeeds) {
  return async (visit: Visit): Promise<Answer> => {
    const { page } = visit;
    const world = await readRuleWorld(needs, tenantOf(visit));
    const warnings = warningsIn(world);
    return {
      kind: 'page',
      title: page.texts.rules.title,
      view: (
        <RuleList
          page={page}
          rows={world.rules.map(({ rule }) => ({
            id: rule.id,
            href: tenantPath(visit, 'rules', rule.id),
            name: rule.name,
            sentence: sentenceIn(world, rule),
            isOn: rule.enabled,
            warnings: warnings(rule.id),
          }))}
          newHref={tenantPath(visit, 'rules', 'new')}
          managedBy={tenantOf(visit).managedBy}
          mayEdit={mayEdit(visit)}
        />
      ),
    };
  };
}

export async function findRule({ store }: Pick<WebNeeds, 'store'>, visit: Visit): Promise<StoredRule> {
  const all = await store.rules.listRules(tenantOf(visit).id);
  const found = all.find(({ rule }) => rule.id === visit.params.ruleId);
  if (!found) throw new HttpFault(404, 'not-found');
  return found;
}

export function switchRule(needs: RuleNeeds, isOn: boolean) {
  const { store, trail } = needs;
  return async (visit: Visit): Promise<Answer> => {
    const { rule, version } = await findRule(needs, visit);
    const { id: tenantId } = tenantOf(visit);
    await trail.record(visit, {
      action: 'rule-saved',
      subject: rule.name,
      tenantId,
      detail: { id: rule.id, enabled: isOn },
    });
    const by = { basedOn: version, changedBy: accountOf(visit).name };
    const saved = await store.rules.saveRule(tenantId, { ...rule, enabled: isOn }, by);
    return back(visit, saved.kind === 'newer');
  };
}

/** One step up or down. */
export function placeRule(needs: RuleNeeds) {
  const { store, trail } = needs;
  return async (visit: Visit): Promise<Answer> => {
    const { rule } = await findRule(needs, visit);
    const { id: tenantId } = tenantOf(visit);
    const ids = (await store.rules.listRules(tenantId)).map(one => one.rule.id);
    const at = ids.indexOf(rule.id);
    const to = at + (visit.form.text('to') === 'up' ? -1 : 1);
    if (to < 0 || to >= ids.length) return back(visit, false);
    const moved = ids.toSpliced(at, 1).toSpliced(to, 0, rule.id);
    await trail.record(visit, {
      action: 'rules-reordered',
      subject: rule.name,
      tenantId,
      detail: { from: at + 1, to: to + 1 },
    });
    return back(visit, !(await store.rules.reorderRules(tenantId, moved)));
  };
}

function back(visit: Visit, isTooLate: boolean): Answer {
  const list = tenantPath(visit, 'rules');
  if (!isTooLate) return redirect(list);
  return redirect(list, { kind: 'warning', text: visit.page.texts.rules.orderChanged });
}

/** The copy is off and stands at the end. */
export function copyRule(needs: RuleNeeds) {
  const { store, trail, random } = needs;
  return async (visit: Visit): Promise<Answer> => {
    const { rule } = await findRule(needs, visit);
    const { id: tenantId } = tenantOf(visit);
    const names = new Set((await store.rules.listRules(tenantId)).map(one => one.rule.name));
    const name = freeName(visit.page.texts.rules.copyName(rule.name), names);
    const id = random(9).toString('base64url');
    await trail.record(visit, { action: 'rule-saved', subject: name, tenantId, detail: { id, of: rule.id } });
    await store.rules.saveRule(
      tenantId,
      { ...rule, id, name, enabled: false },
      { basedOn: 0, changedBy: accountOf(visit).name },
    );
    return redirect(tenantPath(visit, 'rules', id));
  };
}

export function freeName(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted;
  for (let number = 2; ; number++) if (!taken.has(`${wanted} ${number}`)) return `${wanted} ${number}`;
}

export function confirmRuleRemoval(needs: RuleNeeds) {
  return async (visit: Visit): Promise<Answer> => {
    const { page } = visit;
    const { rule } = await findRule(needs, visit);
    const world: RuleWorld = await readRuleWorld(needs, tenantOf(visit));
    const { rules, frame } = page.texts;
    return {
      kind: 'page',
      title: rules.removeTitle,
      view: (
        <Removal
          page={page}
          title={rules.removeTitle}
          crumbs={[
            { text: tenantOf(visit).name },
            { text: frame.pages.rules, href: tenantPath(visit, 'rules') },
          ]}
          sentence={rules.removeSentence(`${rule.name}: ${sentenceIn(world, rule)}`)}
          action={tenantPath(visit, 'rules', rule.id)}
          back={tenantPath(visit, 'rules')}
          button={rules.removeButton}
        />
      ),
    };
  };
}

export function removeRule(needs: RuleNeeds) {
  const { store, trail } = needs;
  return async (visit: Visit): Promise<Answer> => {
    const { rule } = await findRule(needs, visit);
    const { id: tenantId } = tenantOf(visit);
    await trail.record(visit, { action: 'rule-removed', subject: rule.name, tenantId, detail: rule });
    await store.rules.removeRule(tenantId, rule.id);
    const text = visit.page.texts.rules.removed(rule.name);
    return redirect(tenantPath(visit, 'rules'), { kind: 'success', text });
  };
}
