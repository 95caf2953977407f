/** Pictures as a bundle gives them, a file's name or base64 -> bytes whose first ones say what they are, fit to be mailed. */
import { Buffer } from 'node:buffer';
import type { SignatureImage } from '../signature/signature.ts';
import { type Files, imageType, type Tell } from './files.ts';
import type { WrittenImage, WrittenImages } from './schema/signature.ts';
import type { Path } from './source.ts';

export type Picture = { readonly type: string; readonly bytes: Uint8Array };

/** What for: one of a signature's images with the pixels it is shown in, as far as the HTML says, or a person's photo. */
export type PictureUse =
  | { readonly kind: 'image'; readonly shownWidth?: number }
  | { readonly kind: 'photo' };

/** Makes a picture smaller that is too large for mail; `sentence` says why it cannot, beginning with "it". */
export type FitPicture = (
  picture: Picture,
  use: PictureUse,
) => Promise<
  { readonly kind: 'ok'; readonly picture: Picture } | { readonly kind: 'refused'; readonly sentence: string }
>;

export const asItIs: FitPicture = async picture => ({ kind: 'ok', picture });

type Source = { readonly files: Files; readonly tell: Tell; readonly fit: FitPicture };

/** @param html the sources of all contents that may show the images. */
export async function readImages(
  source: Source,
  path: Path,
  written: WrittenImages | undefined,
  html: readonly string[],
): Promise<readonly SignatureImage[]> {
  const images: SignatureImage[] = [];
  for (const [name, image] of Object.entries(written ?? {})) {
    const shownWidth = shownWidthOf(name, html);
    const use = { kind: 'image', ...(shownWidth === undefined ? {} : { shownWidth }) } as const;
    const picture = await readPicture(source, [...path, name], image, { what: `image ${name}`, use });
    if (picture) images.push({ name, ...picture });
  }
  return images.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Undefined when a problem was told. */
export async function readPicture(
  source: Source,
  path: Path,
  written: WrittenImage,
  { what, use }: { readonly what: string; readonly use: PictureUse },
): Promise<Picture | undefined> {
  const bytes = await bytesOf(source, path, written);
  if (!bytes) return undefined;
  const type = imageType(bytes);
  if (!type) source.tell(path, `${what} is no PNG, JPEG or GIF: convert it to one.`);
  if (!type) return undefined;
  const fitted = await source.fit({ type, bytes }, use);
  if (fitted.kind === 'ok') return fitted.picture;
  source.tell(path, `${what} cannot be used: ${fitted.sentence}`);
  return undefined;
}

async function bytesOf({ files, tell }: Source, path: Path, image: WrittenImage) {
  if (typeof image === 'string') return files.bytes(path, image);
  const base64 = image.base64.replace(/\s+/g, '');
  if (/^[A-Za-z0-9+/]+={0,2}$/.test(base64) && base64.length % 4 === 0) return Buffer.from(base64, 'base64');
  tell([...path, 'base64'], 'this is no base64: export the bundle again, or name a file.');
  return undefined;
}

/** The widest `width` of the `<img>` that show it, in pixels; undefined when one of them does not say. */
function shownWidthOf(name: string, html: readonly string[]): number | undefined {
  const source = new RegExp(`\\bcid:${name.replaceAll('.', '\\.')}(?![\\w.-])`, 'i');
  const tags = html.flatMap(text => text.match(/<(?:img|td|table|v:\w+)\b[^>]*>/gi) ?? []);
  const widths = tags.filter(tag => source.test(tag)).map(widthOf);
  return widths.length > 0 && widths.every(width => width !== undefined) ? Math.max(...widths) : undefined;
}

function widthOf(tag: string): number | undefined {
  const [, width] = /^<img\b[^>]*?\swidth\s*=\s*["']?(\d{1,5})(?:px)?["'\s>/]/i.exec(tag) ?? [];
  return width === undefined ? undefined : Number(width);
}
