/**
 * The text of a message, opened once for all that is asked of it: facts, and any number of stamped variants. A part is
 * read as far as its places need it, and to its end only when the end is asked for.
 */
import { bodyPartsOf } from './body-parts.ts';
import type { Work } from './hand-on.ts';
import type { Reason } from './report.ts';
import type { Part } from './structure.ts';
import { type Form, type Opened, openTextPart, type Reach, type TextPart } from './text-part.ts';

export type Letter = {
  readonly texts: Readonly<Record<Form, readonly TextPart[]>>;
  /** Text parts that stay as they are, and why. */
  readonly closed: readonly { readonly form: Form; readonly reason: Reason }[];
};

export type LetterReader = {
  /** Encoded bytes of all text parts. */
  readonly encodedBytes: number;
  /** `new-text`: only what stands above the quoted history is wanted. Of two readings the wider one serves both. */
  readonly read: (reach: Reach) => Letter;
};

/** Reads nothing yet. `read` may throw when our own code fails. */
export function letterReader({ bytes, root, options }: Work): LetterReader {
  const parts = bodyPartsOf(root);
  let head: Letter | undefined;
  let whole: Letter | undefined;
  const opened = new Map<Part, Opened>();

  const open = (part: Part, form: Form, reach: Reach): Opened => {
    const known = opened.get(part);
    if (known && (reach === 'new-text' || isReadToTheEnd(known))) return known;
    // Where the letter is cut into pieces, which of them takes a zone depends on all of them.
    const needed = parts[form].length === 1 ? reach : 'whole';
    const result = openTextPart(bytes, part, form, needed, options);
    opened.set(part, result);
    return result;
  };
  const readForm = (form: Form, reach: Reach) => {
    const texts: TextPart[] = [];
    const closed: { form: Form; reason: Reason }[] = [];
    for (const part of parts[form]) {
      const result = open(part, form, reach);
      if (result.kind === 'open') texts.push(result.text);
      else closed.push({ form, reason: result.reason });
    }
    return { texts, closed };
  };
  const readBoth = (reach: Reach): Letter => {
    const html = readForm('html', reach);
    const plain = readForm('plain', reach);
    return {
      texts: { html: html.texts, plain: plain.texts },
      closed: [...html.closed, ...plain.closed],
    };
  };
  return {
    encodedBytes: bytesOf(parts.html) + bytesOf(parts.plain),
    read: reach => {
      if (reach === 'whole') whole ??= readBoth('whole');
      else head ??= whole ?? readBoth('new-text');
      return whole ?? (head as Letter);
    },
  };
}

function bytesOf(parts: readonly Part[]): number {
  return parts.reduce((sum, part) => sum + part.bodyEnd - part.bodyStart, 0);
}

function isReadToTheEnd(opened: Opened): boolean {
  return opened.kind === 'closed' || opened.text.body.length === opened.text.wholeBody.length;
}
