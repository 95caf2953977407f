/** The Graph reader against a sandbox: a token of its own, every request counted, time and waits in the test's hand. */

import { createTrustingFetch } from '../../src/app/trusting-fetch.ts';
import { createGraphSource } from '../../src/directory/graph/graph.ts';
import type { GraphMemory, KeptPage } from '../../src/directory/graph/memory.ts';
import { createPace } from '../../src/directory/pace.ts';
import { settle } from '../../src/directory/settle.ts';
import type { TestSandbox } from './sandbox.ts';
import { graphToken } from './sandbox-graph.ts';

/** As the store keeps it. */
export function memoryInMemory(): GraphMemory & { readonly spoil: () => void; readonly size: () => number } {
  let state: string | undefined;
  let pages: readonly KeptPage[] = [];
  return {
    find: async () => (state === undefined ? undefined : { state, pages: pages.length }),
    page: async number => pages[number],
    keep: async kept => {
      pages = kept.isWhole ? kept.pages : [...pages, ...kept.pages];
      state = kept.state;
    },
    spoil: () => {
      pages = pages.map(page => ({ ...page, content: page.content.slice(0, -9) }));
    },
    size: () => pages.reduce((sum, { content }) => sum + content.length, 0),
  };
}

export async function graphReader(
  test: TestSandbox,
  {
    memory,
    photos = true,
    roles,
  }: { memory?: GraphMemory; photos?: boolean; roles?: readonly string[] } = {},
) {
  const send = createTrustingFetch(test.cloud.certificateAuthority);
  const requests: string[] = [];
  const waits: number[] = [];
  let token = await graphToken(test, roles);
  const source = createGraphSource({
    origin: test.cloud.graph,
    elapsed: () => performance.now(),
    now: test.clock.now,
    photos,
    random: () => 0.5,
    ...(memory ? { memory } : {}),
    token: async ({ fresh }) => {
      if (fresh) token = await graphToken(test, roles);
      return { kind: 'ok', value: token };
    },
    wait: async ms => {
      waits.push(ms);
    },
    fetch: (url, init) => {
      requests.push(url.replace(`${test.cloud.graph}/v1.0/`, ''));
      return send(url, init);
    },
  });
  const stop = new AbortController();
  const read = async () => {
    requests.length = 0;
    const result = await source.read(stop.signal, () => {});
    if (result.kind === 'problem') throw new Error(`${result.problem.code} ${result.problem.sentence}`);
    const reading = result.value;
    const settled = await settle(
      reading,
      createPace(() => performance.now()),
      () => {},
    );
    const people = Object.fromEntries(
      settled.people.map(({ id, groups, ...rest }) => [id, { ...rest, groups: [...groups].sort() }]),
    );
    return { reading, people, groups: Object.fromEntries(settled.groups.map(group => [group.id, group])) };
  };
  const problem = async () => {
    const result = await source.read(stop.signal, () => {});
    return result.kind === 'problem' ? result.problem : undefined;
  };
  return { read, problem, requests, waits };
}
