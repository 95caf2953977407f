/**
 * What is kept between two readings of Graph: every page as it came, compressed, and where the next delta begins. A reading
 * replays the pages and asks for the rest only. What was kept under other properties, or longer than Microsoft's word on
 * deltas is worth (exchange-online.md 10.1: read all anew each week), is of no use and is read from the start.
 */
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Row } from './request.ts';

/** `people` and `groups` are pages of Graph; the others rows of our own, about one person each. */
export type PageKind = 'people' | 'groups' | 'photos' | 'managers';

export type KeptPage = { readonly kind: PageKind; readonly content: Uint8Array };

export type GraphMemory = {
  readonly find: () => Promise<{ readonly state: string; readonly pages: number } | undefined>;
  /** In the order in which they were kept, from 0. */
  readonly page: (number: number) => Promise<KeptPage | undefined>;
  /** In one transaction: behind the pages that are there, or in their place. */
  readonly keep: (kept: {
    readonly state: string;
    readonly pages: readonly KeptPage[];
    readonly isWhole: boolean;
  }) => Promise<void>;
};

export type GraphState = {
  /** What was asked for; another program version may ask for more. */
  readonly asked: string;
  /** Milliseconds since 1970-01-01 UTC: when all was read, and when all photos were looked at. */
  readonly readAt: number;
  readonly photosAt: number;
  readonly peopleLink: string;
  readonly groupsLink: string;
  /** Whether deltas tell of managers; if not, each is asked for. */
  readonly hasManagers: boolean;
};

/** Microsoft keeps delta links seven days; a day earlier nothing is lost by reading all. */
const LIFE_MS = 6 * 24 * 3_600_000;

export function readState(
  text: string,
  { asked, now }: { readonly asked: string; readonly now: number },
): GraphState | undefined {
  try {
    const state = JSON.parse(text) as GraphState;
    const age = now - state.readAt;
    return state.asked === asked && age >= 0 && age < LIFE_MS ? state : undefined;
  } catch {
    return undefined;
  }
}

const [compress, expand] = [promisify(gzip), promisify(gunzip)];

export async function packPage(kind: PageKind, rows: readonly Row[]): Promise<KeptPage> {
  return { kind, content: await compress(JSON.stringify(rows)) };
}

/** Rejects when the page is damaged. */
export async function unpackPage({ content }: KeptPage): Promise<readonly Row[]> {
  return JSON.parse((await expand(content)).toString('utf8')) as readonly Row[];
}
