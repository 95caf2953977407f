import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createPhotos } from '../../src/content/photos.ts';

/** The first bytes of a PNG of one pixel, as long as asked for. */
function pictureOf(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  bytes.set(Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex'));
  return bytes;
}

const bounds = { photoMemoryBytes: 10_000, photoFetches: 2, photosAwaited: 3 };

/** A store that answers when it is told to. */
function slowStore() {
  const asked: {
    readonly key: string;
    readonly answer: (bytes?: Uint8Array) => void;
    readonly fail: () => void;
  }[] = [];
  const find = (tenantId: string, hash: string) =>
    new Promise<Uint8Array | undefined>((resolve, reject) =>
      asked.push({ key: `${tenantId} ${hash}`, answer: resolve, fail: () => reject(new Error('locked')) }),
    );
  return { asked, find };
}

const settled = () => new Promise(resolve => setImmediate(resolve));

describe('Photos in memory', () => {
  it('are not there for the first message that did not announce itself, and are for the next', async () => {
    const { asked, find } = slowStore();
    const photos = createPhotos({ find, limits: bounds });
    assert.equal(photos.get('t', 'a'), undefined);
    assert.equal(photos.get('t', 'a'), undefined);
    assert.deepEqual(
      asked.map(({ key }) => key),
      ['t a'],
    );
    asked[0]?.answer(pictureOf(100));
    await settled();
    assert.deepEqual(photos.get('t', 'a'), { name: 'a', type: 'image/png', bytes: pictureOf(100) });
    assert.equal(asked.length, 1);
  });

  it('are there for a message whose sender was prepared', async () => {
    const photos = createPhotos({ find: async () => pictureOf(100), limits: bounds });
    await photos.prepare('t', ['a', 'b']);
    assert.ok(photos.get('t', 'a') && photos.get('t', 'b'));
  });

  it('belong to their tenant', async () => {
    const photos = createPhotos({
      find: async tenant => (tenant === 't' ? pictureOf(99) : undefined),
      limits: bounds,
    });
    await photos.prepare('t', ['a']);
    await photos.prepare('u', ['a']);
    assert.ok(photos.get('t', 'a'));
    assert.equal(photos.get('u', 'a'), undefined);
  });

  it('stay within their bytes: the longest unused goes first, and is fetched again', async () => {
    let asked = 0;
    const photos = createPhotos({
      find: async () => {
        asked++;
        return pictureOf(4_000);
      },
      limits: bounds,
    });
    await photos.prepare('t', ['a', 'b']);
    assert.ok(photos.get('t', 'a'));
    photos.fill('t', 'c', pictureOf(4_000));
    assert.ok(photos.get('t', 'a') && photos.get('t', 'c'));
    assert.equal(asked, 2);
    assert.equal(photos.get('t', 'b'), undefined);
    await settled();
    assert.equal(asked, 3);
    assert.ok(photos.get('t', 'b'));
  });

  it('that nobody has are not asked for with every message', async () => {
    let asked = 0;
    const photos = createPhotos({
      find: async () => {
        asked++;
        return undefined;
      },
      limits: bounds,
    });
    await photos.prepare('t', ['a']);
    photos.get('t', 'a');
    await photos.prepare('t', ['a']);
    assert.equal(asked, 1);
    photos.fill('t', 'a', pictureOf(50));
    assert.ok(photos.get('t', 'a'));
  });

  it('are asked for again when the store failed, and preparing never rejects', async () => {
    const { asked, find } = slowStore();
    const photos = createPhotos({ find, limits: bounds });
    const prepared = photos.prepare('t', ['a']);
    asked[0]?.fail();
    await prepared;
    assert.equal(photos.get('t', 'a'), undefined);
    assert.equal(asked.length, 2);
  });

  it('are asked for two at a time, and no crowd waits', async () => {
    const { asked, find } = slowStore();
    const photos = createPhotos({ find, limits: bounds });
    const prepared = photos.prepare('t', ['a', 'b', 'c', 'd']);
    assert.deepEqual(
      asked.map(({ key }) => key),
      ['t a', 't b'],
    );
    for (let index = 0; index < 3; index++) {
      asked[index]?.answer(pictureOf(50));
      await settled();
    }
    await prepared;
    assert.deepEqual(
      asked.map(({ key }) => key),
      ['t a', 't b', 't c'],
    );
  });

  it('that no mail can carry do not exist', () => {
    const photos = createPhotos({
      find: async () => undefined,
      limits: { ...bounds, photoMemoryBytes: 9_000_000 },
    });
    photos.fill('t', 'text', Buffer.from('no picture'));
    photos.fill('t', 'large', pictureOf(205_000));
    assert.equal(photos.get('t', 'text'), undefined);
    assert.equal(photos.get('t', 'large'), undefined);
  });
});
