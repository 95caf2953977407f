/** A signature of the bundle as the rest of Signet knows it: its blocks in their places, their images beside its own. */
import type { Signature } from '../signature/signature.ts';
import type { BundleSignature, BundleTenant } from './bundle.ts';

/** Of two images of one name the signature's own counts; `checkImages` refuses such a pair before. */
export function wholeSignature(
  { blocks }: Pick<BundleTenant, 'blocks'>,
  { id, name, sections, images }: BundleSignature,
): Signature {
  const named = (block: string) => blocks.filter(candidate => candidate.name === block);
  const used = sections.flatMap(section => (section.kind === 'block' ? named(section.block) : []));
  const all = new Map([...used.flatMap(block => block.images), ...images].map(image => [image.name, image]));
  return {
    id: id ?? name,
    name,
    sections: sections.flatMap(section =>
      section.kind === 'own'
        ? [section.section]
        : named(section.block).map(block => ({ zone: block.zone, new: block.new, reply: block.reply })),
    ),
    images: [...all.values()],
  };
}
