/** The rows of the route table for what a tenant has: signatures, rules, people, licences, log, preferences. */
import type { Trail } from '../audit.ts';
import { unlessManaged } from '../managed.ts';
import type { WebNeeds } from '../needs.ts';
import { auditor, editor, get, post, put, type Route, remove } from '../route.ts';
import { createRule, editRule, newRule, saveRule } from './rule-edit.tsx';
import { confirmRuleRemoval, copyRule, listRules, placeRule, removeRule, switchRule } from './rules.tsx';

export type TenantRouteNeeds = WebNeeds & { readonly trail: Trail };

export function tenantRoutes(needs: TenantRouteNeeds): readonly Route[] {
  return [...ruleRoutes(needs)];
}

function ruleRoutes(needs: TenantRouteNeeds): readonly Route[] {
  const list = '/tenants/:tenantId/rules';
  const one = `${list}/:ruleId`;
  return [
    get(list, auditor, listRules(needs)),
    get(`${list}/new`, editor, newRule(needs)),
    post(list, editor, unlessManaged('rules', createRule(needs))),
    get(one, auditor, editRule(needs)),
    put(one, editor, unlessManaged('rules', saveRule(needs))),
    get(`${one}/removal`, editor, confirmRuleRemoval(needs)),
    remove(one, editor, unlessManaged('rules', removeRule(needs))),
    put(`${one}/switch`, editor, unlessManaged('rules', switchRule(needs, true))),
    remove(`${one}/switch`, editor, unlessManaged('rules', switchRule(needs, false))),
    put(`${one}/place`, editor, unlessManaged('rules', placeRule(needs))),
    post(`${one}/copies`, editor, unlessManaged('rules', copyRule(needs))),
  ];
}
