/** Signatures and blocks as written -> with their files read in. */
import { Buffer } from 'node:buffer';
import type { Content, ReplyContent, SignatureImage, SignatureSection } from '../signature/signature.ts';
import type { BundleBlock, BundleSection, BundleSignature } from './bundle.ts';
import { type Files, imageType, type Tell } from './files.ts';
import type {
  WrittenBlock,
  WrittenContent,
  WrittenImages,
  WrittenSection,
  WrittenSignature,
} from './schema/signature.ts';
import type { Path } from './source.ts';

type Source = { readonly files: Files; readonly tell: Tell };

export async function readSignature(
  source: Source,
  path: Path,
  written: WrittenSignature,
): Promise<BundleSignature> {
  const sections: BundleSection[] = [];
  if ('sections' in written) {
    for (const [index, section] of written.sections.entries())
      sections.push(await readSection(source, [...path, 'sections', index], section));
  } else {
    const shown = {
      new: await readContent(source, path, written),
      reply: await readReply(source, [...path, 'reply'], written.reply),
    };
    sections.push({ kind: 'own', section: { zone: written.zone ?? 'signature', ...shown } });
  }
  const images = await readImages(source, [...path, 'images'], written.images);
  return { ...(written.id === undefined ? {} : { id: written.id }), name: written.name, sections, images };
}

export async function readBlock(source: Source, path: Path, written: WrittenBlock): Promise<BundleBlock> {
  const section = await readOwnSection(source, path, written);
  return {
    name: written.name,
    ...section,
    images: await readImages(source, [...path, 'images'], written.images),
  };
}

async function readSection(source: Source, path: Path, written: WrittenSection): Promise<BundleSection> {
  if ('block' in written) return { kind: 'block', block: written.block };
  return { kind: 'own', section: await readOwnSection(source, path, written) };
}

type WrittenOwn = Extract<WrittenSection, { new: unknown }>;

async function readOwnSection(
  source: Source,
  path: Path,
  written: Omit<WrittenOwn, never>,
): Promise<SignatureSection> {
  return {
    zone: written.zone ?? 'signature',
    new: await readContent(source, [...path, 'new'], written.new),
    reply: await readReply(source, [...path, 'reply'], written.reply),
  };
}

async function readReply(
  source: Source,
  path: Path,
  written: 'same' | 'none' | WrittenContent | undefined,
): Promise<ReplyContent> {
  if (written === undefined) return 'same';
  return typeof written === 'string' ? written : readContent(source, path, written);
}

async function readContent({ files }: Source, path: Path, written: WrittenContent): Promise<Content> {
  const html =
    written.htmlFile === undefined ? written.html : await files.text([...path, 'htmlFile'], written.htmlFile);
  const text =
    written.textFile === undefined ? written.text : await files.text([...path, 'textFile'], written.textFile);
  return { ...(html === undefined ? {} : { html }), ...(text === undefined ? {} : { text }) };
}

async function readImages(
  source: Source,
  path: Path,
  written: WrittenImages = {},
): Promise<readonly SignatureImage[]> {
  const images: SignatureImage[] = [];
  for (const [name, image] of Object.entries(written)) {
    const bytes = await imageBytes(source, [...path, name], image);
    const type = bytes && imageType(bytes);
    if (bytes && !type)
      source.tell([...path, name], `image ${name} is no PNG, JPEG or GIF: convert it to one.`);
    if (bytes && type) images.push({ name, type, bytes });
  }
  return images.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function imageBytes({ files, tell }: Source, path: Path, image: WrittenImages[string]) {
  if (typeof image === 'string') return files.bytes(path, image);
  const base64 = image.base64.replace(/\s+/g, '');
  if (/^[A-Za-z0-9+/]+={0,2}$/.test(base64) && base64.length % 4 === 0) return Buffer.from(base64, 'base64');
  tell([...path, 'base64'], 'this is no base64: export the bundle again, or name a file.');
  return undefined;
}
