/** The section to put in, from the files named on the command line. */
import { readFile } from 'node:fs/promises';
import { imageType } from '../../bundle/files.ts';
import type { InlineImage, Section } from '../../mail/report.ts';
import { systemReason } from '../../problem.ts';
import { CommandFailure } from '../command.ts';
import type { StampArguments } from './arguments.ts';

export async function readSection({ zone, htmlFile, textFile, images }: StampArguments): Promise<Section> {
  const html = await readText(htmlFile);
  const text = await readText(textFile);
  const inline: InlineImage[] = [];
  for (const { name, file } of images) inline.push(await readImage(name, file, html ?? ''));
  return {
    zone,
    ...(html === undefined ? {} : { html }),
    ...(text === undefined ? {} : { text }),
    ...(inline.length > 0 ? { images: inline } : {}),
  };
}

export async function readBytes(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new CommandFailure(
      'SIGNET_FILE_UNREADABLE',
      `${file} cannot be read (${systemReason(error)}): check the name and its permissions.`,
    );
  }
}

async function readText(file: string | undefined) {
  if (file === undefined) return undefined;
  const bytes = await readBytes(file);
  try {
    // Fatal, because a legal text with replacement characters in it must not go out; the decoder drops a BOM.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new CommandFailure('SIGNET_FILE_UNREADABLE', `${file} is not UTF-8: save it as UTF-8.`);
  }
}

async function readImage(name: string, file: string, html: string): Promise<InlineImage> {
  if (!refersTo(html, name))
    throw new CommandFailure(
      'SIGNET_IMAGE_UNUSABLE',
      `the HTML never shows image ${name}: refer to it as src="cid:${name}" or leave --image ${name}=... out.`,
    );
  const bytes = await readBytes(file);
  const type = imageType(bytes);
  if (type) return { name, type, bytes };
  throw new CommandFailure(
    'SIGNET_IMAGE_UNUSABLE',
    `${file} is no PNG, JPEG or GIF image: convert it to one.`,
  );
}

/** The reference ends where a name would: `cid:logo` does not stand in `cid:logo-large`. */
function refersTo(html: string, name: string) {
  return new RegExp(`\\bcid:${name.replaceAll('.', '\\.')}(?![A-Za-z0-9._-])`, 'i').test(html);
}
