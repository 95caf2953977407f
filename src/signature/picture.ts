/** What a picture's first bytes say: type and size in pixels. Nothing is decoded; damaged pictures are undefined. */

export type PictureFacts = {
  readonly type: 'image/png' | 'image/jpeg' | 'image/gif';
  readonly width: number;
  readonly height: number;
  /** A PNG with an alpha channel: what is behind it shows through. */
  readonly isTransparent: boolean;
};

/** Reads PNG (RFC 2083 4.1.1), GIF (89a, 18) and JPEG (the first frame header, ITU-T T.81 B.2.2). */
export function pictureFacts(bytes: Uint8Array): PictureFacts | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (startsWith(bytes, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return pngFacts(view);
  if (startsWith(bytes, [0x47, 0x49, 0x46, 0x38])) return gifFacts(view);
  if (startsWith(bytes, [0xff, 0xd8, 0xff])) return jpegFacts(view);
  return undefined;
}

function startsWith(bytes: Uint8Array, start: readonly number[]) {
  return start.every((byte, index) => bytes[index] === byte);
}

function pngFacts(view: DataView): PictureFacts | undefined {
  if (view.byteLength < 33) return undefined;
  const colourType = view.getUint8(25);
  return {
    type: 'image/png',
    width: view.getUint32(16),
    height: view.getUint32(20),
    isTransparent: colourType === 4 || colourType === 6,
  };
}

function gifFacts(view: DataView): PictureFacts | undefined {
  if (view.byteLength < 13) return undefined;
  return {
    type: 'image/gif',
    width: view.getUint16(6, true),
    height: view.getUint16(8, true),
    isTransparent: false,
  };
}

function jpegFacts(view: DataView): PictureFacts | undefined {
  let at = 2;
  while (at + 9 < view.byteLength) {
    if (view.getUint8(at) !== 0xff) return undefined;
    const marker = view.getUint8(at + 1);
    const isFill = marker === 0xff;
    // All start-of-frame markers but DHT (C4), JPG (C8) and DAC (CC).
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return {
        type: 'image/jpeg',
        height: view.getUint16(at + 5),
        width: view.getUint16(at + 7),
        isTransparent: false,
      };
    at += isFill ? 1 : 2 + view.getUint16(at + 2);
  }
  return undefined;
}
