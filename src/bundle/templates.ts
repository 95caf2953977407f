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

/** Names that templates of a tenant may use beside those that everybody has. */
export type OwnFields = {
  readonly tenantFields: readonly string[];
  /** Without it any name is one: a directory may bring it with its next reading. */
  readonly customFields?: readonly string[];
};

export type CheckSignature = (signature: Signature, known: OwnFields) => readonly TemplateMistake[];

export function checkTemplates(
  tenant: BundleTenant,
  path: Path,
  { tell, check }: { readonly tell: Tell; readonly check: CheckSignature },
): void {
  const known = ownFieldsOf(tenant);
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

/** `{{tenant.NAME}}` by its fields, `{{person.custom.NAME}}` by what anybody has. */
export function ownFieldsOf({
  fields,
  people,
  directory,
}: Pick<BundleTenant, 'fields' | 'people' | 'directory'>): OwnFields {
  // Where the bundle lists nobody, people come from elsewhere: a directory, or a file imported by hand.
  if (directory || people.length === 0) return { tenantFields: Object.keys(fields) };
  return {
    tenantFields: Object.keys(fields),
    customFields: [...new Set(people.flatMap(({ custom }) => Object.keys(custom)))],
  };
}
