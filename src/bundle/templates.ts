/** The template language inside the signatures, checked by who knows it, and its mistakes told at their place in the bundle. */
import type { Signature } from '../signature/signature.ts';
import type { BundleTenant } from './bundle.ts';
import type { Tell } from './files.ts';
import type { Path } from './source.ts';
import { wholeSignature } from './whole-signature.ts';

/** A mistake in a template: `section`, `line` and `column` count from 1. */
export type TemplateMistake = {
  readonly section: number;
  readonly form: 'new' | 'reply';
  readonly part: 'html' | 'text';
  readonly line: number;
  readonly column: number;
  readonly sentence: string;
};

export type CheckSignature = (
  signature: Signature,
  known: { readonly customFields: readonly string[] },
) => readonly TemplateMistake[];

export function checkTemplates(
  tenant: BundleTenant,
  path: Path,
  { tell, check }: { readonly tell: Tell; readonly check: CheckSignature },
): void {
  const known = { customFields: customFieldsOf(tenant) };
  for (const [index, signature] of tenant.signatures.entries())
    for (const mistake of check(wholeSignature(tenant, signature), known)) {
      const { section, form, part, line, column, sentence } = mistake;
      const isShort = signature.sections.length === 1;
      const where = `${isShort ? '' : `section ${section}, `}${form === 'reply' ? 'reply, ' : ''}${part}`;
      const place = isShort ? [part] : ['sections', section - 1, form, part];
      tell(
        [...path, 'signatures', index, ...place],
        `signature "${signature.name}", ${where}, line ${line}, column ${column}: ${sentence}`,
      );
    }
}

/** Names of `{{person.custom.NAME}}` that anybody has. */
export function customFieldsOf({ people }: Pick<BundleTenant, 'people'>): readonly string[] {
  return [...new Set(people.flatMap(({ custom }) => Object.keys(custom)))];
}
