/**
 * A next hop scripted by stage: a plain SMTP server that keeps what it took, and does at any stage of any connection what
 * a test tells it to. It knows no library, so that it can be as wrong as servers are.
 */
import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';

export const nextHopStages = [
  'connect',
  'greeting',
  'ehlo',
  'starttls',
  'mail',
  'rcpt',
  'data',
  'body',
  'dot',
  'reply',
] as const;
export type NextHopStage = (typeof nextHopStages)[number];

/** `say` answers with these bytes instead; `hang` never answers; `trickle` answers right, byte by byte. */
export type NextHopFault =
  | { readonly kind: 'say'; readonly text: string }
  | { readonly kind: 'say-and-close'; readonly text: string }
  | { readonly kind: 'hang' | 'reset' | 'half-close' | 'close' | 'trickle' };

/** Where the server stands: `connection` and `message` count from 0, messages on this connection. */
export type Moment = {
  readonly stage: NextHopStage;
  readonly connection: number;
  readonly message: number;
  readonly from: string;
  /** The recipient asked for, at `rcpt`; else ''. */
  readonly recipient: string;
  readonly recipients: readonly string[];
};

export type Delivery = {
  readonly from: string;
  readonly recipients: readonly string[];
  /** Dots undone. */
  readonly content: string;
  readonly parameters: string;
  readonly connection: number;
};

export type NextHopScript = {
  readonly fault?: (moment: Moment) => NextHopFault | undefined;
  /** Keywords after EHLO. */
  readonly extensions?: readonly string[];
  /** PEM; with it STARTTLS is offered. */
  readonly tls?: { readonly certificate: string; readonly key: string; readonly ca?: string };
  /** Users and passwords of AUTH PLAIN. */
  readonly users?: Readonly<Record<string, string>>;
};

export type ScriptedNextHop = {
  readonly port: number;
  readonly deliveries: readonly Delivery[];
  /** Every command line, in order of arrival over all connections. */
  readonly commands: readonly string[];
  readonly connections: () => number;
  readonly openConnections: () => number;
  /** Resolves when `stage` is reached for the `count`th time. */
  readonly reached: (stage: NextHopStage, count?: number) => Promise<void>;
  /** Resolves when no connection is open any more. */
  readonly allClosed: () => Promise<void>;
  /** Ends all connections, as a server does that has waited long enough. */
  readonly dropConnections: () => void;
  readonly close: () => Promise<void>;
};

