/**
 * Pages of results (reference 1.5, 1.6). The next page comes for the same POST to the link, within ten minutes; a thousand is the most. What a
 * page shows is what was found when the first one was asked for.
 */
import { createHash } from 'node:crypto';
import { type Answer, json, type Request } from '../http.ts';
import type { ExchangeNeeds } from './caller.ts';
import type { Output } from './cmdlet.ts';
import { gatewayError } from './errors.ts';

export type Pages = {
  readonly first: (request: Request, output: Output) => Answer;
  readonly next: (request: Request) => Answer;
};

type Rest = {
  readonly output: Output;
  readonly from: number;
  readonly bodyHash: string;
  readonly path: string;
  readonly until: number;
};

const most = 1000;
const linkMs = 600_000;

export function createPages({ state, origins }: Pick<ExchangeNeeds, 'state' | 'origins'>): Pages {
  const rests = new Map<string, Rest>();

  function first(request: Request, output: Output): Answer {
    if (output.isBare) return { status: 204 };
    return answer(request, output, 0);
  }

  function next(request: Request): Answer {
    const token = request.url.searchParams.get('$skiptoken') ?? '';
    const rest = rests.get(token);
    const isSame = rest?.path === request.url.pathname && rest.bodyHash === hashOf(request.body);
    if (!rest || !isSame || rest.until <= state.clock.now()) {
      return gatewayError(
        400,
        'BadRequest',
        'The skip token is unknown, has expired or belongs to another request.',
      );
    }
    return answer(request, rest.output, rest.from);
  }

  function answer(request: Request, output: Output, from: number): Answer {
    const size = pageSize(request.headers.prefer);
    const isMore = from + size < output.value.length;
    const select = request.url.searchParams.get('$select');
    const tenantPath = request.url.pathname.replace(/InvokeCommand$/, '');
    const warning = state.faults.strikes('exchange-warning')
      ? ['This is a warning that changes nothing.']
      : [];
    const body = {
      '@odata.context': `${origins.exchange}${tenantPath}$metadata#Collection(Exchange.GenericHashTable)`,
      '@adminapi.warnings': [...(output.warnings ?? []), ...warning],
      value: output.value.slice(from, from + size).map(item => shown(item, select)),
      ...(isMore ? { '@odata.nextLink': link(request, { output, from: from + size }) } : {}),
    };
    return json(200, body, { 'content-type': 'application/json;odata.metadata=minimal' });
  }

  function link({ url, body }: Request, { output, from }: Pick<Rest, 'output' | 'from'>) {
    const token = state.random(18).toString('base64url');
    const until = state.clock.now() + linkMs;
    for (const [old, rest] of rests) if (rest.until <= state.clock.now()) rests.delete(old);
    rests.set(token, { output, from, bodyHash: hashOf(body), path: url.pathname, until });
    const select = url.searchParams.get('$select');
    const query = new URLSearchParams({ ...(select ? { $select: select } : {}), $skiptoken: token });
    return `${origins.exchange}${url.pathname}?${query}`;
  }

  return { first, next };
}

function pageSize(prefer = '') {
  const asked = Number(/odata\.maxpagesize=(\d+)/i.exec(prefer)?.[1] ?? most);
  return Math.min(Math.max(asked, 1), most);
}

function hashOf(body: Buffer) {
  return createHash('sha256').update(body).digest('hex');
}

/** The properties that were asked for; truths and lists come with their types beside them. */
function shown(item: object, select: string | null) {
  const wanted = select?.split(',').map(name => name.trim());
  const entries = Object.entries(item).filter(([name]) => !wanted || wanted.includes(name));
  return Object.fromEntries(
    entries.flatMap(([name, value]) => {
      if (typeof value === 'boolean')
        return [
          [name, value],
          [`${name}@data.type`, 'System.Boolean'],
        ];
      if (Array.isArray(value))
        return [
          [name, value],
          [`${name}@odata.type`, '#Collection(String)'],
        ];
      return [[name, value]];
    }),
  );
}
