/**
 * One SMTP connection: smtp-server's, with what Signet needs otherwise. No delay before the greeting; deadlines that a
 * trickle cannot extend; limits on errors and idle commands; addresses as they were written, domains as A-labels; replies
 * with one enhanced status code; and a signal for whoever works on a message that the client has gone.
 */
import type { Buffer } from 'node:buffer';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { SMTPServerAddress } from 'smtp-server';
import { SMTPConnection, type SMTPConnectionOptions } from 'smtp-server/lib/smtp-connection.js';
import { type ClientCertificate, noCertificate, readClientCertificate } from './client-certificate.ts';
import type { Envelope, Reply, Session } from './message.ts';
import type { RelayServer } from './server.ts';
import { allowedDataMs, createDeadline, type Deadline } from './server-deadline.ts';
import { RelayParser } from './server-parser.ts';
import { needsUtf8, parsePathCommand } from './server-path.ts';

/** What MAIL says. */
export type Mail = {
  readonly from: string;
  /** From `SIZE=`, an estimate of the client's. */
  readonly sizeBytes: number | undefined;
  readonly is8bit: boolean;
  readonly isUtf8: boolean;
};

/** Whom a successful AUTH proved: a name, and the ids of the tenants who know it by that password. */
export type Identity = { readonly user: string; readonly tenants: readonly string[] };

/** One message from an accepted MAIL to its reply. */
export type Transaction = {
  /** Takes the content and answers with the one reply. `signal` aborts when the client is gone or the server stops. */
  readonly receive: (envelope: Envelope, content: Readable, signal: AbortSignal) => Promise<Reply>;
  /** Called exactly once: behind the reply, or when the transaction is given up before. */
  readonly end: () => void;
};

/** What the client owes us, or we owe it. */
type State = 'starting' | 'command' | 'handshake' | 'data' | 'working';

const MAIL_PARAMETERS = ['SIZE', 'BODY', 'SMTPUTF8', 'AUTH'];
/** Given, as the default is an exception with its stack, made anew by every call. */
const gone = 'the client is gone';
const tooLong = '4.5.2 Command line too long';
const CODED = /^[245]\.\d{1,3}\.\d{1,3} /;
/** Commands that bring no mail forward. */
const JUNK = /^(?:NOOP|RSET|HELO|EHLO|VRFY|EXPN|HELP|AUTH|STARTTLS)\b/i;
/** Replies to commands that a client got wrong; a refused message or recipient is not one. */
const CLIENT_ERRORS: ReadonlySet<number> = new Set([500, 501, 502, 503, 504, 530, 535, 538, 555]);

export class RelayConnection extends SMTPConnection {
  readonly #relay: RelayServer;
  #state: State = 'starting';
  readonly #wait: Deadline;
  readonly #life: Deadline;
  /** The socket on top: during a handshake the library keeps the one below. */
  #top: Socket;
  #isLast = false;
  #errors = 0;
  #junk = 0;
  #isMailRefused = false;
  #mail: Mail | undefined;
  #recipients = new Set<string>();
  #transaction: Transaction | undefined;
  #gone = new AbortController();
  #certificate: ClientCertificate = noCertificate;
  #user: Identity | undefined;
  /** The socket whose replies wait for the end of this turn. */
  #gathering: Socket | undefined;

  constructor(relay: RelayServer, socket: Socket, options?: SMTPConnectionOptions | null) {
    super(relay, socket, { ...options, id: relay.nextId() });
    this.#relay = relay;
    // Replies are ASCII; so Node does not look for more.
    socket.setDefaultEncoding('latin1');
    this.#top = socket;
    this.#wait = createDeadline(relay.timers);
    this.#life = createDeadline(relay.timers);
  }

  /** Greets at once: an early talker's bytes are just commands, and there is nothing to learn from waiting for them. */
  override init(): void {
    this.#life.set(this.#relay.limits.connectionMs, () => this.#finish('4.4.2 Connection lasted too long'));
    this._setListeners(() => this.connectionReady());
    this.#awaitCommand(this.#relay.limits.commandMs);
  }

  override _createParser(): RelayParser {
    const parser = new RelayParser(this._server.options.maxCommandLength ?? 0);
    parser.oncommand = (line: Buffer, next?: () => void) => this._onCommand(line, next);
    parser.on('error', () => this.send(421, tooLong));
    return parser;
  }

