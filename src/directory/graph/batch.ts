/**
 * Many small reads in few requests: twenty to a `$batch`, a few of them at a time (exchange-online.md 10.4). Each read has a
 * status of its own; those that were throttled or met passing trouble are asked again, after the longest wait that was named.
 */
import { failed, type Result } from '../../problem.ts';
import {
  askGraph,
  backOff,
  explain,
  type GraphNeeds,
  isPassing,
  type Row,
  retryAfterMs,
  wordsOf,
} from './request.ts';

/** Graph's own limit. */
export const BATCH = 20;
/** Batches under way: sixty reads, far below what Graph lets an application do at once. */
const AT_ONCE = 3;
const ATTEMPTS = 8;

export type BatchReply = {
  readonly status: number;
  /** JSON as a value; other content as base64 text; undefined without any. */
  readonly body: unknown;
};

/**
 * Answers the replies in the order of `paths`, which are relative to the version: `/users/ID/photo`. A problem when Graph
 * answered no more; otherwise each status is the caller's to judge, 401 and passing ones excepted.
 */
export async function readBatch(
  needs: GraphNeeds,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<Result<readonly BatchReply[]>> {
  const replies: (BatchReply | undefined)[] = new Array(paths.length);
  let left = paths.map((_, index) => index);
  for (let attempt = 1; left.length > 0; attempt++) {
    const asked = await ask(needs, { paths, left }, signal);
    if (asked.kind === 'problem') return asked;
    const again: number[] = [];
    let waitMs = 0;
    for (const index of left) {
      const reply = asked.value.get(index);
      const status = reply?.status ?? 0;
      if (!isPassing(status)) replies[index] = { status, body: reply?.body };
      else {
        again.push(index);
        waitMs = Math.max(waitMs, reply?.retryAfterMs ?? backOff(attempt, needs.random()));
      }
    }
    if (again.length > 0 && attempt >= ATTEMPTS)
      return explain(asked.value.get(again[0] ?? 0)?.status ?? 0, '');
    left = again;
    if (left.length > 0) await needs.wait(waitMs, signal);
  }
  return { kind: 'ok', value: replies.map(reply => reply ?? { status: 0, body: undefined }) };
}

type Single = BatchReply & { readonly retryAfterMs: number | undefined };

async function ask(
  needs: GraphNeeds,
  { paths, left }: { readonly paths: readonly string[]; readonly left: readonly number[] },
  signal: AbortSignal,
): Promise<Result<ReadonlyMap<number, Single>>> {
  const requests = left.map(index => ({ id: String(index), method: 'GET', url: paths[index] ?? '' }));
  const reply = await askGraph(needs, { url: `${needs.origin}/v1.0/$batch`, body: { requests } }, signal);
  if (reply.kind === 'problem') return reply;
  if (reply.value.kind === 'status') return explain(reply.value.status, reply.value.said);
  const { responses } = reply.value.body;
  if (!Array.isArray(responses))
    return failed(
      'SIGNET_DIRECTORY_REFUSED',
      'Microsoft Graph cannot be read: a batch was answered with a list.',
    );
  return { kind: 'ok', value: new Map(responses.map((one: Row) => [Number(one.id), singleOf(one)])) };
}

function singleOf({ status, headers, body }: Row): Single {
  const named = Object.entries((headers ?? {}) as Row).find(([name]) => name.toLowerCase() === 'retry-after');
  return { status: Number(status) || 0, body, retryAfterMs: retryAfterMs(String(named?.[1] ?? '')) };
}

/** Whatever a refused read says of itself, for a sentence. */
export function saidIn({ body }: BatchReply): string {
  return typeof body === 'object' && body !== null ? wordsOf(body as Row) : '';
}

export type EachRead<Item> = {
  readonly items: readonly Item[];
  readonly pathOf: (item: Item) => string;
  /** Called once for each item, in no order; what it answers is the problem that ends all. */
  readonly onReply: (item: Item, reply: BatchReply) => void;
  readonly onProgress: (done: number) => void;
};

/** All items, a few batches under way at a time; the first problem ends it. */
export async function readEach<Item>(
  needs: GraphNeeds,
  { items, pathOf, onReply, onProgress }: EachRead<Item>,
  signal: AbortSignal,
): Promise<Result<undefined>> {
  let next = 0;
  let done = 0;
  let problem: Result<undefined> | undefined;
  const work = async () => {
    while (next < items.length && !problem) {
      const slice = items.slice(next, next + BATCH);
      next += slice.length;
      const replies = await readBatch(needs, slice.map(pathOf), signal);
      if (replies.kind === 'problem') {
        problem ??= replies;
        return;
      }
      for (const [index, reply] of replies.value.entries()) {
        const item = slice[index];
        if (item !== undefined) onReply(item, reply);
      }
      done += slice.length;
      onProgress(done);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return problem ?? { kind: 'ok', value: undefined };
}
