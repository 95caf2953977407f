/**
 * The template language as a tree (PRODUCT.md 4): what stands between `{{` and `}}`. No loops, no recursion, no member
 * access beyond a known field, so that a template's cost is bounded by its length.
 */

export const namespaces = ['person', 'sender', 'manager', 'tenant', 'message'] as const;

export type Namespace = (typeof namespaces)[number];

/** `person.custom.room` is `{namespace: 'person', name: 'custom.room'}`. */
export type FieldRef = { readonly namespace: Namespace; readonly name: string };

export type FormatCall = { readonly name: string; readonly arguments: readonly string[] };

/** The first of `refs` that has a value, sent through the formats from left to right. */
export type Expression = { readonly refs: readonly FieldRef[]; readonly formats: readonly FormatCall[] };

export type Operand =
  | { readonly kind: 'field'; readonly ref: FieldRef }
  | { readonly kind: 'text'; readonly value: string };

/** A condition. Comparisons disregard case and outer blanks, as rules do (rule.ts). */
export type Test =
  | { readonly kind: 'all' | 'any'; readonly tests: readonly Test[] }
  | { readonly kind: 'not'; readonly test: Test }
  | { readonly kind: 'filled' | 'empty'; readonly operand: Operand }
  | {
      readonly kind: 'compare';
      readonly operator: '=' | '!=' | 'contains';
      readonly left: Operand;
      readonly right: Operand;
    }
  /** Made by the compiler, never written: the tenant wants pictures as links. */
  | { readonly kind: 'linked-pictures' };

export type Tag =
  | { readonly kind: 'output'; readonly expression: Expression }
  | { readonly kind: 'if'; readonly test: Test }
  | { readonly kind: 'else' }
  | { readonly kind: 'end-if' }
  | { readonly kind: 'line' }
  | { readonly kind: 'end-line' };

/** A tag of the template, `[start, end)` in its source. */
export type PlacedTag = { readonly tag: Tag; readonly start: number; readonly end: number };

/** What is wrong at an offset of the source; `compile` adds where that is. */
export type Fault = { readonly at: number; readonly sentence: string; readonly suggestion?: string };

export function pathOf({ namespace, name }: FieldRef): string {
  return `${namespace}.${name}`;
}
