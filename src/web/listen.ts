/** The web server's sockets: taken with a problem in words, given back within `closeGraceMs`. */
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import { limits } from '../limits.ts';
import { failed, type ProblemCode, type Result } from '../problem.ts';

type Listen = { readonly host: string; readonly port: number };

export type Listener = {
  /** Answers the base URL, with the port that was really taken. */
  readonly listen: (listen: Listen) => Promise<Result<string>>;
  readonly close: () => Promise<void>;
  /** A new certificate for connections from now on. */
  readonly secure: (certificate: Certificate) => void;
};

/** PEM. */
export type Certificate = { readonly certificate: string; readonly key: string };

/** Longer than any page takes, shorter than the ten seconds a container engine waits before it kills. */
const closeGraceMs = 5_000;

const timeouts = {
  requestTimeout: limits.web.requestMs,
  headersTimeout: limits.web.requestMs,
  keepAliveTimeout: 30_000,
};

const secureOptions = ({ certificate, key }: Certificate): SecureContextOptions => ({
  cert: certificate,
  key,
  minVersion: 'TLSv1.2',
});

/** With a certificate it speaks HTTPS. */
export function createListener(handle: RequestListener, certificate?: Certificate): Listener {
  if (!certificate) return listenerOf(createServer(timeouts, handle), 'HTTP', () => undefined);
  const server = createTlsServer({ ...timeouts, ...secureOptions(certificate) }, handle);
  return listenerOf(server, 'HTTPS', next => server.setSecureContext(secureOptions(next)));
}

type Scheme = 'HTTP' | 'HTTPS';

function listenerOf(server: Server, scheme: Scheme, secure: Listener['secure']): Listener {
  return { listen: address => listen(server, scheme, address), close: () => close(server), secure };
}

function listen(server: Server, scheme: Scheme, { host, port }: Listen): Promise<Result<string>> {
  return new Promise(resolve => {
    const refuse = (error: NodeJS.ErrnoException) => {
      server.off('listening', accept);
      resolve(explain(error, scheme, `${host} port ${port}`));
    };
    const accept = () => {
      server.off('error', refuse);
      resolve({ kind: 'ok', value: baseUrl(scheme, server.address() as AddressInfo) });
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
    server.closeIdleConnections();
  });
}

function baseUrl(scheme: Scheme, { address, family, port }: AddressInfo) {
  return `${scheme.toLowerCase()}://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

function explain(error: NodeJS.ErrnoException, scheme: Scheme, where: string) {
  const setting = `SIGNET_${scheme}_LISTEN`;
  const codes = {
    EADDRINUSE: [
      'SIGNET_HTTP_BUSY',
      `another program already listens on ${where}: stop it or set ${setting} to a free port.`,
    ],
    EACCES: [
      'SIGNET_HTTP_FORBIDDEN',
      `this account may not listen on ${where}: set ${setting} to a port above 1023.`,
    ],
  } as const satisfies Record<string, readonly [ProblemCode, string]>;
  const known = codes[error.code as keyof typeof codes];
  if (known) return failed(known[0], known[1]);
  return failed(
    'SIGNET_HTTP_ADDRESS',
    `cannot listen on ${where} (${error.code ?? error.message}): set ${setting} to an address of this machine.`,
  );
}
