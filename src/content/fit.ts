/**
 * Pictures fit for mail when they come in: one that is small enough stays byte for byte as it is, a larger one is written
 * anew in a thread of its own, and what cannot be made smaller is refused with the limit in the sentence. Nothing is
 * decoded before its header was looked at, so that a small file cannot become gigabytes. GIFs, which may move, are never
 * written anew.
 */
import type { FitPicture, Picture, PictureUse } from '../bundle/images.ts';
import { limits } from '../limits.ts';
import { type PictureFacts, pictureFacts } from '../signature/picture.ts';
import type { StartWorker } from '../start-worker.ts';
import type { ShrinkTask } from './shrink.ts';
import { createShrinkThread } from './shrink-thread.ts';

const { imageBytes } = limits.signature;
const { pixels: mostPixels, photoPixels, photoBytes, imagePixels, wastefulBytes } = limits.content;

export function createFitPicture(startWorker: StartWorker): FitPicture {
  const shrinkInThread = createShrinkThread(startWorker);
  return async (picture, use) => {
    const facts = pictureFacts(picture.bytes);
    if (!facts) return refused('it is damaged: save it again.');
    const bounds = boundsFor(facts, use);
    if (isFine(picture, facts, bounds)) return { kind: 'ok', picture };
    const obstacle = obstacleTo(picture, facts);
    if (obstacle) return refused(obstacle);
    const type = facts.type as ShrinkTask['type'];
    const answer = await shrinkInThread({ type, bytes: picture.bytes, ...bounds });
    const isMailable = picture.bytes.length <= bounds.bytesAtMost;
    if (answer?.kind === 'shrunk') {
      const isSmaller = answer.bytes.length < picture.bytes.length;
      return { kind: 'ok', picture: isMailable && !isSmaller ? picture : { type, bytes: answer.bytes } };
    }
    if (answer?.kind !== 'damaged' && isMailable) return { kind: 'ok', picture };
    return refused(
      answer?.kind === 'damaged' ? 'it is damaged: save it again.' : `${sizeOf(picture)} ${most(bounds)}`,
    );
  };
}

type Bounds = Pick<ShrinkTask, 'side' | 'pixels' | 'leastPixels' | 'bytesAtMost'>;

/** Twice the pixels it is shown in, for dense screens. */
function boundsFor({ width, height }: PictureFacts, use: PictureUse): Bounds {
  if (use.kind === 'photo') {
    const pixels = Math.min(photoPixels, Math.max(width, height));
    return { side: 'longer', pixels, leastPixels: 48, bytesAtMost: photoBytes };
  }
  const { shownWidth } = use;
  const pixels = Math.min(width, shownWidth ? 2 * shownWidth : imagePixels);
  return { side: 'width', pixels, leastPixels: Math.min(pixels, shownWidth ?? 100), bytesAtMost: imageBytes };
}

/** Also when it is wasteful: far more pixels than shown, and enough bytes for that to matter in every mail. */
function isFine({ bytes }: Picture, { type, width, height }: PictureFacts, bounds: Bounds) {
  const side = bounds.side === 'longer' ? Math.max(width, height) : width;
  const isWasteful = side > 2 * bounds.pixels && bytes.length > wastefulBytes;
  return type === 'image/gif'
    ? bytes.length <= imageBytes
    : bytes.length <= bounds.bytesAtMost && !isWasteful;
}

function obstacleTo(picture: Picture, { type, width, height }: PictureFacts): string | undefined {
  if (type === 'image/gif')
    return `${sizeOf(picture)} a GIF is never written anew, since it may move: make it smaller than ${kilobytes(imageBytes)}.`;
  if (width * height > mostPixels)
    return `it has ${width} x ${height} pixels: make it smaller than ${mostPixels / 1_000_000} million.`;
  if (type === 'image/png' && picture.bytes[28] !== 0)
    return `${sizeOf(picture)} an interlaced PNG is not made smaller: save it without interlacing.`;
  return undefined;
}

function refused(sentence: string) {
  return { kind: 'refused', sentence } as const;
}

function sizeOf({ bytes }: Picture) {
  return `it has ${kilobytes(bytes.length)}:`;
}

function most({ bytesAtMost }: Bounds) {
  return `it could not be made smaller than ${kilobytes(bytesAtMost)}, which travel with every mail; save a simpler or smaller one.`;
}

function kilobytes(bytes: number) {
  return `${Math.ceil(bytes / 1024)} KB`;
}
