/** The rows of the route table for what a tenant has: signatures, rules, people, licences, log, preferences. */
import type { Trail } from '../audit.ts';
import { unlessManaged } from '../managed.ts';
import type { WebNeeds } from '../needs.ts';
import { auditor, editor, get, post, put, type Route, remove } from '../route.ts';
import { createRule, editRule, newRule, saveRule } from './rule-edit.tsx';
import { confirmRuleRemoval, copyRule, listRules, placeRule, removeRule, switchRule } from './rules.tsx';
import { editSignature, saveSignature } from './signature-edit.tsx';
import { addImage, removeImage, showImage } from './signature-images.ts';
import { previewStored, previewTyped } from './signature-preview.ts';
import {
  confirmSignatureRemoval,
  createSignature,
  listSignatures,
  publishSignature,
  removeSignature,
  withdrawSignature,
} from './signatures.tsx';

export type TenantRouteNeeds = WebNeeds & { readonly trail: Trail };

export function tenantRoutes(needs: TenantRouteNeeds): readonly Route[] {
  return [...ruleRoutes(needs), ...signatureRoutes(needs)];
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

function signatureRoutes(needs: TenantRouteNeeds): readonly Route[] {
  const list = '/tenants/:tenantId/signatures';
  const one = `${list}/:signatureId`;
  const change = (handle: Route['handle']) => unlessManaged('signatures', handle);
  return [
    get(list, auditor, listSignatures(needs)),
    post(list, editor, change(createSignature(needs))),
    get(one, auditor, editSignature(needs)),
    put(one, editor, change(saveSignature(needs))),
    get(`${one}/removal`, editor, confirmSignatureRemoval(needs)),
    remove(one, editor, change(removeSignature(needs))),
    get(`${one}/preview`, auditor, previewStored(needs)),
    // Nothing is changed by it: a form that is only read may be sent here too.
    put(`${one}/preview`, auditor, previewTyped(needs)),
    put(`${one}/publication`, editor, change(publishSignature(needs))),
    remove(`${one}/publication`, editor, change(withdrawSignature(needs))),
    post(`${one}/images`, editor, change(addImage(needs))),
    get(`${one}/images/:imageName`, auditor, showImage(needs)),
    remove(`${one}/images/:imageName`, editor, change(removeImage(needs))),
  ];
}
