import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import type { PictureUse } from '../../src/bundle/images.ts';
import { createFitPicture } from '../../src/content/fit.ts';
import { turned } from '../../src/content/orientation.ts';
import { limits } from '../../src/limits.ts';
import { pictureFacts } from '../../src/signature/picture.ts';
import { startWorker } from '../../src/start-worker.ts';

const fit = createFitPicture(startWorker);
const photo: PictureUse = { kind: 'photo' };
const shown = (shownWidth: number): PictureUse => ({ kind: 'image', shownWidth });

/** The same each time, and nothing that compresses: red to the left, blue to the right, grain all over. */
function grain(width: number, height: number, alpha = 255) {
  const data = Buffer.alloc(width * height * 4);
  let seed = 1;
  for (let pixel = 0; pixel < width * height; pixel++) {
    seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff;
    const isLeft = pixel % width < width / 2;
    data[pixel * 4] = (isLeft ? 150 : 0) + ((seed >> 8) & 63);
    data[pixel * 4 + 1] = (seed >> 14) & 63;
    data[pixel * 4 + 2] = (isLeft ? 0 : 150) + ((seed >> 20) & 63);
    data[pixel * 4 + 3] = isLeft ? 255 : alpha;
  }
  return { width, height, data };
}

function pngOf(width: number, height: number, alpha?: number) {
  const png = new PNG({ width, height });
  png.data = grain(width, height, alpha).data;
  return { type: 'image/png', bytes: PNG.sync.write(png) };
}

function jpegOf(width: number, height: number, quality = 90) {
  return { type: 'image/jpeg', bytes: jpeg.encode(grain(width, height), quality).data };
}

/** A JPEG that says how a telephone was held. */
function heldAs(orientation: number, { type, bytes }: ReturnType<typeof jpegOf>) {
  const tiff = `49492a0008000000010012010300010000000${orientation}00000000000000`;
  const exif = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), Buffer.from(tiff, 'hex')]);
  const head = Buffer.from([0xff, 0xe1, 0, exif.length + 2]);
  return { type, bytes: Buffer.concat([bytes.subarray(0, 2), head, exif, bytes.subarray(2)]) };
}

async function fitted(picture: { readonly type: string; readonly bytes: Uint8Array }, use: PictureUse) {
  const result = await fit(picture, use);
  assert.equal(result.kind, 'ok', JSON.stringify(result));
  return result.kind === 'ok' ? result.picture : picture;
}

async function refusal(picture: { readonly type: string; readonly bytes: Uint8Array }, use: PictureUse) {
  const result = await fit(picture, use);
  return result.kind === 'refused' ? result.sentence : `taken with ${result.picture.bytes.length} bytes`;
}

describe('A picture that mail can carry stays byte for byte', () => {
  for (const [name, picture, use] of [
    ['a logo', pngOf(200, 60), shown(100)],
    ['an image of unknown width', jpegOf(600, 200), { kind: 'image' }],
    ['a photo', jpegOf(240, 240, 60), photo],
  ] as const)
    it(name, async () => assert.equal(await fitted(picture, use), picture));
});