  /** Closes now, or behind the reply to the message in work. */
  stop(): void {
    if (this.#state === 'handshake') this.#top.destroy();
    else this.#finish('4.3.2 Service shutting down');
    this.#gone.abort(gone);
  }

  #finish(text: string): void {
    this.#isLast = true;
    // A message on its way in is given up on a stop, but not because the connection is old: DATA has its own limit.
    const isBusy = this.#state === 'working' || (this.#state === 'data' && !this.#relay.isStopping);
    if (!isBusy) this.send(421, text);
  }

  override send(code: number, data?: string | string[] | null, context?: string | false): void {
    this.#gather();
    super.send(code, data, typeof data === 'string' && CODED.test(data) ? false : context);
    // A client that sends ahead learns of a refused MAIL too late: what followed it is no further mistake.
    const isFollowUp = code === 503 && this.#isMailRefused;
    const isStranger = code === 550 && this.#state === 'command';
    if ((CLIENT_ERRORS.has(code) && !isFollowUp) || isStranger) this.#countError();
  }

  /**
   * Replies of one turn leave in one packet: to a client that sends MAIL, RCPT and DATA at once they are one write instead
   * of three, and writes are a quarter of what a small message costs. Ending a socket releases what it holds by itself.
   */
  #gather(): void {
    if (this.#gathering === this._socket) return;
    this.#release();
    this.#gathering = this._socket;
    this._socket.cork();
    queueMicrotask(() => this.#release());
  }

  #release(): void {
    const socket = this.#gathering;
    this.#gathering = undefined;
    socket?.uncork();
  }

  #countError(): void {
    this.#errors++;
    if (this.#errors >= this.#relay.limits.errors) super.send(421, '4.7.0 Too many errors', false);
  }

