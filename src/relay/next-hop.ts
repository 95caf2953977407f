/**
 * The way to a next hop: TCP, greeting, EHLO, STARTTLS, AUTH by nodemailer's `SMTPConnection`, then the socket is taken
 * over by our own session (next-hop-session.ts), because nodemailer has no place between the answers to RCPT and DATA,
 * cannot tell a failure before the final dot from one behind it, and pays for a transform stream per message. The only
 * file that imports nodemailer; what it relies on is pinned in test/relay/smtp-connection.contract.test.ts.
 *
 * TLS is required and verified unless the next hop is configured otherwise. `opportunistic` is RFC 7435: encrypt when it
 * works, whoever is there, else go on in clear text. Credentials are only ever sent over TLS.
 */
import type { LookupFunction, Socket } from 'node:net';
import { connect as connectTcp } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import SMTPConnection, { type SMTPError as NodemailerError } from 'nodemailer/lib/smtp-connection';
import type { NextHop } from './message.ts';
import { createReplyReader } from './next-hop-reply.ts';
import {
  createSession,
  type Extensions,
  type Failure,
  type NextHopSession,
  type SessionLimits,
  type Stage,
  wordsOf,
} from './next-hop-session.ts';
import type { Timers } from './server-deadline.ts';

export type NextHopLimits = SessionLimits & { readonly connectMs: number; readonly greetingMs: number };

export type OpenDependencies = {
  /** Name in EHLO: this server's public host name. */
  readonly hostname: string;
  readonly limits: NextHopLimits;
  readonly timers: Timers;
  /** Host name to addresses; the system's resolver when not given. */
  readonly lookup?: LookupFunction;
};

/** Host names are A-labels. */
export type OpenTarget = { readonly host: string; readonly nextHop: NextHop; readonly signal: AbortSignal };

/** A connection ready for MAIL, or why there is none. Never rejects. */
export async function openNextHop(
  target: OpenTarget,
  dependencies: OpenDependencies,
): Promise<NextHopSession | Failure> {
  const isOpportunistic = target.nextHop.tls === 'opportunistic';
  const opened = await open(target, dependencies, target.nextHop.tls === 'off' ? 'none' : 'starttls');
  if (!isOpportunistic || !isFailure(opened) || !isAboutTls(opened)) return opened;
  return open(target, dependencies, 'none');
}

export function isFailure<Value extends object>(result: Value | Failure): result is Failure {
  return 'kind' in result && result.kind === 'failure';
}

function isAboutTls(failure: Failure): boolean {
  return failure.stage === 'starttls' && failure.reason !== 'cancelled';
}

async function open(
  { host, nextHop, signal }: OpenTarget,
  dependencies: OpenDependencies,
  security: 'starttls' | 'none',
): Promise<NextHopSession | Failure> {
  const socket = await connect({ host, port: nextHop.port, signal }, dependencies);
  if ('kind' in socket) return socket;
  return shakeHands({ host, nextHop, signal, socket, security }, dependencies);
}

type Address = { readonly host: string; readonly port: number; readonly signal: AbortSignal };

function connect({ host, port, signal }: Address, { lookup, limits, timers }: OpenDependencies) {
  return new Promise<Socket | Failure>(done => {
    if (signal.aborted) return done(failed('connect', 'cancelled', 'given up by Signet'));
    const socket = connectTcp({ host, port, noDelay: true, keepAlive: true, ...(lookup && { lookup }) });
    const disarm = timers.after(limits.connectMs, () =>
      end(failed('connect', 'timeout', 'no connection in time')),
    );
    const onAbort = () => end(failed('connect', 'cancelled', 'given up by Signet'));
    const onError = (error: Error) => end(failed('connect', 'network', wordsOf(error)));
    signal.addEventListener('abort', onAbort, { once: true });
    socket.on('error', onError);
    socket.once('connect', () => end(undefined));

    function end(failure: Failure | undefined) {
      disarm();
      signal.removeEventListener('abort', onAbort);
      if (failure) {
        socket.destroy();
        done(failure);
      } else {
        // From here on nodemailer listens; it does so before this turn of the event loop ends.
        done(socket);
        setImmediate(() => socket.off('error', onError));
      }
    }
  });
}

type HandShake = Address & { readonly socket: Socket; readonly security: 'starttls' | 'none' };

/** What nodemailer adds to a socket and what it knows; private names, held by the contract test. */
type Internals = Readonly<
  Record<
    '_onSocketData' | '_onSocketError' | '_onSocketClose' | '_onSocketEnd' | '_onSocketTimeout',
    () => void
  >
> & { readonly _remainder: string; readonly _responseQueue: readonly string[] };

