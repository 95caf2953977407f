/**
 * The web server: one middleware list and one route table (routes.ts). `handle` is a function of Node's, so that several
 * sockets can share it. /healthz and /metrics answer before everything else: they ask nobody who they are.
 */
import type { RequestListener } from 'node:http';
import Router from '@koa/router';
import Koa, { type Context } from 'koa';
import { Fault } from '../../views/errors/show.tsx';
import type { StoredTenant } from '../store/tenants.ts';
import { createFirstRun } from './accounts/first-run.ts';
import { createPace } from './accounts/pace.ts';
import { createPasskeys } from './accounts/passkeys.ts';
import { createPasswords } from './accounts/password.ts';
import { createProve } from './accounts/prove.ts';
import { createSignIn } from './accounts/sign-in.ts';
import type { Answer } from './answer.ts';
import { assetNames, readAsset } from './asset-source.ts';
import { createAssets } from './assets.ts';
import { createTrail } from './audit.ts';
import { setCookie } from './cookie.ts';
import { emptyForm, formOf } from './form.ts';
import { HttpFault } from './http-fault.ts';
import { createMemory } from './memory.ts';
import { createMessageDays } from './message-days.ts';
import { arrival, onlyOwnNames, onlyPrivate } from './middleware/arrival.ts';
import { createAuthorise, type Verdict } from './middleware/authorise.ts';
import { csrf } from './middleware/csrf.ts';
import { errors } from './middleware/errors.ts';
import { requestId } from './middleware/request-id.ts';
import { securityHeaders } from './middleware/security-headers.ts';
import { session } from './middleware/session.ts';
import { throttle } from './middleware/throttle.ts';
import type { WebNeeds } from './needs.ts';
import { createPages } from './page.ts';
import { createRespond } from './respond.ts';
import type { Route } from './route.ts';
import { showHealth } from './routes/health.ts';
import { showMetrics } from './routes/metrics.ts';
import { routeTable } from './routes.ts';
import { stateOf } from './state.ts';
import { hashToken, newToken } from './tokens.ts';
import type { Visit } from './visit.ts';

export type WebServer = {
  readonly handle: RequestListener;
  /** Every route, for the test that holds each to its scenarios. */
  readonly routes: readonly Route[];
  /** Guards the first account, while there is none. */
  readonly firstRunCode: string;
};

