/**
 * The web server: one middleware list and one route table. It owns its sockets; `close` lets a running request
 * finish within `closeGraceMs` and then cuts what is left.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Koa, { type Context, type Next } from 'koa';
import type { Log } from '../log.ts';
import type { Result } from '../problem.ts';
import { type RelayHealth, showHealth } from './routes/health.ts';
import { type MetricsText, showMetrics } from './routes/metrics.ts';

type Listen = { readonly host: string; readonly port: number };

export type WebServer = {
  /** Answers the base URL, with the port that was really taken. */
  readonly listen: (listen: Listen) => Promise<Result<string>>;
  readonly close: () => Promise<void>;
};

/** Longer than any page takes, shorter than the ten seconds a container engine waits before it kills. */
const closeGraceMs = 5_000;

export type WebDependencies = {
  readonly log: Log;
  readonly health: () => RelayHealth;
  readonly metrics: MetricsText;
};

type Routes = Readonly<Record<string, (context: Context) => void | Promise<void>>>;

export function createWebServer({ log, health, metrics }: WebDependencies): WebServer {
  const routes: Routes = {
    'GET /healthz': context => showHealth(context, health),
    'GET /metrics': context => showMetrics(context, metrics),
  };
  const koa = new Koa();
  koa.on('error', (error: unknown) => log.error({ err: error }, 'a request failed'));
  koa.use(setSecurityHeaders);
  koa.use(context => route(context, routes));
  const handle = koa.callback();
  const server = createServer((request, response) => void handle(request, response));
  return { listen: address => listen(server, address), close: () => close(server) };
}

async function setSecurityHeaders(context: Context, next: Next) {
  context.set('X-Content-Type-Options', 'nosniff');
  context.set('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'");
  await next();
}

async function route(context: Context, routes: Routes) {
  const method = context.method === 'HEAD' ? 'GET' : context.method;
  const show = routes[`${method} ${context.path}`];
  if (show) return await show(context);
  // Koa answers 404 by itself; a known path with another method deserves to be told so.
  if (`GET ${context.path}` in routes) {
    context.status = 405;
    context.set('Allow', 'GET, HEAD');
  }
}

function listen(server: Server, { host, port }: Listen): Promise<Result<string>> {
  return new Promise(resolve => {
    const refuse = (error: NodeJS.ErrnoException) => {
      server.off('listening', accept);
      resolve({ kind: 'problem', problem: explain(error, host, port) });
    };
    const accept = () => {
      server.off('error', refuse);
      resolve({ kind: 'ok', value: baseUrl(server.address() as AddressInfo) });
    };
    server.once('error', refuse).once('listening', accept).listen({ host, port });
  });
}

function close(server: Server): Promise<void> {
  if (!server.listening) return Promise.resolve();
  return new Promise(resolve => {
    const cut = setTimeout(() => server.closeAllConnections(), closeGraceMs);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
  });
}

function baseUrl({ address, family, port }: AddressInfo) {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

function explain(error: NodeJS.ErrnoException, host: string, port: number) {
  const where = `${host} port ${port}`;
  switch (error.code) {
    case 'EADDRINUSE':
      return {
        code: 'SIGNET_HTTP_BUSY',
        sentence: `another program already listens on ${where}: stop it or set SIGNET_HTTP_LISTEN to a free port.`,
      } as const;
    case 'EACCES':
      return {
        code: 'SIGNET_HTTP_FORBIDDEN',
        sentence: `this account may not listen on ${where}: set SIGNET_HTTP_LISTEN to a port above 1023.`,
      } as const;
    default:
      return {
        code: 'SIGNET_HTTP_ADDRESS',
        sentence: `cannot listen on ${where} (${error.code ?? error.message}): set SIGNET_HTTP_LISTEN to an address of this machine.`,
      } as const;
  }
}
