/** The servers on both sides of Signet, in Python: a sender (smtplib) and a next hop, neither of them written with Signet's code. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { after } from 'node:test';

export type Mail = {
  readonly from: string;
  readonly to: readonly string[];
  readonly data: Buffer;
};
export type Taken = Mail & { readonly tls: boolean };
export type Answer = { readonly code: number; readonly text: string };

const running = new Set<ChildProcessWithoutNullStreams>();
after(() => running.forEach(child => void child.kill('SIGKILL')));

function python(script: string, words: readonly string[] = []) {
  const child = spawn('python3', [join(import.meta.dirname, script), ...words]);
  child.stderr.pipe(process.stderr);
  running.add(child.on('close', () => running.delete(child)));
  return { child, lines: lineReader(createInterface(child.stdout)) };
}

/** Line after line, whether it comes before or after it is asked for. */
function lineReader(input: Interface) {
  const come: string[] = [];
  const asked: ((line: string) => void)[] = [];
  input.on('line', line => {
    const next = asked.shift();
    if (next) next(line);
    else come.push(line);
  });
  return {
    next: () =>
      new Promise<unknown>((resolve, reject) => {
        const line = come.shift();
        if (line !== undefined) return resolve(JSON.parse(line));
        // A test that waits for ever says nothing about what went wrong.
        const patience = setTimeout(() => reject(new Error('nothing came within 30 seconds')), 30_000);
        asked.push(text => {
          clearTimeout(patience);
          resolve(JSON.parse(text));
        });
      }),
    waiting: () => come.length,
  };
}

/** A next hop; with a certificate it offers STARTTLS. */
export async function startSink(tls?: { readonly certificate: string; readonly key: string }) {
  const { child, lines } = python('sink.py', tls ? [tls.certificate, tls.key] : []);
  const { port } = (await lines.next()) as { port: number };
  return {
    port,
    waiting: lines.waiting,
    stop: () => child.kill(),
    /** The next message, in the order in which they were taken. */
    async next(): Promise<Taken> {
      const { data, ...taken } = (await lines.next()) as Omit<Taken, 'data'> & { data: string };
      return { ...taken, data: Buffer.from(data, 'base64') };
    },
  };
}

export type SendOptions = {
  readonly port: number;
  /** File with the authority of the server's certificate: use STARTTLS. */
  readonly tls?: string;
  readonly user?: string;
  readonly password?: string;
};

/** One sender process for many messages. */
export function startSender() {
  const { child, lines } = python('send.py');
  return {
    stop: () => child.stdin.end(),
    async send({ from, to, data }: Mail, options: SendOptions): Promise<Answer> {
      child.stdin.write(`${JSON.stringify({ from, to, data: data.toString('base64'), ...options })}\n`);
      return (await lines.next()) as Answer;
    },
  };
}