/** Rejects with the system's error when a style sheet or script is missing. */
export async function createWebServer(needs: WebNeeds): Promise<WebServer> {
  const { log, clock, random, store } = needs;
  const assets = createAssets({ names: assetNames, read: readAsset });
  await assets.load();
  const memory = createMemory();
  const passwords = createPasswords(random);
  const pace = createPace(needs);
  const firstRun = createFirstRun(random);
  const signIn = createSignIn({ ...needs, ...store, passwords, pace });
  const prove = createProve({ ...store, pace, clock });
  const passkeys = createPasskeys({ ...store, memory });
  const trail = createTrail({ ...store, log });
  const messageDays = createMessageDays({ messages: store.messages, clock });
  const routes = routeTable({
    ...needs,
    memory,
    messageDays,
    passwords,
    pace,
    firstRun,
    signIn,
    prove,
    trail,
    passkeys,
  });
  const pages = createPages({ ...needs, assets, routes });
  const respond = createRespond({ memory });
  const authorise = createAuthorise({
    hasAccounts: async () => (await store.accounts.countAccounts()) > 0,
    hasFactors: async id => (await store.factors.listFactors(id)).length > 0,
    clock,
  });

  const koa = new Koa();
  koa.on('error', (error: unknown) => log.error({ err: error }, 'a request failed'));
  koa.use(requestId(random));
  koa.use(arrival(needs));
  koa.use(securityHeaders);
  koa.use(probes);
  koa.use(errors({ log, showFault }));
  koa.use(assets.serve);
  koa.use(onlyPrivate);
  koa.use(onlyOwnNames);
  koa.use(throttle(clock));
  koa.use(session({ ...store, clock }));
  koa.use(csrf);
  koa.use(routerOf(routes).routes());

  async function probes(context: Context, next: () => Promise<unknown>) {
    const isRead = context.method === 'GET' || context.method === 'HEAD';
    if (context.path !== '/healthz' && context.path !== '/metrics') return next();
    if (isRead)
      return context.path === '/healthz'
        ? showHealth(context, needs.health)
        : showMetrics(context, needs.metrics);
    context.status = 405;
    context.set('Allow', 'GET, HEAD');
    return undefined;
  }

  function routerOf(table: readonly Route[]) {
    const router = new Router({ exclusive: 'specificity' });
    for (const route of table)
      router.register(route.path, [route.method], context => answer(context as unknown as Context, route));
    const known = new Set(table.map(({ path }) => path));
    for (const path of known) router.all(path, () => refuseMethod());
    return router;
  }

  async function answer(context: Context, route: Route) {
    const params = (context as Context & { params: Readonly<Record<string, string>> }).params;
    const tenant =
      params.tenantId === undefined ? undefined : await store.tenants.findTenant(params.tenantId);
    const { account, session: current } = stateOf(context);
    const verdict = await authorise({
      route,
      path: context.url,
      cameFrom: cameFrom(context),
      account,
      session: current,
      tenant,
    });
    if (verdict.kind === 'not-found') throw new HttpFault(404, 'not-found');
    if (verdict.kind === 'forbidden') throw new HttpFault(403, 'forbidden');
    if (verdict.kind === 'redirect') return redirect(context, verdict, route);
    const visit = await visitOf(context, params, tenant);
    return respond(context, visit.page, await route.handle(visit));
  }

  function redirect(context: Context, verdict: Extract<Verdict, { kind: 'redirect' }>, route: Route) {
    const page = pageFor(context);
    const isUndone = verdict.isProof && route.method !== 'GET';
    const flash = { kind: 'warning', text: page.texts.signIn.provedNow } as const;
    return respond(context, page, { kind: 'redirect', to: verdict.to, ...(isUndone ? { flash } : {}) });
  }

  async function visitOf(context: Context, params: Visit['params'], tenant: StoredTenant | undefined) {
    const state = stateOf(context);
    const { account, session: current } = state;
    if (current && tenant) memory.keepTenant(current.id, tenant.id);
    const last = current && !tenant ? memory.lastTenant(current.id) : undefined;
    const shown = tenant ?? (last === undefined ? undefined : await store.tenants.findTenant(last));
    return {
      page: pageFor(context, shown),
      params,
      query: formOf(new URLSearchParams(context.querystring)),
      form: state.form ?? emptyForm,
      origin: state.origin,
      address: state.address,
      agent: context.get('User-Agent'),
      guestId: hashToken(state.token),
      ...(account ? { account } : {}),
      ...(current ? { session: current } : {}),
      ...(tenant ? { tenant } : {}),
    } satisfies Visit;
  }

  /** A guest's first page brings a cookie, so that its form is tied to this browser. */
  function pageFor(context: Context, tenant?: StoredTenant) {
    const state = stateOf(context);
    if (!state.token && !state.session) {
      state.token = newToken(random);
      setCookie(context, state.token);
    }
    const isFull = state.session?.stage === 'full';
    return pages({
      acceptLanguage: context.get('Accept-Language'),
      path: context.url,
      requestId: state.requestId,
      token: state.token ?? '',
      ...(isFull && state.account ? { account: state.account } : {}),
      ...(tenant ? { tenant } : {}),
    });
  }

  async function showFault(context: Context, fault: HttpFault) {
    const page = pageFor(context);
    const { title } = page.texts.errors[fault.kind];
    const view = Fault({ page, kind: fault.kind });
    const shown: Answer = { kind: 'page', title, status: fault.status, view, isAlone: true };
    await respond(context, page, shown);
  }

  const handle = koa.callback();
  return {
    handle: (request, response) => void handle(request, response),
    routes,
    firstRunCode: firstRun.code,
  };
}

/** The page of ours that sent a form. */
function cameFrom(context: Context) {
  const from = URL.parse(context.get('Referer'));
  const { origin, askedOrigin } = stateOf(context);
  return from && (from.origin === origin || from.origin === askedOrigin)
    ? from.pathname + from.search
    : undefined;
}

function refuseMethod(): never {
  throw new HttpFault(405, 'wrong-method');
}
