/** Signatures and blocks as written: shorthand for one section, or a list of sections; content inline or in files. */
import { z } from 'zod';
import { choice, expected, line, mapping, prose } from './words.ts';

const zone = z.enum(['top', 'signature', 'bottom']);

const contentShape = {
  html: prose.exactOptional(),
  htmlFile: line.exactOptional(),
  text: prose.exactOptional(),
  textFile: line.exactOptional(),
};

const content = mapping(contentShape).superRefine(checkContent);

export type WrittenContent = z.infer<typeof content>;

const replyWord = z.enum(['same', 'none']);
export const reply = choice<'same' | 'none' | WrittenContent>(input => {
  if (typeof input === 'string') return replyWord;
  return typeof input === 'object' ? content : expected('same, none or content of its own', input);
});

const inlineImage = mapping({ base64: prose });
export const image = choice<string | { readonly base64: string }>(input => {
  if (typeof input === 'string') return line;
  return typeof input === 'object' ? inlineImage : expected('the name of a PNG, JPEG or GIF file', input);
});

export const images = z.record(
  z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, {
    error: 'the name of an image is up to 64 letters, digits, dots, dashes and underscores: rename it.',
  }),
  image,
);

export type WrittenImage = z.infer<typeof image>;
export type WrittenImages = z.infer<typeof images>;

const ownSection = mapping({ zone: zone.exactOptional(), new: content, reply: reply.exactOptional() });
const blockSection = mapping({ block: line });
const section = choice<WrittenSection>(input =>
  typeof input === 'object' && input !== null && 'block' in input ? blockSection : ownSection,
);

export type WrittenSection = z.infer<typeof ownSection> | z.infer<typeof blockSection>;

const named = { id: line.exactOptional(), name: line };

const whole = mapping({
  ...named,
  sections: z.array(section).min(1, { error: 'a signature has at least one section: add one.' }),
  images: images.exactOptional(),
});
const short = mapping({
  ...named,
  zone: zone.exactOptional(),
  ...contentShape,
  reply: reply.exactOptional(),
  images: images.exactOptional(),
}).superRefine(checkContent);

export type WrittenSignature = z.infer<typeof whole> | z.infer<typeof short>;

export const signature = choice<WrittenSignature>(input =>
  typeof input === 'object' && input !== null && 'sections' in input ? whole : short,
);

export const block = mapping({
  name: line,
  zone: zone.exactOptional(),
  new: content,
  reply: reply.exactOptional(),
  images: images.exactOptional(),
});

export type WrittenBlock = z.infer<typeof block>;

function checkContent(value: WrittenContent, context: z.core.$RefinementCtx<WrittenContent>) {
  const { html, htmlFile, text, textFile } = value;
  if (html !== undefined && htmlFile !== undefined)
    tell(context, 'htmlFile', 'html and htmlFile exclude each other: keep one of them.');
  if (text !== undefined && textFile !== undefined)
    tell(context, 'textFile', 'text and textFile exclude each other: keep one of them.');
  if ([html, htmlFile, text, textFile].every(part => part === undefined))
    tell(context, undefined, 'there is no content: add html, htmlFile, text or textFile.');
}

function tell(context: z.core.$RefinementCtx<WrittenContent>, key: string | undefined, message: string) {
  context.addIssue({ code: 'custom', path: key ? [key] : [], message });
}
