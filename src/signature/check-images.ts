/** The pictures of a signature as a whole: known types, sizes that mail can carry, names that a Content-ID can bear. */
import { limits } from '../limits.ts';
import { pictureFacts } from './picture.ts';
import type { SignatureImage } from './signature.ts';

/** One sentence for each fault; empty when all can be sent. */
export function faultsOfImages(images: readonly SignatureImage[]): string[] {
  const { imageBytes, imagesBytes } = limits.signature;
  const seen = new Set<string>();
  const faults = images.flatMap(({ name, type, bytes }) => {
    const isAgain = seen.has(name);
    seen.add(name);
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name))
      return `The picture name "${name.slice(0, 64)}" is not made of letters, digits, dot, hyphen and underscore.`;
    if (isAgain) return `There are two pictures "${name}".`;
    const facts = pictureFacts(bytes);
    if (!facts) return `The picture "${name}" is no PNG, JPEG or GIF.`;
    if (facts.type !== type) return `The picture "${name}" is said to be ${type}, and is ${facts.type}.`;
    if (bytes.length > imageBytes)
      return `The picture "${name}" has ${kilobytes(bytes.length)}: at most ${kilobytes(imageBytes)} travel with every mail.`;
    return [];
  });
  const total = images.reduce((sum, { bytes }) => sum + bytes.length, 0);
  return total > imagesBytes
    ? [
        ...faults,
        `All pictures together have ${kilobytes(total)}: at most ${kilobytes(imagesBytes)} travel with every mail.`,
      ]
    : faults;
}

function kilobytes(bytes: number) {
  return `${Math.ceil(bytes / 1024)} KB`;
}
