/**
 * A signature: named content in sections (PRODUCT.md 4). This is the data as stored and exported; `compile` turns it
 * into what `render` runs.
 */
import type { Zone } from '../mail/report.ts';

/** Template source. Without `text` the plain form is derived from `html`; without `html` only plain parts are signed. */
export type Content = { readonly html?: string; readonly text?: string };

/** What a reply gets: the content for new messages, nothing, or content of its own. */
export type ReplyContent = 'same' | 'none' | Content;

export type SignatureSection = {
  readonly zone: Zone;
  readonly new: Content;
  readonly reply: ReplyContent;
};

/** An image that HTML shows as `src="cid:NAME"`; `type` is `image/png`, `image/jpeg` or `image/gif`. */
export type SignatureImage = { readonly name: string; readonly type: string; readonly bytes: Uint8Array };

export type Signature = {
  readonly id: string;
  /** Unique in its tenant; rules in a bundle refer to it. */
  readonly name: string;
  readonly sections: readonly SignatureSection[];
  readonly images: readonly SignatureImage[];
};
