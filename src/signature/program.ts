/**
 * What rendering runs: a template taken apart into lines and blocks, everything that never changes written out already.
 * The same shapes serve HTML and plain text; only the literals and the escaping differ.
 */
import type { UrlKind, UrlPart } from './sanitize-url.ts';
import type { Expression, Test } from './template.ts';

/**
 * What a literal is beside a field that came out empty. A `separator` (`|`, `,`, ...) goes with it, a `space` melts with
 * its neighbour, `text` (also a picture) keeps its place, `unseen` shows nothing.
 */
export type Role = 'text' | 'space' | 'separator' | 'unseen';

/** Content of one line. */
export type Item =
  | { readonly kind: 'literal'; readonly out: string; readonly role: Role }
  | { readonly kind: 'output'; readonly expression: Expression }
  | { readonly kind: 'span'; readonly items: readonly Item[] }
  | {
      readonly kind: 'choice';
      readonly test: Test;
      readonly met: readonly Item[];
      readonly otherwise: readonly Item[] | undefined;
    }
  /** An element in a line; without `close` it has no content. A link in plain text has its address behind it. */
  | {
      readonly kind: 'element';
      readonly open: Open;
      readonly items: readonly Item[];
      readonly close: string | undefined;
      readonly link: readonly AttributeChunk[] | undefined;
    };

/** A start tag; attributes with fields are written when it is rendered. */
export type Open =
  | { readonly kind: 'literal'; readonly out: string }
  | {
      readonly kind: 'tag';
      readonly start: string;
      readonly attributes: readonly OpenAttribute[];
      readonly end: string;
    };

export type OpenAttribute =
  | { readonly kind: 'text'; readonly name: string; readonly chunks: readonly AttributeChunk[] }
  /** Without an address there is no link and no picture; `decides` is false where all fields stand behind `?` or `#`. */
  | {
      readonly kind: 'url';
      readonly name: string;
      readonly urlKind: UrlKind;
      readonly decides: boolean;
      readonly chunks: readonly AttributeChunk[];
    }
  | { readonly kind: 'picture'; readonly expression: Expression };

export type AttributeChunk =
  | { readonly kind: 'literal'; readonly out: string }
  | { readonly kind: 'output'; readonly expression: Expression; readonly part: UrlPart }
  | {
      readonly kind: 'choice';
      readonly test: Test;
      readonly met: readonly AttributeChunk[];
      readonly otherwise: readonly AttributeChunk[];
    };

/** Lines and what holds them. */
export type Block =
  /** Never changes. `isVisible` is false for white space and empty cells; `end` is the line break behind it. */
  | { readonly kind: 'literal'; readonly out: string; readonly isVisible: boolean; readonly end: string }
  /** One line with fields; `end` is the line break that goes with it. */
  | { readonly kind: 'line'; readonly items: readonly Item[]; readonly end: string }
  | {
      readonly kind: 'element';
      readonly open: Open;
      readonly blocks: readonly Block[];
      readonly close: string;
      readonly vanishes: Vanishing;
      /** Its empty fields say nothing about what is around it: a row of a table in a row. */
      readonly isOpaque: boolean;
      /** Only Word reads it: nothing in it counts as seen. */
      readonly isUnseen: boolean;
      /** Start tag of a cell in which nothing is left: its padding and width would show as a hole. */
      readonly blankOpen: string | undefined;
    }
  | { readonly kind: 'span'; readonly blocks: readonly Block[] }
  | {
      readonly kind: 'choice';
      readonly test: Test;
      readonly met: readonly Block[];
      readonly otherwise: readonly Block[] | undefined;
    };

/**
 * When a block disappears: `never`; `blank` when nothing is left to see in it; `empty` when all its fields came out
 * empty, whatever label or icon stands beside them.
 */
export type Vanishing = 'never' | 'blank' | 'empty';
