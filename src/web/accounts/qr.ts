/** A QR code as the outline of its dark squares, for one `<path>`: no picture file, and nothing that a style has to draw. */
import { create } from 'qrcode';

export type Qr = {
  /** Squares on a side, the quiet zone of four included. */
  readonly size: number;
  readonly path: string;
};

const quiet = 4;

export function qrOf(text: string): Qr {
  const { size, data } = create(text, { errorCorrectionLevel: 'M' }).modules;
  const dark = [...data.keys()].filter(index => data[index]);
  const path = dark.map(index => `M${(index % size) + quiet} ${Math.floor(index / size) + quiet}h1v1h-1z`);
  return { size: size + 2 * quiet, path: path.join('') };
}
