/**
 * Planned variants that come to the same are one: each takes a connection to the next hop of its own. Rules may differ in
 * how they got there; the log names them all.
 */
import { Buffer } from 'node:buffer';
import type { InlineImage, Section } from '../mail/report.ts';
import type { PlannedVariant } from '../signature/tenant.ts';

/** In the order of the first of each kind. */
export function mergeEqual(variants: readonly PlannedVariant[]): readonly PlannedVariant[] {
  const byText = new Map<string, PlannedVariant[][]>();
  const groups: PlannedVariant[][] = [];
  for (const variant of variants) {
    const text = textOf(variant.sections);
    const alike = byText.get(text) ?? [];
    byText.set(text, alike);
    const same = alike.find(([first]) => first && haveSameImages(first.sections, variant.sections));
    if (same) same.push(variant);
    else {
      const group = [variant];
      alike.push(group);
      groups.push(group);
    }
  }
  return groups.map(join);
}

function join(group: readonly PlannedVariant[]): PlannedVariant {
  const [first] = group;
  if (!first || group.length === 1) return first as PlannedVariant;
  return {
    ...first,
    recipients: group.flatMap(({ recipients }) => recipients),
    rules: [...new Set(group.flatMap(({ rules }) => rules))],
    signatures: [...new Set(group.flatMap(({ signatures }) => signatures))],
    trace: recipient =>
      (
        group.find(({ recipients }) => recipient !== undefined && recipients.includes(recipient)) ?? first
      ).trace(recipient),
  };
}

/** All but the images' bytes. */
function textOf(sections: readonly Section[]): string {
  return JSON.stringify(
    sections.map(({ zone, html, text, images = [] }) => [
      zone,
      html ?? null,
      text ?? null,
      images.map(({ name, type }) => [name, type]),
    ]),
  );
}

function haveSameImages(one: readonly Section[], other: readonly Section[]): boolean {
  const [first, second] = [imagesOf(one), imagesOf(other)];
  return first.every(({ bytes }, index) => {
    const also = second[index]?.bytes;
    return also === bytes || (also !== undefined && Buffer.compare(also, bytes) === 0);
  });
}

function imagesOf(sections: readonly Section[]): readonly InlineImage[] {
  return sections.flatMap(({ images = [] }) => images);
}
