/**
 * The SMTP server: smtp-server 3.21.6, wrapped here and in `server-*`, pinned by test/relay/smtp-server.contract.test.ts.
 * It speaks the protocol and guards the door (connections, deadlines, TLS, syntax); what a message means is decided by
 * `begin` and the transaction it answers. Nothing that a client sends may throw out of here.
 */
import { constants } from 'node:crypto';
import type { AddressInfo, Socket } from 'node:net';
import { createSecureContext } from 'node:tls';
import {
  SMTPServer,
  type SMTPServerAddress,
  type SMTPServerAuthentication,
  type SMTPServerAuthenticationResponse,
  type SMTPServerDataStream,
  type SMTPServerSession,
} from 'smtp-server';
import type { SMTPConnectionOptions } from 'smtp-server/lib/smtp-connection.js';
import type { Clock } from '../clock.ts';
import type { limits } from '../limits.ts';
import type { Log } from '../log.ts';
import type { Problem, Result } from '../problem.ts';
import { type Authorities, readAuthorities } from './client-certificate.ts';
import type { Reply, Session } from './message.ts';
import { networkOf } from './peers.ts';
import { type Identity, type Mail, RelayConnection, type Transaction } from './server-connection.ts';
import type { Timers } from './server-deadline.ts';

export type RelayLimits = { readonly [Name in keyof typeof limits.relay]: number };

/** PEM. Without any authority no client certificate is asked for. */
export type ServerTls = {
  readonly certificate: string;
  readonly key: string;
  /** Authorities for the certificates of peers. */
  readonly clientCa?: string;
  /** Authorities for Microsoft's certificate. */
  readonly microsoftCa?: string;
};

export type Listen = { readonly host: string; readonly port: number };

export type ServerOptions = {
  readonly hostname: string;
  readonly limits: RelayLimits;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  /** Names a connection in the log. */
  readonly nextId: () => string;
  /** A message is announced: a refusal, or the transaction that takes it. Never rejects. `signal`: the client is gone. */
  readonly begin: (session: Session, mail: Mail, signal: AbortSignal) => Promise<Reply | Transaction>;
  /** Whether AUTH is offered on connections with TLS. */
  readonly hasUsers: () => boolean;
  /** Whom these credentials prove; undefined when they are wrong. */
  readonly authenticate: (user: string, password: string) => Identity | undefined;
};

const disabledAlways = ['VRFY', 'HELP', 'WIZ', 'SHELL', 'KILL', 'XCLIENT', 'XFORWARD', 'LHLO'];

export class RelayServer extends SMTPServer {
  readonly limits: RelayLimits;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly begin: ServerOptions['begin'];
  readonly nextId: ServerOptions['nextId'];
  isStopping = false;
  authorities: Authorities = readAuthorities({});
  readonly #of: ServerOptions;
  /** Until a certificate is given STARTTLS is not offered: the library would use one whose key is public. */
  #hasTls = false;
  readonly #bySession = new WeakMap<SMTPServerSession, RelayConnection>();
  readonly #perNetwork = new Map<string, number>();
  /** Those that count, until their sockets are closed. */
  readonly #networks = new Map<RelayConnection, string>();

  constructor(options: ServerOptions) {
    super({
      name: options.hostname,
      heloResponse: '%s',
      logger: false,
      disableReverseLookup: true,
      disabledCommands: disabledAlways,
      authMethods: ['PLAIN', 'LOGIN'],
      authOptional: true,
      hideENHANCEDSTATUSCODES: false,
      size: options.limits.messageBytes,
      rejectOversized: true,
      // The library counts a CR whose LF has not come yet; the limit itself is checked on whole lines.
      maxCommandLength: options.limits.commandBytes + 1,
      // Our own deadlines are shorter; this one is behind them should one ever be missed.
      socketTimeout: 2 * options.limits.connectionMs,
      minVersion: 'TLSv1.2',
    });
    this.limits = options.limits;
    this.clock = options.clock;
    this.timers = options.timers;
    this.begin = options.begin;
    this.nextId = options.nextId;
    this.#of = options;
    this.on('error', (error: Error) => options.log.debug({ err: error }, 'an SMTP connection failed'));
    // From accept until the library takes the socket over, a reset would have no listener.
    this.server.prependListener('connection', (socket: Socket) => socket.on('error', () => {}));
  }

