/** Pixels made fewer: each new one is the average of the area it covers, transparent ones counting as little as they show. */

/** Four bytes a pixel (red, green, blue, alpha), rows from the top. */
export type Pixels = { readonly width: number; readonly height: number; readonly data: Uint8Array };

/** To `width` and the height that belongs to it. Never larger: then the same comes back. */
export function scaleDown(from: Pixels, width: number): Pixels {
  if (width >= from.width) return from;
  const height = Math.max(1, Math.round((from.height * width) / from.width));
  const narrow = new Float32Array(width * from.height * 4);
  const across = sharesOf(from.width, width);
  for (let y = 0; y < from.height; y++)
    for (let x = 0; x < width; x++) gatherRow(from, y, across[x] ?? [], narrow, (y * width + x) * 4);
  const data = new Uint8Array(width * height * 4);
  const down = sharesOf(from.height, height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) gatherColumn(narrow, width, x, down[y] ?? [], data, (y * width + x) * 4);
  return { width, height, data };
}

type Share = { readonly at: number; readonly weight: number };

/** Which old places make up each new one; the weights of one add up to 1. */
function sharesOf(from: number, to: number): readonly (readonly Share[])[] {
  const step = from / to;
  return Array.from({ length: to }, (_, index) => {
    const [start, end] = [index * step, Math.min(from, (index + 1) * step)];
    const shares: Share[] = [];
    for (let at = Math.floor(start); at < end; at++) {
      const weight = (Math.min(end, at + 1) - Math.max(start, at)) / (end - start);
      if (weight > 0) shares.push({ at, weight });
    }
    return shares;
  });
}

/** Colours multiplied by their alpha: what cannot be seen must not bleed into what can. */
function gatherRow(
  { data, width }: Pixels,
  y: number,
  shares: readonly Share[],
  into: Float32Array,
  to: number,
) {
  let [red, green, blue, alpha] = [0, 0, 0, 0];
  for (const { at, weight } of shares) {
    const from = (y * width + at) * 4;
    const opacity = (data[from + 3] ?? 0) * weight;
    red += (data[from] ?? 0) * opacity;
    green += (data[from + 1] ?? 0) * opacity;
    blue += (data[from + 2] ?? 0) * opacity;
    alpha += opacity;
  }
  into[to] = red;
  into[to + 1] = green;
  into[to + 2] = blue;
  into[to + 3] = alpha;
}

function gatherColumn(
  narrow: Float32Array,
  width: number,
  x: number,
  shares: readonly Share[],
  into: Uint8Array,
  to: number,
) {
  let [red, green, blue, alpha] = [0, 0, 0, 0];
  for (const { at, weight } of shares) {
    const from = (at * width + x) * 4;
    red += (narrow[from] ?? 0) * weight;
    green += (narrow[from + 1] ?? 0) * weight;
    blue += (narrow[from + 2] ?? 0) * weight;
    alpha += (narrow[from + 3] ?? 0) * weight;
  }
  if (alpha === 0) return;
  into[to] = Math.round(red / alpha);
  into[to + 1] = Math.round(green / alpha);
  into[to + 2] = Math.round(blue / alpha);
  into[to + 3] = Math.round(alpha);
}
