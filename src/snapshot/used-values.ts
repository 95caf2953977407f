/** Values of people that the published signatures of a tenant use: what the completeness board asks for. */
import type { BundleTenant } from '../bundle/bundle.ts';
import { wholeSignature } from '../bundle/whole-signature.ts';
import type { UsedValue } from '../directory/completeness.ts';
import { fieldsOf } from '../signature/compile.ts';
import type { Compiler } from './signature.ts';

/** By name. A delegate is a person like others, so `sender.x` asks for `person.x`; a visiting card is made of the rest. */
export function usedValues(
  tenant: Pick<BundleTenant, 'blocks' | 'signatures' | 'fields'>,
  { compile }: Pick<Compiler, 'compile'>,
): readonly UsedValue[] {
  const used = new Set<UsedValue>();
  for (const signature of tenant.signatures) {
    const compiled = compile(wholeSignature(tenant, signature), { tenantFields: Object.keys(tenant.fields) });
    if (compiled.kind === 'problem') continue;
    for (const path of fieldsOf(compiled.value)) {
      const own = path.replace(/^sender\./, 'person.');
      if (/^(?:person|manager)\.(?!vcard$)/.test(own)) used.add(own as UsedValue);
    }
  }
  return [...used].sort();
}
