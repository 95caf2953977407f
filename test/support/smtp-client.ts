/** A client that knows no SMTP: it sends the bytes it is told to, and reads replies. */
import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';

export type SmtpClient = {
  readonly socket: Socket;
  /** The next whole reply, its lines joined with LF; undefined when the server has closed. */
  readonly reply: () => Promise<string | undefined>;
  readonly send: (text: string) => void;
  /** Sends pieces of these sizes, each in a segment of its own, the last size over and over. */
  readonly sendInPieces: (bytes: Buffer, nextSize: () => number) => Promise<void>;
  readonly closed: Promise<unknown>;
};

export async function connectClient(port: number, localAddress = '127.0.0.1'): Promise<SmtpClient> {
  const socket = connect({ port, host: '127.0.0.1', localAddress, noDelay: true });
  await once(socket, 'connect');
  return clientOn(socket);
}

export function clientOn(socket: Socket): SmtpClient {
  let text = '';
  let wake = () => {};
  let isOver = false;
  const closed = new Promise(resolve => socket.once('close', resolve));
  socket.on('data', chunk => {
    text += chunk.toString('latin1');
    wake();
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    isOver = true;
    wake();
  });
  async function reply(): Promise<string | undefined> {
    for (;;) {
      const match = /^(?:\d{3}-.*\r\n)*\d{3} .*\r\n/.exec(text);
      if (match) {
        text = text.slice(match[0].length);
        return match[0].trimEnd().replaceAll('\r\n', '\n');
      }
      if (isOver) return undefined;
      await new Promise<void>(resolve => {
        wake = resolve;
      });
    }
  }
  async function sendInPieces(bytes: Buffer, nextSize: () => number): Promise<void> {
    for (let at = 0; at < bytes.length && !socket.destroyed; ) {
      const size = nextSize();
      socket.write(bytes.subarray(at, at + size));
      at += size;
      // Client and server share this thread: one turn of the loop, and the server has read this piece alone.
      await nextTurn();
    }
  }
  return {
    socket,
    reply,
    send: line => {
      socket.write(Buffer.from(line, 'latin1'));
    },
    sendInPieces,
    closed,
  };
}

/** Sends each command when the reply before it is there; answers all replies, the greeting first. */
export async function converse(
  port: number,
  commands: readonly string[],
): Promise<readonly (string | undefined)[]> {
  const client = await connectClient(port);
  const replies = [await client.reply()];
  for (const command of commands) {
    client.send(command);
    replies.push(await client.reply());
  }
  client.socket.destroy();
  return replies;
}

/** EHLO and STARTTLS on a fresh connection, `ahead` in one segment with it; answers a client on the secured socket, before its EHLO. */
export async function connectSecurely(
  port: number,
  options: ConnectionOptions = {},
  ahead = '',
): Promise<SmtpClient> {
  const plain = await connectClient(port);
  await plain.reply();
  plain.send('EHLO client.example\r\n');
  await plain.reply();
  plain.send(`STARTTLS\r\n${ahead}`);
  const ready = await plain.reply();
  if (!ready?.startsWith('220 ')) throw new Error(`STARTTLS was answered "${ready}"`);
  plain.socket.removeAllListeners('data');
  const secured = connectTls({ socket: plain.socket, rejectUnauthorized: false, ...options });
  await once(secured, 'secureConnect');
  return clientOn(secured);
}
