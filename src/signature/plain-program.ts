/** Plain text as lines and groups of lines: the counterpart of the blocks of HTML (program.ts). */
import type { Item, Vanishing } from './program.ts';
import type { Test } from './template.ts';

export type PlainBlock =
  | { readonly kind: 'line'; readonly items: readonly Item[] }
  | {
      readonly kind: 'group';
      readonly blocks: readonly PlainBlock[];
      /** Empty lines set it off from what is around it. */
      readonly isSetOff: boolean;
      /** In front of its first line; the others are indented as far. */
      readonly prefix: string;
      readonly vanishes: Vanishing;
      readonly isOpaque: boolean;
    }
  | { readonly kind: 'span'; readonly blocks: readonly PlainBlock[] }
  | {
      readonly kind: 'choice';
      readonly test: Test;
      readonly met: readonly PlainBlock[];
      readonly otherwise: readonly PlainBlock[] | undefined;
    };
