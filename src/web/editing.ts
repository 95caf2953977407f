/**
 * What the pages ask of those who validate: the schemas of the bundle and the template compiler stand behind these
 * functions, so that a form takes exactly what an import takes, and never less carefully.
 */
import type { Rule } from '../signature/rule.ts';
import type { SignatureImage, SignatureSection } from '../signature/signature.ts';

/** `path` leads into what was written: `['senders', 'include', 0]`. */
export type Mistake = { readonly path: readonly (string | number)[]; readonly sentence: string };

export type Checked<Value> =
  | { readonly kind: 'ok'; readonly value: Value }
  | { readonly kind: 'mistakes'; readonly mistakes: readonly Mistake[] };

export type DraftSection =
  | { readonly kind: 'own'; readonly section: SignatureSection }
  /** A block's id. */
  | { readonly kind: 'block'; readonly block: string };

/** A signature as somebody edits it; images by name with their bytes. */
export type SignatureDraft = {
  readonly name: string;
  readonly sections: readonly DraftSection[];
  readonly images: readonly SignatureImage[];
};

/** A mistake in a template: `section`, `line` and `column` count from 1; section 0 is the signature as a whole. */
export type TemplateFault = {
  readonly section: number;
  readonly form: 'new' | 'reply';
  readonly part: 'html' | 'text';
  readonly line: number;
  readonly column: number;
  readonly sentence: string;
};

export type Shown = { readonly html: string; readonly text: string };

export type Editing = {
  /** `written` as a bundle's YAML would say it, with its short forms; the id is taken as it is. */
  readonly readRule: (id: string, written: Readonly<Record<string, unknown>>) => Checked<Rule>;
  /** Everything that an import would refuse. Empty: it can be published. */
  readonly checkSignature: (tenantId: string, draft: SignatureDraft) => Promise<readonly TemplateFault[]>;
  /** A picture as mail takes it, made smaller where needed; or why it cannot be one, beginning with "it". */
  readonly fitImage: (
    bytes: Uint8Array,
  ) => Promise<
    | { readonly kind: 'ok'; readonly type: string; readonly bytes: Uint8Array }
    | { readonly kind: 'refused'; readonly sentence: string }
  >;
  /**
   * What this person's mail would get from this draft alone: a page of HTML whose pictures are in it, and the plain form.
   * Undefined where the draft does not compile. Without a person, one that is known by an address alone.
   */
  readonly preview: (
    tenantId: string,
    draft: SignatureDraft,
    wish: { readonly personId: string | undefined; readonly form: 'new' | 'reply'; readonly subject: string },
  ) => Promise<Shown | undefined>;
};