describe('A picture that is too large is made smaller', () => {
  it('to twice the width it is shown in, with its proportions and in few enough bytes', async () => {
    const picture = await fitted(jpegOf(900, 450), shown(200));
    const { width, height } = pictureFacts(picture.bytes) ?? {};
    assert.deepEqual([width, height], [400, 200]);
    assert.ok(picture.bytes.length <= limits.signature.imageBytes);
  });

  it('further, when its bytes are still too many', async () => {
    const picture = await fitted(pngOf(420, 420), shown(200));
    const { width = 0 } = pictureFacts(picture.bytes) ?? {};
    assert.ok(width < 400 && width >= 200, String(width));
    assert.ok(picture.bytes.length <= limits.signature.imageBytes);
  });

  it('and stays as transparent as it was', async () => {
    const picture = await fitted(pngOf(600, 600, 0), shown(60));
    const { width, data } = PNG.sync.read(Buffer.from(picture.bytes));
    const alphaAt = (x: number) => data[(width * 10 + x) * 4 + 3];
    assert.deepEqual([alphaAt(3), alphaAt(width - 3)], [255, 0]);
  });

  it('as a photo to a small one', async () => {
    const picture = await fitted(jpegOf(350, 500), photo);
    const facts = pictureFacts(picture.bytes);
    assert.equal(facts?.height, 320);
    assert.equal(facts?.width, 224);
    assert.ok(picture.bytes.length <= limits.content.photoBytes);
  });

  it('once: the same again is fine as it is', async () => {
    const once = await fitted(jpegOf(500, 350), photo);
    assert.equal(await fitted(once, photo), once);
  });

  it('turned as the telephone was held', async () => {
    const { bytes } = await fitted(heldAs(6, jpegOf(420, 280)), photo);
    const { width, height, data } = jpeg.decode(bytes, { useTArray: true });
    assert.deepEqual([width, height], [213, 320]);
    const isRed = (y: number) => (data[(y * width + 100) * 4] ?? 0) > (data[(y * width + 100) * 4 + 2] ?? 0);
    assert.deepEqual([isRed(10), isRed(height - 10)], [true, false]);
  });
});

/** One byte a pixel, read as rows: what stands where. */
const turns: readonly (readonly [orientation: number, rows: readonly string[]])[] = [
  [1, ['abc', 'def']],
  [2, ['cba', 'fed']],
  [3, ['fed', 'cba']],
  [4, ['def', 'abc']],
  [5, ['ad', 'be', 'cf']],
  [6, ['da', 'eb', 'fc']],
  [7, ['fc', 'eb', 'da']],
  [8, ['cf', 'be', 'ad']],
];
describe('Every way to hold a telephone (Exif 2.3, 4.6.4)', () => {
  const data = [...'abcdef'].flatMap(letter => [letter.charCodeAt(0), 0, 0, 255]);
  for (const [orientation, rows] of turns)
    it(`${orientation}`, () => {
      const { width, data: turnedData } = turned(
        { width: 3, height: 2, data: Uint8Array.from(data) },
        orientation,
      );
      assert.equal(width, rows[0]?.length);
      const letters = turnedData.filter((_, index) => index % 4 === 0);
      assert.equal(String.fromCharCode(...letters), rows.join(''));
    });
});

describe('What cannot be made smaller is refused with the reason', () => {
  const gif = Buffer.concat([Buffer.from('GIF89a\x10\0\x10\0\0\0\0', 'latin1'), Buffer.alloc(300_000)]);
  const bomb = pngOf(10, 10).bytes;
  bomb.writeUInt32BE(50_000, 16);
  bomb.writeUInt32BE(50_000, 20);
  const large = pngOf(400, 400).bytes;
  const interlaced = Buffer.from(large);
  interlaced[28] = 1;
  const table: readonly (readonly [name: string, type: string, bytes: Uint8Array, sentence: RegExp])[] = [
    ['a GIF', 'image/gif', gif, /^it has 293 KB: a GIF is never written anew.*200 KB\.$/],
    ['a bomb', 'image/png', Buffer.concat([bomb, Buffer.alloc(300_000)]), /^it has 50000 x 50000 pixels/],
    ['an interlaced PNG', 'image/png', interlaced, /save it without interlacing/],
    ['half a PNG', 'image/png', large.subarray(0, 300_000), /^it is damaged: save it again\.$/],
    ['a name and nothing else', 'image/png', large.subarray(0, 12), /^it is damaged: save it again\.$/],
  ];
  for (const [name, type, bytes, sentence] of table)
    it(name, async () => assert.match(await refusal({ type, bytes }, { kind: 'image' }), sentence));

  it('noise that has too many bytes in the pixels it is shown in', async () => {
    assert.match(
      await refusal(pngOf(500, 500), shown(450)),
      /^it has \d+ KB: it could not be made smaller than 200 KB/,
    );
  });

  it('and the next picture is done all the same', async () => {
    await fitted(jpegOf(500, 350), photo);
  });
});
