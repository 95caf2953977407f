/**
 * Microsoft Graph, as far as people, groups and photos go (exchange-online.md 10). It answers in the order in which the real
 * one finds out: token, throttling, path, permission, query. Reading only: nothing in it changes a tenant.
 */
import type { Answer, Request, Service } from '../http.ts';
import { json } from '../http.ts';
import { answerBatch } from './batch.ts';
import { type GraphNeeds, identifyGraphCaller } from './caller.ts';
import { createDeltas, type Deltas } from './delta.ts';
import {
  answerRefusal,
  badToken,
  noPrivileges,
  noResource,
  noSegment,
  type Refusal,
  refusal,
  resync,
} from './errors.ts';
import { type Asked, listGroups, listMembers, listUsers, showGroup, showManager, showUser } from './lists.ts';
import { answerPhoto } from './photos.ts';
import { isInGraph } from './shapes.ts';

export function createGraph(needs: GraphNeeds): Service {
  const deltas = createDeltas();
  return async request => {
    const caller = await identifyGraphCaller(needs, request.headers.authorization ?? '');
    if (!caller || needs.state.faults.strikes('graph-unauthorized', request.url.pathname))
      return finish(needs, { ...badToken, headers: { 'www-authenticate': 'Bearer realm=""' } });
    const one = async (asked: Request) => finish(needs, answer({ needs, caller, request: asked }, deltas));
    if (!/^\/v1\.0\/\$batch$/.test(request.url.pathname)) return await one(request);
    return finish(needs, faultOf(needs, request) ?? (await answerBatch(request, one)));
  };
}

function finish({ state }: GraphNeeds, given: Answer | Refusal): Answer {
  const requestId = state.newGuid();
  const about = { requestId, date: new Date(state.clock.now()).toISOString().slice(0, 19) };
  const answer = 'code' in given ? answerRefusal(given, about) : given;
  return {
    ...answer,
    headers: { 'request-id': requestId, 'client-request-id': requestId, ...answer.headers },
  };
}

function answer(asked: Asked, deltas: Deltas): Answer | Refusal {
  const { needs, request } = asked;
  const fault = faultOf(needs, request);
  if (fault) return fault;
  if (request.method !== 'GET') return refusal(405, 'Request_BadRequest', 'The sandbox reads only.');
  const path = decodeURIComponent(request.url.pathname).replace(/^\/v1\.0\//, '');
  if (path === decodeURIComponent(request.url.pathname)) return noSegment;
  if (/^users\/(microsoft\.graph\.)?delta(\(\))?$/.test(path)) return deltas.answer(asked, 'user');
  if (/^groups\/(microsoft\.graph\.)?delta(\(\))?$/.test(path)) return deltas.answer(asked, 'group');
  if (path === 'users') return listUsers(asked);
  if (path === 'groups') return listGroups(asked);
  if (path === 'organization') return showOrganization(asked);
  const [, segment, id = '', rest = ''] = /^(users|groups)\/([^/]+)(?:\/(.+))?$/.exec(path) ?? [];
  if (segment === 'users') return ofUser(asked, id, rest);
  return segment === 'groups' ? ofGroup(asked, id, rest) : noSegment;
}

function ofUser(asked: Asked, id: string, rest: string): Answer | Refusal {
  if (rest === '') return showUser(asked, id);
  if (rest === 'manager') return showManager(asked, id);
  return /^photos?(\/|$)/.test(rest) ? answerPhoto(asked, id, rest) : noSegment;
}

function ofGroup(asked: Asked, id: string, rest: string): Answer | Refusal {
  const group = asked.caller.tenant.directory.group(id);
  if (!group || !isInGraph(group)) return noResource(id);
  if (rest === '') return showGroup(asked, group);
  const [, which, cast] = /^(members|transitiveMembers)(\/microsoft\.graph\.user)?$/.exec(rest) ?? [];
  return which === undefined ? noSegment : listMembers(asked, group, which !== 'members', cast !== undefined);
}

/** 6: which of the tenant's domains is the initial one. */
function showOrganization({ caller }: Asked): Answer | Refusal {
  if (!caller.may('Organization.Read.All', 'User.Read')) return noPrivileges;
  const { tenant } = caller;
  const verifiedDomains = tenant.acceptedDomains.latest().map(({ DomainName, Default, InitialDomain }) => ({
    name: DomainName,
    isDefault: Default,
    isInitial: InitialDomain,
  }));
  return json(200, {
    value: [{ id: tenant.id, displayName: tenant.organization().DisplayName, verifiedDomains }],
  });
}

/** 10.4; example 17. */
function faultOf({ state }: GraphNeeds, { url }: Request): Answer | Refusal | undefined {
  const { faults } = state;
  const path = url.pathname + url.search;
  const throttled = faults.strikes('graph-throttled', path);
  if (throttled) {
    const wait = { headers: { 'retry-after': String(throttled.retryAfterSeconds ?? 17) } };
    return { ...refusal(429, 'TooManyRequests', 'Too many requests.'), ...wait };
  }
  if (faults.strikes('graph-unavailable', path))
    return {
      status: 503,
      headers: { 'content-type': 'text/html' },
      body: '<html>Service Unavailable</html>',
    };
  if (faults.strikes('graph-forbidden', path)) return noPrivileges;
  if (faults.strikes('graph-cut-short', path))
    return { status: 200, headers: { 'content-type': 'application/json' }, body: '{"value":[{"id":' };
  if (faults.strikes('graph-page-elsewhere', path))
    return json(200, {
      value: [],
      '@odata.nextLink': 'https://graph.microsoft.com.evil.example/v1.0/users/delta?$skiptoken=x',
    });
  return /\/delta\b/.test(url.pathname) && faults.strikes('graph-resync', path) ? resync : undefined;
}
