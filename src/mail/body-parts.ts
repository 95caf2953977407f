/**
 * Which parts of a message are its text: what a reader shows as the letter, as against what is attached. A letter may
 * have two forms (multipart/alternative), and one form may be cut into several parts by pictures between the text,
 * as Apple Mail does. Nothing inside `message/rfc822` is ever looked at.
 */
import type { Part } from './structure.ts';

/** The parts of each form in reading order. Either list may be empty. */
export type BodyParts = { readonly html: readonly Part[]; readonly plain: readonly Part[] };

const nothing: BodyParts = { html: [], plain: [] };

export function bodyPartsOf(part: Part): BodyParts {
  if (part.isOpaque || isAttached(part)) return nothing;
  if (part.type === 'text/html') return { html: [part], plain: [] };
  if (part.type === 'text/plain') return { html: [], plain: [part] };
  if (part.type === 'multipart/alternative') return alternative(part);
  if (part.type === 'multipart/related') return relatedRoot(part);
  const isReadInOrder =
    part.type.startsWith('multipart/') &&
    !/digest|appledouble|form-data|signed|encrypted|report/.test(part.type);
  return isReadInOrder ? inOrder(part) : nothing;
}

/** RFC 2183: an attachment by word, or a text with a file name. The message itself is never one by name alone. */
function isAttached(part: Part): boolean {
  if (part.disposition && /^attachment$/.test(part.disposition.value)) return true;
  if (!part.parent) return false;
  return part.disposition?.parameters.has('filename') === true || part.contentType.parameters.has('name');
}

function alternative(part: Part): BodyParts {
  const forms = part.children.map(bodyPartsOf);
  // Readers show the last form they can: of two HTML forms the last one counts.
  return {
    html: forms.findLast(form => form.html.length > 0)?.html ?? [],
    plain: forms.find(form => form.plain.length > 0)?.plain ?? [],
  };
}

/** RFC 2387: the part that `start` names, or else the first. */
export function rootOfRelated(part: Part): Part | undefined {
  const start = part.contentType.parameters.get('start');
  return part.children.find(child => start !== undefined && child.contentId === start) ?? part.children[0];
}

function relatedRoot(part: Part): BodyParts {
  const root = rootOfRelated(part);
  return root ? bodyPartsOf(root) : nothing;
}

/** The first text and those that go on in the same single form; another form behind it is something attached. */
function inOrder(part: Part): BodyParts {
  let body = nothing;
  for (const child of part.children) {
    const next = bodyPartsOf(child);
    if (isEmpty(next)) continue;
    if (isEmpty(body)) body = next;
    else if (!isSameSingleForm(body, next)) break;
    else body = { html: [...body.html, ...next.html], plain: [...body.plain, ...next.plain] };
  }
  return body;
}

function isEmpty(body: BodyParts): boolean {
  return body.html.length === 0 && body.plain.length === 0;
}

function isSameSingleForm(one: BodyParts, other: BodyParts): boolean {
  const isHtml = one.plain.length === 0 && other.plain.length === 0;
  const isPlain = one.html.length === 0 && other.html.length === 0;
  return isHtml || isPlain;
}
