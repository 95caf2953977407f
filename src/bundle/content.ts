/** Signatures and blocks as written -> with their files read in. */
import type { Content, ReplyContent, SignatureSection } from '../signature/signature.ts';
import type { BundleBlock, BundleSection, BundleSignature } from './bundle.ts';
import type { Files, Tell } from './files.ts';
import { type FitPicture, readImages } from './images.ts';
import type { WrittenBlock, WrittenContent, WrittenSection, WrittenSignature } from './schema/signature.ts';
import type { Path } from './source.ts';

type Source = { readonly files: Files; readonly tell: Tell; readonly fit: FitPicture };

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
  const own = sections.flatMap(section => (section.kind === 'own' ? [section.section] : []));
  const images = await readImages(source, [...path, 'images'], written.images, htmlOf(own));
  return { ...(written.id === undefined ? {} : { id: written.id }), name: written.name, sections, images };
}

export async function readBlock(source: Source, path: Path, written: WrittenBlock): Promise<BundleBlock> {
  const section = await readOwnSection(source, path, written);
  return {
    name: written.name,
    ...section,
    images: await readImages(source, [...path, 'images'], written.images, htmlOf([section])),
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

/** All HTML of sections: where their images are shown. */
function htmlOf(sections: readonly SignatureSection[]): string[] {
  return sections
    .flatMap(({ new: first, reply }) => (typeof reply === 'string' ? [first] : [first, reply]))
    .map(({ html }) => html ?? '');
}
