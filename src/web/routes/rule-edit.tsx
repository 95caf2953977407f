/** The form of one rule: `GET .../rules/new`, `POST .../rules`, `GET` and `PUT .../rules/:ruleId`. */
import { RuleForm } from '../../../views/rules/form.tsx';
import { personFields } from '../../signature/person.ts';
import type { Rule } from '../../signature/rule.ts';
import type { StoredRule } from '../../store/rules.ts';
import { type Answer, redirect } from '../answer.ts';
import { emptyForm, type Form } from '../form.ts';
import { mayEdit, tenantPath } from '../managed.ts';
import { formOfRule, writtenRule } from '../rule-form.ts';
import { type RuleWorld, readRuleWorld, sentenceIn, warningsIn } from '../rule-world.ts';
import { accountOf, tenantOf, type Visit } from '../visit.ts';
import { findRule, type RuleNeeds } from './rules.tsx';

type Errors = Record<string, string>;

export function newRule(needs: RuleNeeds) {
  return async (visit: Visit): Promise<Answer> =>
    formOf(visit, await readRuleWorld(needs, tenantOf(visit)), { typed: emptyForm, basedOn: 0 });
}

export function createRule(needs: RuleNeeds) {
  return async (visit: Visit): Promise<Answer> => {
    const id = needs.random(9).toString('base64url');
    return save(needs, visit, { id, isEnabled: false, basedOn: 0 });
  };
}

export function editRule(needs: RuleNeeds) {
  return async (visit: Visit): Promise<Answer> => {
    const stored = await findRule(needs, visit);
    const world = await readRuleWorld(needs, tenantOf(visit));
    const typed = formOfRule(stored.rule, id => world.groups.get(id) ?? id);
    return formOf(visit, world, { typed, basedOn: stored.version, stored });
  };
}

export function saveRule(needs: RuleNeeds) {
  return async (visit: Visit): Promise<Answer> => {
    const stored = await findRule(needs, visit);
    const basedOn = Number(visit.form.text('basedOn')) || 0;
    return save(needs, visit, { id: stored.rule.id, isEnabled: stored.rule.enabled, basedOn, stored });
  };
}

type Saving = {
  readonly id: string;
  readonly isEnabled: boolean;
  readonly basedOn: number;
  readonly stored?: StoredRule;
};

async function save(needs: RuleNeeds, visit: Visit, saving: Saving): Promise<Answer> {
  const { store, editing, trail } = needs;
  const { id, isEnabled, basedOn, stored } = saving;
  const { form, page } = visit;
  const tenant = tenantOf(visit);
  const world = await readRuleWorld(needs, tenant);
  const { written, fieldOf } = writtenRule(form, isEnabled);
  const checked = editing.readRule(id, written);
  const again = { typed: form, basedOn, ...(stored && { stored }) };
  if (checked.kind === 'mistakes') {
    const errors: Errors = {};
    for (const mistake of checked.mistakes) errors[fieldOf(mistake)] ??= mistake.sentence;
    return formOf(visit, world, { ...again, errors });
  }
  const rule = checked.value;
  const errors = namesIn(visit, world, rule);
  if (Object.keys(errors).length > 0) return formOf(visit, world, { ...again, errors });
  if (stored && stored.version !== basedOn) return formOf(visit, world, overNewer(again, world, stored));
  await trail.record(visit, { action: 'rule-saved', subject: rule.name, tenantId: tenant.id, detail: rule });
  const saved = await store.rules.saveRule(tenant.id, rule, {
    basedOn,
    changedBy: accountOf(visit).name,
  });
  if (saved.kind === 'newer') return formOf(visit, world, overNewer(again, world, saved.newest));
  const text = rule.enabled ? page.texts.rules.saved(rule.name) : page.texts.rules.savedOff(rule.name);
  return redirect(tenantPath(visit, 'rules'), { kind: 'success', text });
}

/** What an import would refuse beyond the rule itself: names that must be unique, and names that must lead somewhere. */
function namesIn({ page: { texts } }: Visit, world: RuleWorld, rule: Rule): Errors {
  const isTaken = world.rules.some(other => other.rule.id !== rule.id && other.rule.name === rule.name);
  const known = new Set(world.signatures.map(({ name }) => name));
  const asked = rule.action.kind === 'sign' ? rule.action.signatures : [];
  const unknown = asked.find(name => !known.has(name));
  return {
    ...(isTaken ? { name: texts.rules.nameTaken } : {}),
    ...(unknown === undefined ? {} : { signatures: texts.rules.unknownSignature(unknown) }),
  };
}

type Shown = {
  readonly typed: Form;
  readonly basedOn: number;
  readonly stored?: StoredRule;
  readonly errors?: Errors;
  readonly newer?: { readonly by: string; readonly sentence: string };
};

/** What was typed stays, and a second save is on top of theirs. */
function overNewer(again: Shown, world: RuleWorld, newest: StoredRule): Shown {
  return {
    ...again,
    basedOn: newest.version,
    newer: { by: newest.changedBy, sentence: sentenceIn(world, newest.rule) },
  };
}

function formOf(visit: Visit, world: RuleWorld, shown: Shown): Answer {
  const { page } = visit;
  const { typed, basedOn, stored, errors = {}, newer } = shown;
  const title = stored?.rule.name ?? page.texts.rules.newTitle;
  const list = tenantPath(visit, 'rules');
  const isRefused = newer !== undefined || Object.keys(errors).length > 0;
  return {
    kind: 'page',
    title,
    status: newer ? 409 : isRefused ? 422 : 200,
    view: (
      <RuleForm
        page={page}
        title={title}
        listHref={list}
        action={stored ? tenantPath(visit, 'rules', stored.rule.id) : list}
        method={stored ? 'PUT' : 'POST'}
        basedOn={basedOn}
        typed={typed}
        errors={errors}
        warnings={stored ? warningsIn(world)(stored.rule.id) : []}
        {...(newer ? { newer } : {})}
        {...(stored ? { sentence: sentenceIn(world, stored.rule) } : {})}
        signatures={world.signatures.map(({ name }) => name)}
        attributes={personFields}
        isReadOnly={!mayEdit(visit)}
      />
    ),
  };
}
