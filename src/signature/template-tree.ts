/**
 * HTML and template in one tree. Every element and every block closes inside the one in which it was opened, so that no
 * value and no condition can change how elements nest.
 */
import type { Expression, Test } from './template.ts';

export type TreeNode = TextNode | OutputNode | ElementNode | ChoiceNode | LineNode | MsoNode;

/** Literal text, character references resolved. */
export type TextNode = { readonly kind: 'text'; readonly value: string; readonly at: number };
export type OutputNode = { readonly kind: 'output'; readonly expression: Expression; readonly at: number };
export type ElementNode = {
  readonly kind: 'element';
  readonly name: string;
  readonly attributes: readonly Attribute[];
  readonly children: readonly TreeNode[];
  readonly at: number;
};
export type ChoiceNode = {
  readonly kind: 'choice';
  readonly test: Test;
  readonly met: readonly TreeNode[];
  readonly otherwise: readonly TreeNode[] | undefined;
  readonly at: number;
};
export type LineNode = { readonly kind: 'line'; readonly children: readonly TreeNode[]; readonly at: number };
/** A conditional comment; `revealed` ones (`[if !mso]><!-->`) are seen by everyone else. */
export type MsoNode = {
  readonly kind: 'mso';
  readonly condition: string;
  readonly isRevealed: boolean;
  readonly children: readonly TreeNode[];
  readonly at: number;
};

/** `parts` of a value in order; a value without template tags is one text. */
export type Attribute = {
  readonly name: string;
  readonly parts: readonly AttributePart[];
  readonly at: number;
};

export type AttributePart =
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'output'; readonly expression: Expression }
  | {
      readonly kind: 'choice';
      readonly test: Test;
      readonly met: readonly AttributePart[];
      readonly otherwise: readonly AttributePart[];
    };

/** The value when it is all literal, undefined when it has fields. */
export function literalOf(attribute: Attribute | undefined): string | undefined {
  if (!attribute?.parts.every(part => part.kind === 'text')) return undefined;
  return attribute.parts.map(part => (part.kind === 'text' ? part.value : '')).join('');
}

export function attributeNamed(element: ElementNode, name: string): Attribute | undefined {
  return element.attributes.find(attribute => attribute.name === name);
}
