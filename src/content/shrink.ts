/**
 * A PNG or JPEG written anew with fewer pixels, until it has few enough bytes. Takes up to seconds: for a thread of its
 * own. Whoever calls has looked at the header: type, no more pixels than `limits.content.pixels`, no interlacing.
 */
import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import { orientationOf, turned } from './orientation.ts';
import { type Pixels, scaleDown } from './scale.ts';

export type ShrinkTask = {
  readonly type: 'image/png' | 'image/jpeg';
  readonly bytes: Uint8Array;
  /** Pixels of the longer side, for a photo, or of the width. */
  readonly side: 'longer' | 'width';
  readonly pixels: number;
  /** Fewer pixels than these make a picture worse than none. */
  readonly leastPixels: number;
  readonly bytesAtMost: number;
};

/** Undefined when even the least pixels have too many bytes. Throws for a damaged picture. */
export function shrink(task: ShrinkTask): Uint8Array | undefined {
  const whole = decode(task);
  const longer = Math.max(whole.width, whole.height);
  const perSide = task.side === 'longer' ? whole.width / longer : 1;
  for (let pixels = task.pixels; pixels >= task.leastPixels; pixels = Math.floor(pixels * 0.8)) {
    const bytes = encode(scaleDown(whole, Math.max(1, Math.round(pixels * perSide))), task.type);
    if (bytes.length <= task.bytesAtMost) return bytes;
  }
  return undefined;
}

function decode({ type, bytes }: ShrinkTask): Pixels {
  if (type === 'image/png') return PNG.sync.read(Buffer.from(bytes));
  const decoded = jpeg.decode(bytes, {
    useTArray: true,
    maxResolutionInMP: 1_000,
    maxMemoryUsageInMB: 1_000,
  });
  return turned(decoded, orientationOf(bytes));
}

function encode(pixels: Pixels, type: ShrinkTask['type']): Uint8Array {
  if (type === 'image/jpeg') return jpeg.encode(pixels, 85).data;
  const { width, height, data } = pixels;
  const png = new PNG({ width, height });
  png.data = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const isOpaque = data.every((byte, index) => index % 4 !== 3 || byte === 255);
  return PNG.sync.write(png, { colorType: isOpaque ? 2 : 6, deflateLevel: 9 });
}