  override _onCommand(line: Buffer, next?: () => void): void {
    this.#wait.clear();
    const { commandBytes, junkCommands } = this.#relay.limits;
    if (JUNK.test(line.toString('latin1', 0, 16))) this.#junk++;
    if (line.length > commandBytes) this.send(421, tooLong);
    else if (this.#junk > junkCommands) this.send(421, '4.7.0 Too many commands without mail');
    else super._onCommand(line, next);
  }

  /** The library calls this behind every command: from here on the client owes us the next one. */
  override _whenWritable(next: () => void): void {
    if (this.#state === 'command') this.#awaitCommand(this.#relay.limits.commandMs);
    super._whenWritable(next);
  }

  #awaitCommand(ms: number): void {
    this.#state = 'command';
    this.#wait.set(ms, () => this.send(421, '4.4.2 Timeout'));
  }

  override _armTimeout(socket: Socket = this._socket): void {
    this.#top = socket;
    super._armTimeout(socket);
  }

  override upgrade(callback: () => void, secureCallback?: () => void): void {
    this.#state = 'handshake';
    // The reply to STARTTLS goes out in the clear, before the socket is another's.
    this.#release();
    super.upgrade(callback, secureCallback);
    // The topmost socket: pulling the one below away in mid-handshake crashes Node.
    this.#wait.set(this.#relay.limits.handshakeMs, () => this.#top.destroy());
  }

  /** The handshake is done. What the client said before it is forgotten (RFC 3207 4.2). */
  secured(): void {
    this.#user = undefined;
    const { authorities, clock } = this.#relay;
    this.#certificate =
      this._socket instanceof TLSSocket
        ? readClientCertificate(this._socket, authorities, clock.now())
        : noCertificate;
    this.#awaitCommand(this.#relay.limits.commandMs);
  }

  authenticated(user: Identity): void {
    this.#user = user;
  }

  /** The library's parser would change domains and refuse addresses that are in use. */
  override _parseAddressCommand(rawName: string, rawCommand: Buffer | string) {
    const verb = /^mail/i.test(rawName) ? 'mail' : 'rcpt';
    const parsed = typeof rawCommand === 'string' ? undefined : parsePathCommand(verb, rawCommand);
    if (!parsed) return false;
    const args = Object.fromEntries(
      parsed.parameters.map(({ keyword, value }) => [keyword, value ?? (true as const)]),
    );
    return { address: parsed.address, args };
  }

  /** Answers a refusal, or undefined once the transaction has begun. */
  async mail(address: SMTPServerAddress): Promise<Reply | undefined> {
    const refusal = await this.#begin(address);
    this.#isMailRefused = refusal !== undefined;
    return refusal;
  }

  async #begin({ address, args }: SMTPServerAddress): Promise<Reply | undefined> {
    const given = args || {};
    const unknown = Object.keys(given).find(keyword => !MAIL_PARAMETERS.includes(keyword));
    if (unknown !== undefined) return { code: 555, text: '5.5.4 Unknown MAIL parameter' };
    const isUtf8 = given.SMTPUTF8 === true;
    if (needsUtf8(address) && !isUtf8) return { code: 553, text: '5.6.7 Address needs SMTPUTF8' };
    this.#mail = {
      from: address,
      sizeBytes: typeof given.SIZE === 'string' ? Number(given.SIZE) : undefined,
      is8bit: typeof given.BODY === 'string' && given.BODY.toUpperCase() === '8BITMIME',
      isUtf8,
    };
    const begun = await this.#relay.begin(this.#describe(), this.#mail, this.#gone.signal);
    if ('code' in begun) return begun;
    // The client left or was sent away while the transaction was waiting for its turn.
    if (this._closed || this._closing) begun.end();
    else this.#transaction = begun;
    return undefined;
  }

  recipient({ address, args }: SMTPServerAddress): Reply | undefined {
    if (Object.keys(args || {}).length > 0) return { code: 555, text: '5.5.4 Unknown RCPT parameter' };
    if (needsUtf8(address) && !this.#mail?.isUtf8) return { code: 553, text: '5.6.7 Address needs SMTPUTF8' };
    // The library counts `A@` and `a@` as one and would forget the first.
    if (this.#recipients.size >= this.#relay.limits.recipients && !this.#recipients.has(address)) {
      return { code: 452, text: '4.5.3 Too many recipients' };
    }
    this.#recipients.add(address);
    return undefined;
  }

  async data(content: Readable & { readonly byteLength: number }): Promise<Reply> {
    // Before anything is awaited: a stream without this listener ends the process when the client leaves.
    content.on('error', () => {});
    const { signal } = this.#gone;
    this.#state = 'data';
    this.#limitData(content, this.#relay.clock.elapsed());
    content.once('end', () => {
      this.#wait.clear();
      this.#state = 'working';
    });
    const transaction = this.#transaction;
    const mail = this.#mail;
    if (!transaction || !mail) return { code: 503, text: '5.5.1 Need MAIL' };
    const { from, is8bit, isUtf8 } = mail;
    const envelope = { from, recipients: [...this.#recipients], is8bit, isUtf8 };
    return await transaction.receive(envelope, content, signal);
  }

  /** Behind the reply to a message, and before anything that the client sent ahead is read. */
  #answered(): void {
    this.#junk = 0;
    this.#awaitCommand(this.#relay.limits.idleMs);
    const text = this.#relay.isStopping ? '4.3.2 Service shutting down' : '4.4.2 Connection lasted too long';
    if (this.#isLast) this.send(421, text);
  }

  /** The message's work is over. On a connection that has ended nothing else tells its transaction so. */
  settled(): void {
    if (this._closing || this._closed) this.#endTransaction();
  }

  #limitData(content: { readonly byteLength: number }, startedAt: number): void {
    const allowed = allowedDataMs(content.byteLength, this.#relay.limits);
    const left = startedAt + allowed - this.#relay.clock.elapsed();
    if (left <= 0) this.send(421, '4.4.2 Message arrives too slowly');
    else this.#wait.set(left, () => this.#limitData(content, startedAt));
  }

  #describe(): Session {
    return {
      id: this.id,
      address: this.remoteAddress,
      helo: (this.hostNameAppearsAs || '').replace(/[^\x21-\x7e]/g, '?'),
      isSecure: this.secure,
      user: this.#user?.user,
      userTenants: this.#user?.tenants ?? [],
      certificateNames: this.#certificate.names,
      microsoft: this.#certificate.microsoft,
    };
  }

  /** The library's: at EHLO, RSET, STARTTLS, and behind the reply to a message. Whatever was begun is over. */
  override _resetSession(): void {
    super._resetSession();
    this.#endTransaction();
    if (this.#state === 'working' && !this._closing && !this._closed) this.#answered();
  }

  #endTransaction(): void {
    const transaction = this.#transaction;
    this.#transaction = undefined;
    this.#mail = undefined;
    this.#recipients = new Set();
    transaction?.end();
  }

  override close(): void {
    super.close();
    // Nobody is waited for any more: without it a client that does not close keeps the server for seconds.
    if (this.#relay.isStopping) this.#top.destroySoon();
    this.#wait.clear();
    this.#life.clear();
    this.#leave();
  }

  override _onClose(): void {
    super._onClose();
    this.#relay.left(this);
    this.#wait.clear();
    this.#life.clear();
    this.#leave();
  }

  /** A message in work keeps its transaction until its reply is known; what was only begun ends here. */
  #leave(): void {
    this.#gone.abort(gone);
    if (this.#state !== 'working' && this.#state !== 'data') this.#endTransaction();
  }
}