export async function startNextHop(script: NextHopScript = {}): Promise<ScriptedNextHop> {
  const deliveries: Delivery[] = [];
  const commands: string[] = [];
  const sockets = new Set<Socket>();
  const seen = new Map<NextHopStage, number>();
  let wake: (() => void)[] = [];
  let count = 0;

  const server: Server = createServer({ allowHalfOpen: true, noDelay: true }, socket => {
    sockets.add(socket);
    socket.on('close', () => {
      sockets.delete(socket);
      stir();
    });
    serve(socket, {
      script,
      connection: count++,
      onCommand: line => commands.push(line),
      onDelivery: delivery => deliveries.push(delivery),
      onStage: stage => {
        seen.set(stage, (seen.get(stage) ?? 0) + 1);
        stir();
      },
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    port: (server.address() as AddressInfo).port,
    deliveries,
    commands,
    connections: () => count,
    openConnections: () => sockets.size,
    reached: (stage, times = 1) => until(() => (seen.get(stage) ?? 0) >= times),
    allClosed: () => until(() => sockets.size === 0),
    dropConnections,
    close: async () => {
      dropConnections();
      server.close();
      await once(server, 'close');
    },
  };

  function dropConnections() {
    for (const socket of sockets) socket.destroy();
  }

  function stir() {
    const waiting = wake;
    wake = [];
    for (const run of waiting) run();
  }

  async function until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) await new Promise<void>(run => wake.push(run));
  }
}

type Serving = {
  readonly script: NextHopScript;
  readonly connection: number;
  readonly onCommand: (line: string) => void;
  readonly onDelivery: (delivery: Delivery) => void;
  readonly onStage: (stage: NextHopStage) => void;
};

function serve(plain: Socket, { script, connection, onCommand, onDelivery, onStage }: Serving): void {
  let socket: Socket = plain;
  let rest = '';
  let message = 0;
  let from = '';
  let parameters = '';
  let recipients: string[] = [];
  let content: string[] | undefined;
  let isSecure = false;
  let isDeaf = false;
  let isSpoilt = false;

  listenTo(plain);
  if (!isFaulty('connect', '')) answer('greeting', '220 next-hop.test ready\r\n');

  function listenTo(stream: Socket) {
    socket = stream;
    stream.on('error', () => stream.destroy());
    stream.on('data', chunk => onBytes(chunk.toString('latin1')));
    stream.on('end', () => stream.end());
  }

  function onBytes(text: string) {
    if (isDeaf) return;
    rest += text;
    for (let end = rest.indexOf('\r\n'); end >= 0 && !isDeaf; end = rest.indexOf('\r\n')) {
      const line = rest.slice(0, end);
      rest = rest.slice(end + 2);
      if (content) onContent(line, content);
      else onLine(line);
    }
  }

  function onContent(line: string, lines: string[]) {
    if (lines.length === 0) isSpoilt = isFaulty('body', '');
    if (isDeaf) return;
    if (line !== '.') return void lines.push(line.startsWith('.') ? line.slice(1) : line);
    content = undefined;
    // Who has refused the content before its end says no more behind it.
    if (!isSpoilt && !isFaulty('dot', '')) {
      onDelivery({
        from,
        recipients,
        parameters,
        connection,
        content: lines.map(each => `${each}\r\n`).join(''),
      });
      answer('reply', '250 2.0.0 taken\r\n');
    }
    message += 1;
    reset();
  }

  function reset() {
    from = '';
    recipients = [];
  }

  function onLine(line: string) {
    onCommand(line);
    const [verb = ''] = line.toUpperCase().split(/[ :]/, 1);
    const [, path = '', more = ''] = /<(.*?)>\s*(.*)$/.exec(line) ?? [];
    switch (verb) {
      case 'EHLO':
        return answer('ehlo', ehloReply());
      case 'HELO':
        return answer('ehlo', '250 next-hop.test\r\n');
      case 'STARTTLS':
        return startTls();
      case 'AUTH':
        return write(authReply(line));
      case 'MAIL':
        reset();
        from = path;
        parameters = more;
        return answer('mail', '250 2.1.0 sender ok\r\n');
      case 'RCPT':
        if (answer('rcpt', '250 2.1.5 recipient ok\r\n', path)) recipients = [...recipients, path];
        return undefined;
      case 'DATA':
        if (recipients.length === 0) return write('503 5.5.1 no recipients\r\n');
        if (answer('data', '354 go on\r\n')) content = [];
        return undefined;
      case 'QUIT':
        socket.end('221 2.0.0 bye\r\n');
        return undefined;
      default:
        return write('500 5.5.2 what?\r\n');
    }
  }

  function ehloReply(): string {
    const extensions = script.extensions ?? ['PIPELINING', 'SIZE 50000000', '8BITMIME', 'SMTPUTF8'];
    const secure = script.tls && !isSecure ? ['STARTTLS'] : [];
    const auth = script.users && isSecure ? ['AUTH PLAIN LOGIN'] : [];
    const lines = ['next-hop.test', ...extensions, ...secure, ...auth];
    return lines.map((line, index) => `250${index === lines.length - 1 ? ' ' : '-'}${line}\r\n`).join('');
  }

  function authReply(line: string): string {
    const [, , encoded = ''] = line.split(' ');
    const [, user = '', password = ''] = Buffer.from(encoded, 'base64').toString().split('\0');
    return script.users?.[user] === password ? '235 2.7.0 welcome\r\n' : '535 5.7.8 wrong\r\n';
  }

  function startTls() {
    const { tls } = script;
    if (!tls) return write('502 5.5.1 no TLS here\r\n');
    if (!answer('starttls', '220 2.0.0 go on\r\n')) return;
    plain.removeAllListeners('data');
    plain.removeAllListeners('end');
    rest = '';
    isSecure = true;
    const secureContext = createSecureContext({
      cert: tls.certificate,
      key: tls.key,
      ...(tls.ca !== undefined && { ca: tls.ca }),
    });
    const wantsCertificate = tls.ca !== undefined;
    listenTo(
      new TLSSocket(plain, {
        isServer: true,
        secureContext,
        requestCert: wantsCertificate,
        rejectUnauthorized: wantsCertificate,
      }),
    );
  }

  /** True when the right answer was given. */
  function answer(stage: NextHopStage, text: string, recipient = ''): boolean {
    const fault = faultAt(stage, recipient);
    if (!fault) write(text);
    else if (fault.kind === 'trickle') trickle(text);
    else commit(fault);
    return !fault || fault.kind === 'trickle';
  }

  function isFaulty(stage: NextHopStage, recipient: string): boolean {
    const fault = faultAt(stage, recipient);
    if (fault && fault.kind !== 'trickle') commit(fault);
    return fault !== undefined && fault.kind !== 'trickle';
  }

  function faultAt(stage: NextHopStage, recipient: string): NextHopFault | undefined {
    const fault = script.fault?.({ stage, connection, message, from, recipient, recipients });
    onStage(stage);
    return fault;
  }

  function commit(fault: NextHopFault) {
    switch (fault.kind) {
      case 'say':
        return write(fault.text);
      case 'say-and-close':
        isDeaf = true;
        socket.end(fault.text);
        return undefined;
      case 'reset':
        isDeaf = true;
        plain.resetAndDestroy();
        return undefined;
      case 'close':
        isDeaf = true;
        socket.destroy();
        return undefined;
      case 'half-close':
        isDeaf = true;
        socket.end();
        return undefined;
      default:
        isDeaf = true;
        return undefined;
    }
  }

  function write(text: string) {
    if (socket.writable) socket.write(text);
  }

  function trickle(text: string) {
    const [first = '', ...others] = text;
    write(first);
    if (others.length > 0) setTimeout(() => trickle(others.join('')), 1);
  }
}