function shakeHands(
  { host, nextHop, signal, socket, security }: Omit<HandShake, 'port'> & { readonly nextHop: NextHop },
  { hostname, limits, timers }: OpenDependencies,
) {
  return new Promise<NextHopSession | Failure>(done => {
    const connection = new SMTPConnection({
      connection: socket,
      host,
      port: nextHop.port,
      name: hostname,
      secure: false,
      requireTLS: security === 'starttls' && nextHop.tls === 'required',
      ignoreTLS: security === 'none',
      tls: security === 'none' ? {} : tlsOptions(nextHop),
      logger: false,
      maxResponseSize: limits.replyBytes,
      // Our own timers below are shorter.
      connectionTimeout: 3_600_000,
      greetingTimeout: 3_600_000,
      socketTimeout: 3_600_000,
      socketCloseTimeout: 0,
    });
    const disarm = timers.after(limits.greetingMs, () =>
      give(failed(stage(), 'timeout', 'no answer in time')),
    );
    const onAbort = () => give(failed(stage(), 'cancelled', 'given up by Signet'));
    signal.addEventListener('abort', onAbort, { once: true });
    connection.on('error', error => give(readError(error)));
    connection.once('end', () => give(failed(stage(), 'network', 'the next hop closed the connection')));
    let isAuthenticating = false;
    connection.connect(error => {
      if (error) return give(readError(error));
      const extensions = readExtensions(connection.lastServerResponse || '');
      if (!nextHop.auth) return give(takeOver(extensions));
      if (!connection.secure) return give(failed('auth', 'tls', 'AUTH without TLS is refused'));
      isAuthenticating = true;
      const { user, password } = nextHop.auth;
      connection.login({ user, pass: password }, refused =>
        give(refused ? readError(refused) : takeOver(extensions)),
      );
    });

    function give(result: NextHopSession | Failure) {
      disarm();
      signal.removeEventListener('abort', onAbort);
      // First of all: closing makes nodemailer say so, which would be one more result.
      done(result);
      if (isFailure(result)) {
        connection.close();
        socket.destroy();
      }
    }

    /** nodemailer leaves the socket: its listeners off, ours on. */
    function takeOver(extensions: Extensions): NextHopSession | Failure {
      const taken = connection._socket;
      const internals = connection as unknown as Internals;
      if (!taken) return failed('ehlo', 'network', 'the connection is closed');
      if (internals._remainder || internals._responseQueue.length > 0)
        return failed('ehlo', 'protocol', 'an answer that nobody asked for');
      taken.setTimeout(0);
      taken.off('data', internals._onSocketData);
      taken.off('timeout', internals._onSocketTimeout);
      taken.off('error', internals._onSocketError);
      taken.off('close', internals._onSocketClose);
      taken.off('end', internals._onSocketEnd);
      if (taken.listenerCount('data') > 0) throw new Error('expected a socket that nobody reads');
      return createSession({ socket: taken, host, extensions, isSecure: connection.secure, limits });
    }

    function stage(): Stage {
      if (isAuthenticating) return 'auth';
      if (connection.upgrading) return 'starttls';
      return connection.lastServerResponse ? 'ehlo' : 'greeting';
    }

    function readError(error: NodemailerError): Failure {
      const reply = error.response ? replyOf(error.response) : undefined;
      const isTls = error.code === 'ETLS' || connection.upgrading === true;
      const at = isTls ? 'starttls' : stageOfCommand(error.command, stage());
      const reason = isTls ? 'tls' : reply ? 'refused' : error.code === 'EPROTOCOL' ? 'protocol' : 'network';
      return { ...failed(at, reason, wordsOf(new Error(error.message))), ...(reply && { reply }) };
    }
  });
}

function stageOfCommand(command: string | undefined, otherwise: Stage): Stage {
  if (command?.startsWith('AUTH')) return 'auth';
  if (command === 'EHLO' || command === 'HELO') return 'ehlo';
  return command === 'STARTTLS' ? 'starttls' : otherwise;
}

function tlsOptions(nextHop: NextHop): ConnectionOptions {
  return { rejectUnauthorized: nextHop.tls === 'required', secureContext: secureContextOf(nextHop) };
}

/** Reading all root certificates takes longer than the handshake, so it is done once for each next hop. */
const secureContexts = new WeakMap<NextHop, SecureContext>();

function secureContextOf(nextHop: NextHop): SecureContext {
  const known = secureContexts.get(nextHop);
  if (known) return known;
  const made = createSecureContext({
    minVersion: 'TLSv1.2',
    ...(nextHop.ca !== undefined && { ca: [...rootCertificates, nextHop.ca] }),
    ...(nextHop.clientCertificate && {
      cert: nextHop.clientCertificate.certificate,
      key: nextHop.clientCertificate.key,
    }),
  });
  secureContexts.set(nextHop, made);
  return made;
}

/** The answer to EHLO as nodemailer keeps it: lines joined by LF. An answer to HELO has no extensions. */
function readExtensions(answer: string): Extensions {
  const words = answer
    .split('\n')
    .slice(1)
    .map(line => line.slice(4).trim().toUpperCase().split(/\s+/));
  const has = (keyword: string) => words.some(([first]) => first === keyword);
  const limit = Number(words.find(([first]) => first === 'SIZE')?.[1] ?? 0);
  return {
    is8bit: has('8BITMIME'),
    isUtf8: has('SMTPUTF8'),
    isPipelining: has('PIPELINING'),
    isSize: has('SIZE'),
    sizeLimit: Number.isSafeInteger(limit) && limit > 0 ? limit : 0,
  };
}

function replyOf(response: string) {
  const replies = createReplyReader(1 << 20).push(Buffer.from(`${response.replaceAll('\n', '\r\n')}\r\n`));
  return replies === 'garbage' ? undefined : replies[0];
}

function failed(stage: Stage, reason: Failure['reason'], cause: string): Failure {
  return { kind: 'failure', stage, reason, cause };
}
