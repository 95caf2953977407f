/**
 * A compiled signature rendered for one sender and one message: sections as the mail surgery takes them. Never throws for
 * any value of a directory, never writes more than `limits.signature.outputCharacters`, and costs microseconds.
 */

import { limits } from '../limits.ts';
import type { InlineImage, Section } from '../mail/report.ts';
import type { CompiledContent, CompiledSignature } from './compile.ts';
import { renderBlocks } from './render-blocks.ts';
import type { RenderContext } from './render-context.ts';
import { noOutcome } from './render-line.ts';
import { renderPlain } from './render-plain.ts';
import { Values } from './render-value.ts';
import type { Expression } from './template.ts';

/** The sections that the form has, in the signature's order; empty when it has none or nothing is left of them. */
export function renderSignature(
  compiled: CompiledSignature,
  form: 'new' | 'reply',
  context: RenderContext,
): readonly Section[] {
  return compiled.sections.flatMap(section => {
    const content = section[form];
    if (!content) return [];
    const rendered = renderContent(content, compiled, context);
    return rendered ? { zone: section.zone, ...rendered } : [];
  });
}

function renderContent(
  { html, plain }: CompiledContent,
  { images }: CompiledSignature,
  context: RenderContext,
): Omit<Section, 'zone'> | undefined {
  const texts = new Map<Expression, string>();
  const inHtml = new Values(context, 'html', html?.literalLength ?? 0, texts);
  const written = html && renderBlocks(html.blocks, inHtml, noOutcome()).trim();
  const inPlain = new Values(context, 'plain', plain?.literalLength ?? 0, texts);
  const text = plain && renderPlain(plain.blocks, inPlain);
  const shown = written ? [...shownIn(written, images), ...inHtml.pictures.values()] : [];
  if (!written && !text) return undefined;
  return {
    ...(written ? { html: written } : {}),
    ...(text ? { text } : {}),
    ...(shown.length > 0 ? { images: withinLimit(shown) } : {}),
  };
}

function shownIn(html: string, images: readonly InlineImage[]) {
  return images.filter(({ name }) => html.includes(`cid:${name}`));
}

/** Photos come last, so that it is they that a signature at its limit does without; its HTML then shows their `alt`. */
function withinLimit(images: readonly InlineImage[]): InlineImage[] {
  let bytes = 0;
  return images.filter(image => {
    bytes += image.bytes.length;
    return bytes <= limits.signature.imagesBytes;
  });
}