  override connect(socket: Socket, options?: SMTPConnectionOptions | null): void {
    const network = networkOf(socket.remoteAddress ?? '');
    const count = this.#perNetwork.get(network) ?? 0;
    const isFull =
      this.connections.size >= this.limits.connections || count >= this.limits.connectionsPerPeer;
    if (isFull || this.isStopping || socket.destroyed) turnAway(socket, this.options.name ?? '');
    else this.#admit(socket, network, options);
  }

  #admit(socket: Socket, network: string, options: SMTPConnectionOptions | null | undefined): void {
    this.#perNetwork.set(network, (this.#perNetwork.get(network) ?? 0) + 1);
    const connection = new RelayConnection(this, socket, options);
    this.#networks.set(connection, network);
    this.connections.add(connection);
    this.#bySession.set(connection.session, connection);
    connection.on('error', (error: Error) => this._onError(error));
    connection.init();
  }

  /** Its socket is closed. Told by the connection: the library takes all listeners off a socket that gets TLS. */
  left(connection: RelayConnection): void {
    const network = this.#networks.get(connection);
    if (network === undefined) return;
    this.#networks.delete(connection);
    const left = (this.#perNetwork.get(network) ?? 1) - 1;
    if (left > 0) this.#perNetwork.set(network, left);
    else this.#perNetwork.delete(network);
  }

  override onConnect(session: SMTPServerSession, callback: (error?: Error | null) => void): void {
    session.disabledCommands = [...disabledAlways, 'AUTH', ...(this.#hasTls ? [] : ['STARTTLS'])];
    callback();
  }

  override onSecure(
    _socket: Socket,
    session: SMTPServerSession,
    callback: (error?: Error | null) => void,
  ): void {
    session.disabledCommands = [...disabledAlways, ...(this.#of.hasUsers() ? [] : ['AUTH'])];
    this.#bySession.get(session)?.secured();
    callback();
  }

  override onAuth(
    auth: SMTPServerAuthentication,
    session: SMTPServerSession,
    callback: (error: Error | null | undefined, response?: SMTPServerAuthenticationResponse) => void,
  ): void {
    const user = this.#of.authenticate(auth.username ?? '', auth.password ?? '');
    if (user !== undefined) {
      this.#bySession.get(session)?.authenticated(user);
      callback(null, { user: auth.username });
      return;
    }
    this.timers.after(this.limits.wrongPasswordMs, () =>
      callback(null, { message: '5.7.8 Wrong user or password' }),
    );
  }

  override onMailFrom(
    address: SMTPServerAddress,
    session: SMTPServerSession,
    callback: (error?: Error | null) => void,
  ): void {
    const reply = this.#bySession.get(session)?.mail(address);
    void this.#settle(reply).then(refusal => callback(refusal && asError(refusal)));
  }

  override onRcptTo(
    address: SMTPServerAddress,
    session: SMTPServerSession,
    callback: (error?: Error | null) => void,
  ): void {
    const refusal = this.#bySession.get(session)?.recipient(address);
    callback(refusal && asError(refusal));
  }

  override onData(
    stream: SMTPServerDataStream,
    session: SMTPServerSession,
    callback: (error?: Error | null, message?: string) => void,
  ): void {
    const connection = this.#bySession.get(session);
    void this.#settle(connection?.data(stream)).then(reply => {
      const isDone = reply?.code === 250;
      callback(isDone || !reply ? null : asError(reply), reply?.text ?? '');
      connection?.settled();
    });
  }

  /** A fault of ours is never the sender's: it becomes 4xx, and the previous hop tries again. */
  async #settle(reply: Promise<Reply | undefined> | undefined): Promise<Reply | undefined> {
    try {
      return await reply;
    } catch (error) {
      this.#of.log.error({ err: error }, 'a message could not be taken');
      return { code: 451, text: '4.3.0 Internal error, try again' };
    }
  }

  /** Takes the port; answers the address that was really taken. */
  open({ host, port }: Listen): Promise<Result<Listen>> {
    return new Promise(resolve => {
      const refuse = (error: NodeJS.ErrnoException) => {
        this.server.off('listening', accept);
        resolve({ kind: 'problem', problem: explainListen(error, host, port) });
      };
      const accept = () => {
        this.server.off('error', refuse);
        const { address, port: taken } = this.server.address() as AddressInfo;
        resolve({ kind: 'ok', value: { host: address, port: taken } });
      };
      this.server.once('error', refuse).once('listening', accept).listen({ host, port });
    });
  }

  /** Certificate for the connections that follow; from the first one on STARTTLS is offered. */
  updateTls(tls: ServerTls): Result<undefined> {
    try {
      // Tried first: the library empties its contexts before it makes new ones, and would have none.
      createSecureContext(secureContext(tls));
      this.updateSecureContext(secureContext(tls));
    } catch (error) {
      return { kind: 'problem', problem: explainTls(error) };
    }
    this.authorities = readAuthorities(tls);
    this.#hasTls = true;
    return { kind: 'ok', value: undefined };
  }

  stop(): Promise<void> {
    this.isStopping = true;
    const closed = new Promise<void>(resolve => {
      if (this.server.listening) this.server.close(() => resolve());
      else resolve();
    });
    for (const connection of this.connections) if (connection instanceof RelayConnection) connection.stop();
    const cut = this.timers.after(this.limits.stopMs, () => {
      for (const connection of this.connections) connection._socket.destroy();
    });
    return closed.finally(cut);
  }
}

function secureContext({ certificate, key, clientCa, microsoftCa }: ServerTls) {
  const authorities = [...new Set([clientCa, microsoftCa])].filter(pem => pem !== undefined);
  // A client without a certificate, or with one of another authority, is not refused: it is just not recognised by it.
  return {
    cert: certificate,
    key,
    ca: authorities,
    requestCert: authorities.length > 0,
    rejectUnauthorized: false,
    // A resumed session has forgotten the chain of its client's certificate, and with it which authority that was.
    ...(microsoftCa === undefined ? {} : { secureOptions: constants.SSL_OP_NO_TICKET }),
  };
}

/** The way smtp-server takes a refusal. */
function asError({ code, text }: Reply): Error {
  return Object.assign(new Error(text), { responseCode: code });
}

function turnAway(socket: Socket, hostname: string): void {
  socket.on('error', () => {});
  // Destroyed as soon as the line is out: one who may not come in shall not hold a descriptor either.
  socket.end(`421 4.3.2 ${hostname} Too many connections\r\n`, () => socket.destroy());
}

function explainListen(error: NodeJS.ErrnoException, host: string, port: number): Problem {
  const where = `${host} port ${port}`;
  switch (error.code) {
    case 'EADDRINUSE':
      return {
        code: 'SIGNET_SMTP_BUSY',
        sentence: `another program already listens on ${where}: stop it or set SIGNET_SMTP_LISTEN to a free port.`,
      };
    case 'EACCES':
      return {
        code: 'SIGNET_SMTP_FORBIDDEN',
        sentence: `this account may not listen on ${where}: set SIGNET_SMTP_LISTEN to a port above 1023.`,
      };
    default:
      return {
        code: 'SIGNET_SMTP_ADDRESS',
        sentence: `cannot listen on ${where} (${error.code ?? error.message}): set SIGNET_SMTP_LISTEN to an address of this machine.`,
      };
  }
}

function explainTls(error: unknown): Problem {
  const reason = error instanceof Error ? error.message : String(error);
  return {
    code: 'SIGNET_TLS_CERTIFICATE',
    sentence: `the certificate or its key cannot be used (${reason}): set SIGNET_TLS_CERT and SIGNET_TLS_KEY to a PEM certificate and the key that belongs to it.`,
  };
}
