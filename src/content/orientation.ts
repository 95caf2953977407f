/**
 * Telephones store pictures as the sensor lay and say in the Exif data how to turn them (Exif 2.3, 4.6.4 A, tag 0x0112).
 * A picture written anew has lost these data, so it must be turned before.
 */
import type { Pixels } from './scale.ts';

/** 1 to 8; 1, as it is, for whatever is missing or damaged. */
export function orientationOf(jpeg: Uint8Array): number {
  const bytes = Buffer.from(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength);
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff; at += 2 + bytes.readUInt16BE(at + 2)) {
    const marker = bytes[at + 1];
    if (marker === 0xda) break;
    const segment = bytes.subarray(at + 4, at + 2 + bytes.readUInt16BE(at + 2));
    if (marker === 0xe1 && segment.toString('latin1', 0, 6) === 'Exif\0\0')
      return inTiff(segment.subarray(6));
  }
  return 1;
}

function inTiff(tiff: Buffer): number {
  const isLittle = tiff.toString('latin1', 0, 2) === 'II';
  const short = (at: number) =>
    at + 2 > tiff.length ? 0 : isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at);
  const long = (at: number) =>
    at + 4 > tiff.length ? 0 : isLittle ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at);
  const directory = long(4);
  for (let entry = 0; entry < short(directory); entry++) {
    const at = directory + 2 + entry * 12;
    if (at + 12 > tiff.length) break;
    if (short(at) === 0x0112) return short(at + 8) >= 1 && short(at + 8) <= 8 ? short(at + 8) : 1;
  }
  return 1;
}

/** The picture as it is meant to be seen. */
export function turned(from: Pixels, orientation: number): Pixels {
  if (orientation <= 1) return from;
  const isOnItsSide = orientation >= 5;
  const [width, height] = isOnItsSide ? [from.height, from.width] : [from.width, from.height];
  const old = new Uint32Array(from.data.slice().buffer);
  const turnedPixels = new Uint32Array(width * height);
  const flipsX = [2, 3, 7, 8].includes(orientation);
  const flipsY = [3, 4, 6, 7].includes(orientation);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [across, down] = isOnItsSide ? [y, x] : [x, y];
      const oldX = flipsX ? from.width - 1 - across : across;
      const oldY = flipsY ? from.height - 1 - down : down;
      turnedPixels[y * width + x] = old[oldY * from.width + oldX] ?? 0;
    }
  return { width, height, data: new Uint8Array(turnedPixels.buffer) };
}
