/**
 * Photos of people in Graph (exchange-online.md 10.2). No delta tells of them, so each is looked at by its ETag, once a day and
 * when a person is new; bytes are fetched only for those that the store lacks, twenty to a batch, in the size that a signature
 * can show. What cannot be had is left out, and holds nobody's other data back.
 */
import { createHash } from 'node:crypto';
import { limits } from '../../limits.ts';
import type { Result } from '../../problem.ts';
import { BATCH, type BatchReply, readBatch, readEach, saidIn } from './batch.ts';
import { explain, type GraphNeeds, type Row } from './request.ts';

/** Twice what signatures show, for fine screens; the whole picture where Graph has no such size of it. */
const SIZE = '240x240';

/** By this the store knows a photo: it changes with the person's picture, and no sooner. */
export function photoHash(personId: string, etag: string): string {
  return createHash('sha256').update(`graph-photo\n${personId}\n${etag}`).digest('hex');
}

/** Rows `{id, etag}` of the people asked for; '' for who has no photo. A person whose photo cannot be looked at has no row. */
export async function readEtags(
  needs: GraphNeeds,
  ids: readonly string[],
  { signal, onProgress }: { readonly signal: AbortSignal; readonly onProgress: (done: number) => void },
): Promise<Result<readonly Row[]>> {
  const rows: Row[] = [];
  let refusal: BatchReply | undefined;
  const read = await readEach(
    needs,
    {
      items: ids,
      pathOf: id => `/users/${encodeURIComponent(id)}/photo`,
      onReply: (id, reply) => {
        if (reply.status === 401 || reply.status === 403) refusal = reply;
        else if (reply.status === 200) rows.push({ id, etag: etagIn(reply) });
        // No photo, or no mailbox that could hold one.
        else if (reply.status === 404 || reply.status === 400) rows.push({ id, etag: '' });
      },
      onProgress,
    },
    signal,
  );
  if (read.kind === 'problem') return read;
  return refusal ? explain(refusal.status, saidIn(refusal)) : { kind: 'ok', value: rows };
}

function etagIn({ body }: BatchReply): string {
  const etag = (body as Row | undefined)?.['@odata.mediaEtag'];
  return typeof etag === 'string' ? etag : '';
}

export type PhotoReader = {
  /** Undefined for a photo that is gone, too large or cannot be had. Reads asked for together go in one batch. */
  readonly read: (personId: string) => Promise<Uint8Array | undefined>;
};

type Waiting = { readonly id: string; readonly give: (bytes: Uint8Array | undefined) => void };

export function createPhotoReader(needs: GraphNeeds, signal: AbortSignal): PhotoReader {
  let waiting: Waiting[] = [];

  async function send() {
    const batch = waiting.splice(0, BATCH);
    if (waiting.length > 0) setImmediate(() => void send());
    const found = await readBytes(
      needs,
      batch.map(({ id }) => id),
      signal,
    ).catch(() => undefined);
    for (const [index, { give }] of batch.entries()) give(found?.[index]);
  }

  return {
    read: id =>
      new Promise(give => {
        waiting = [...waiting, { id, give }];
        if (waiting.length === 1) setImmediate(() => void send());
      }),
  };
}

async function readBytes(needs: GraphNeeds, ids: readonly string[], signal: AbortSignal) {
  const sized = await readBatch(
    needs,
    ids.map(id => `/users/${encodeURIComponent(id)}/photos/${SIZE}/$value`),
    signal,
  );
  if (sized.kind === 'problem') return [];
  const found = sized.value.map(bytesOf);
  const without = ids.filter((_, index) => !found[index]);
  if (without.length === 0) return found;
  const whole = await readBatch(
    needs,
    without.map(id => `/users/${encodeURIComponent(id)}/photo/$value`),
    signal,
  );
  if (whole.kind === 'problem') return found;
  return ids.map((id, index) => {
    const reply = whole.value[without.indexOf(id)];
    return found[index] ?? (reply && bytesOf(reply));
  });
}

function bytesOf({ status, body }: BatchReply): Uint8Array | undefined {
  if (status !== 200 || typeof body !== 'string' || body.length > limits.directory.photoBytes * 1.5)
    return undefined;
  const bytes = Buffer.from(body, 'base64');
  return bytes.length > 0 && bytes.length <= limits.directory.photoBytes ? bytes : undefined;
}
