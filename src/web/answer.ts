/** What a route answers. Routes make these values; respond.ts writes them, so that no route sets a header by itself. */
import type { Readable } from 'node:stream';
import type { VNode } from 'preact';
import type { Flash } from '../../views/page.ts';

export type Answer =
  | {
      readonly kind: 'page';
      readonly title: string;
      readonly view: VNode;
      readonly status?: number;
      /** Without the menu. */
      readonly isAlone?: boolean;
      /** Parts of the page by the id of their element: a request of htmx for one gets that one alone. */
      readonly parts?: Readonly<Record<string, VNode>>;
    }
  /** 303: the browser gets `to`, an own path. */
  | {
      readonly kind: 'redirect';
      readonly to: string;
      readonly flash?: Flash;
      /** The token of the session that begins, or null for the one that ends. */
      readonly cookie?: string | null;
      /** Of the session that begins: the note is for its next page. */
      readonly sessionId?: string;
    }
  | { readonly kind: 'json'; readonly value: unknown }
  | {
      readonly kind: 'file';
      readonly name: string;
      readonly type: string;
      readonly bytes: string | Uint8Array;
    }
  /** A file that is too large to be held. */
  | {
      readonly kind: 'stream';
      readonly name: string;
      readonly type: string;
      readonly sizeBytes: number;
      readonly bytes: Readable;
    }
  /** A page for a sandboxed frame of ours: styles of its own, pictures that are in it, and nothing else. */
  | { readonly kind: 'frame'; readonly html: string }
  /** A picture for our own pages; a browser shows it as nothing else. */
  | { readonly kind: 'picture'; readonly type: string; readonly bytes: Uint8Array }
  | { readonly kind: 'nothing' };

export function redirect(to: string, flash?: Flash): Answer {
  return { kind: 'redirect', to, ...(flash ? { flash } : {}) };
}
