/**
 * A text as a QR code (ISO/IEC 18004) in a PNG. The same text gives the same bytes, whoever asks: mail clients and
 * gateways see one picture per person. Black on white with the quiet zone of four modules that readers ask for.
 */
import QRCode from 'qrcode';
import { limits } from '../limits.ts';
import { writeGreyPng } from './png.ts';

export type Qr = (text: string) => Uint8Array | undefined;

/** Pixels of one module: 61 modules become 276 pixels, sharp on a dense screen at the usual 120. */
const scale = 4;
const quietModules = 4;

/**
 * Always the same of the eight masks. To weigh all takes 5 ms instead of 0.3, in front of a mail that waits; readers take
 * any, and the text of a visiting card has no large areas for a mask to break.
 */
const maskPattern = 2;

/** Undefined for a text that no code can hold (2,953 bytes), or that would be too fine to be read from a screen. */
export function createQr({ rememberedCodes, codeModules }: Limits = limits.content): Qr {
  const remembered = new Map<string, Uint8Array | undefined>();
  return text => {
    if (remembered.has(text)) {
      const known = remembered.get(text);
      // Asked again, it is the youngest.
      remembered.delete(text);
      remembered.set(text, known);
      return known;
    }
    const picture = drawCode(text, codeModules);
    remembered.set(text, picture);
    for (const oldest of remembered.keys()) {
      if (remembered.size <= rememberedCodes) break;
      remembered.delete(oldest);
    }
    return picture;
  };
}

type Limits = { readonly [Name in 'rememberedCodes' | 'codeModules']: number };

function drawCode(text: string, most: number): Uint8Array | undefined {
  const modules = modulesOf(text);
  if (!modules || modules.size > most) return undefined;
  const { size } = modules;
  const side = (size + 2 * quietModules) * scale;
  const moduleAt = (pixel: number) => Math.floor(pixel / scale) - quietModules;
  return writeGreyPng(side, side, (x, y) => {
    const [column, row] = [moduleAt(x), moduleAt(y)];
    const isInside = column >= 0 && row >= 0 && column < size && row < size;
    return !(isInside && modules.get(row, column));
  });
}

/** Level L: a screen has no scratches, and the coarser the code, the better a telephone reads it. */
function modulesOf(text: string) {
  try {
    // Bytes, because the library would take a text apart into modes by its letters, and UTF-8 is what readers expect.
    const segments = [{ data: new TextEncoder().encode(text), mode: 'byte' as const }];
    return QRCode.create(segments, { errorCorrectionLevel: 'L', maskPattern }).modules;
  } catch {
    return undefined;
  }
}
