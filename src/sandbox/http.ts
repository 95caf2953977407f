/**
 * HTTP as values: a request in, an answer out. Each service of the sandbox is a function of these, with an origin of its own,
 * as Microsoft's have. Bodies are small; one of more than 8 MB is cut off with 413.
 */
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Log } from '../log.ts';

export type Request = {
  readonly method: string;
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
};

export type Answer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
};

export type Service = (request: Request) => Answer | Promise<Answer>;

const mostBytes = 8 * 1024 * 1024;

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(body),
  };
}

export function formOf({ body }: Request): URLSearchParams {
  return new URLSearchParams(body.toString('utf8'));
}

export type Listener = { readonly origin: string; readonly close: () => Promise<void> };

export type ListenNeeds = {
  readonly service: Service;
  /** PEM; without it plain HTTP, for browsers on this machine. */
  readonly certificate?: { readonly cert: string; readonly key: string };
  readonly port?: number;
  readonly log: Pick<Log, 'error'>;
};

/** Listens on 127.0.0.1, called localhost since certificates are for names. @returns the origin without a slash at the end */
export async function listen({ service, certificate, port = 0, log }: ListenNeeds): Promise<Listener> {
  const state = { origin: '' };
  const handle = (message: IncomingMessage, response: ServerResponse) => {
    answerTo({ message, service, origin: state.origin, log }).then(
      answer => send(response, answer),
      error => {
        log.error({ err: error }, 'the sandbox did not get to an answer');
        response.destroy();
      },
    );
  };
  const server: Server = certificate ? createHttpsServer(certificate, handle) : createHttpServer(handle);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  state.origin = `${certificate ? 'https' : 'http'}://localhost:${(server.address() as AddressInfo).port}`;
  const close = () =>
    new Promise<void>(resolve => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { origin: state.origin, close };
}

type AnswerNeeds = Pick<ListenNeeds, 'service' | 'log'> & {
  readonly message: IncomingMessage;
  readonly origin: string;
};

async function answerTo({ message, service, origin, log }: AnswerNeeds): Promise<Answer> {
  const body = await readBody(message);
  if (!body) return { status: 413 };
  const url = URL.parse(message.url ?? '/', origin);
  if (!url) return { status: 400 };
  const headers = Object.fromEntries(
    Object.entries(message.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
  try {
    return await service({ method: message.method ?? 'GET', url, headers, body });
  } catch (error) {
    log.error({ err: error, path: url.pathname }, 'the sandbox failed');
    return { status: 500 };
  }
}

async function readBody(message: IncomingMessage): Promise<Buffer | undefined> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of message as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > mostBytes) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function send(response: ServerResponse, { status, headers = {}, body = '' }: Answer) {
  response.writeHead(status, { ...headers, 'content-length': String(Buffer.byteLength(body)) });
  response.end(body);
}
