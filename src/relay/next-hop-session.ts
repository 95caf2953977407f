/**
 * One SMTP connection to a next hop behind greeting, TLS and AUTH: envelope, body, dot, each a step of its own that ends
 * in a value. It knows for certain whether the final dot has gone: a failure before it can be forgotten (a server must
 * not act on unfinished DATA), one after it leaves the fate of the message unknown.
 *
 * It refuses to go on after anything odd: an answer that nobody asked for, no answer, an answer that is none. Such a
 * connection is destroyed, never used again.
 */
import { Buffer } from 'node:buffer';
import type { Socket } from 'node:net';
import { createDataWriter } from './next-hop-data.ts';
import { createReplyReader, type NextHopReply } from './next-hop-reply.ts';

export type Stage = 'connect' | 'greeting' | 'ehlo' | 'starttls' | 'auth' | 'envelope' | 'body' | 'dot';

/** Why a step did not end as hoped. `cause` is for the log: the system's words, printable. */
export type Failure = {
  readonly kind: 'failure';
  readonly stage: Stage;
  readonly reason: 'network' | 'timeout' | 'tls' | 'refused' | 'protocol' | 'no-mail' | 'cancelled';
  /** The refusal, when the next hop said one. */
  readonly reply?: NextHopReply;
  readonly cause: string;
};

/** What the next hop offered in answer to EHLO. `sizeLimit` is in bytes, 0 without one. */
export type Extensions = {
  readonly is8bit: boolean;
  readonly isUtf8: boolean;
  readonly isPipelining: boolean;
  readonly isSize: boolean;
  readonly sizeLimit: number;
};

export type OutgoingEnvelope = {
  readonly from: string;
  readonly recipients: readonly string[];
  readonly is8bit: boolean;
  readonly isUtf8: boolean;
  /** Bytes of the content before dots are doubled (RFC 1870 3). */
  readonly sizeBytes: number;
};

/** Answers to one envelope; `data` is missing when DATA was not asked because nobody was accepted. */
export type EnvelopeAnswer = {
  readonly kind: 'answered';
  readonly mail: NextHopReply;
  /** In the order of the recipients; empty when MAIL was refused. */
  readonly recipients: readonly NextHopReply[];
  readonly data?: NextHopReply;
};

export type NextHopSession = {
  /** The host spoken to. */
  readonly host: string;
  readonly extensions: Extensions;
  readonly isSecure: boolean;
  readonly envelope: (envelope: OutgoingEnvelope) => Promise<EnvelopeAnswer | Failure>;
  /** Sends all of the content but its end; undefined once the system has taken every byte. */
  readonly body: (slices: readonly Uint8Array[]) => Promise<Failure | undefined>;
  /** Sends the end of the content, after `body`. From this call on the message may have been taken. */
  readonly dot: () => Promise<NextHopReply | Failure>;
  /** `body` and `dot` at once, for a small message that waits for nobody. */
  readonly bodyAndDot: (slices: readonly Uint8Array[]) => Promise<NextHopReply | Failure>;
  /** Whether the last message was taken without any refusal and nothing stands in the way of a next one. */
  readonly isReusable: () => boolean;
  /** Messages taken over this connection. */
  readonly messages: () => number;
  /** Called when an idle connection ends or speaks. */
  readonly onLost: (lost: () => void) => void;
  /** Ends the connection at once; a step under way fails with `reason`. */
  readonly destroy: (reason: Failure['reason']) => void;
  /** Takes leave of an idle connection. */
  readonly quit: () => void;
};

export type SessionLimits = { readonly replyBytes: number; readonly sliceBytes: number };

/** `socket` has no listeners of others left that read or end it, and no unread bytes. */
export function createSession({
  socket,
  host,
  extensions,
  isSecure,
  limits,
}: {
  readonly socket: Socket;
  readonly host: string;
  readonly extensions: Extensions;
  readonly isSecure: boolean;
  readonly limits: SessionLimits;
}): NextHopSession {
  const reader = createReplyReader(limits.replyBytes);
  let stage: Stage = 'envelope';
  let failure: Failure | undefined;
  let isClean = true;
  let messages = 0;
  let writer = createDataWriter();
  let waiting:
    | { readonly count: number; readonly done: (result: NextHopReply[] | Failure) => void }
    | undefined;
  let replies: NextHopReply[] = [];
  let onLost: (() => void) | undefined;
  let wakeWriter: (() => void) | undefined;

  socket.on('data', onData);
  socket.on('error', error => fail('network', wordsOf(error)));
  socket.on('end', () => fail('network', 'the next hop closed the connection'));
  socket.on('close', () => fail('network', 'the connection is closed'));

  return {
    host,
    extensions,
    isSecure,
    envelope,
    body,
    dot,
    bodyAndDot,
    isReusable: () => isClean && !failure && !waiting && reader.isEmpty() && socket.writable,
    messages: () => messages,
    onLost: lost => {
      onLost = lost;
    },
    destroy: reason => fail(reason, reason === 'timeout' ? 'no answer in time' : 'given up by Signet'),
    quit,
  };

  async function envelope(wanted: OutgoingEnvelope): Promise<EnvelopeAnswer | Failure> {
    stage = 'envelope';
    isClean = false;
    writer = createDataWriter();
    const commands = [mailCommand(wanted, extensions), ...wanted.recipients.map(to => `RCPT TO:<${to}>\r\n`)];
    const answer = extensions.isPipelining ? await askAtOnce(commands) : await askInTurn(commands);
    isClean = answer.kind === 'answered' && answer.data?.code === 354 && answer.recipients.every(isAccepted);
    return answer;
  }

  /** RFC 2920: the whole envelope and DATA in one packet. */
  async function askAtOnce(commands: readonly string[]): Promise<EnvelopeAnswer | Failure> {
    const answers = await ask(`${commands.join('')}DATA\r\n`, commands.length + 1);
    if ('kind' in answers) return answers;
    const [mail, ...recipients] = answers.slice(0, -1);
    const data = answers.at(-1);
    if (!mail || !data) return fail('protocol', 'answers are missing');
    return { kind: 'answered', mail, recipients: isAccepted(mail) ? recipients : [], data };
  }

  async function askInTurn(commands: readonly string[]): Promise<EnvelopeAnswer | Failure> {
    const answers: NextHopReply[] = [];
    for (const command of commands) {
      const answer = await askOne(command);
      if ('kind' in answer) return answer;
      answers.push(answer);
      if (answers.length === 1 && !isAccepted(answer)) break;
    }
    const [mail, ...recipients] = answers;
    if (!mail) return fail('protocol', 'answers are missing');
    if (!recipients.some(isAccepted)) return { kind: 'answered', mail, recipients };
    const data = await askOne('DATA\r\n');
    return 'kind' in data ? data : { kind: 'answered', mail, recipients, data };
  }

  async function askOne(command: string): Promise<NextHopReply | Failure> {
    const answers = await ask(command, 1);
    return 'kind' in answers ? answers : (answers[0] ?? fail('protocol', 'an answer is missing'));
  }

  function ask(commands: string, count: number): Promise<NextHopReply[] | Failure> {
    const answers = expect(count);
    // latin1 is the fast road for what is ASCII anyway.
    if (!failure) socket.write(commands, isAsciiText(commands) ? 'latin1' : 'utf8');
    return answers;
  }

  function expect(count: number): Promise<NextHopReply[] | Failure> {
    if (failure) return Promise.resolve(failure);
    return new Promise(done => {
      waiting = { count, done };
    });
  }

  async function body(slices: readonly Uint8Array[]): Promise<Failure | undefined> {
    stage = 'body';
    for (const batch of batches(slices)) {
      if (failure) return failure;
      await written(batch);
    }
    return failure;
  }

  function dot(): Promise<NextHopReply | Failure> {
    return finish([writer.end()]);
  }

  function bodyAndDot(slices: readonly Uint8Array[]): Promise<NextHopReply | Failure> {
    const chunks = slices.map(slice => writer.encode(slice));
    return finish([...chunks, writer.end()]);
  }

  async function finish(chunks: readonly Buffer[]): Promise<NextHopReply | Failure> {
    if (failure) return failure;
    stage = 'dot';
    const answer = expect(1);
    // A small message is copied into one buffer: that is cheaper than a list of pieces for the system to gather.
    socket.write(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks));
    const answers = await answer;
    if ('kind' in answers) return answers;
    const [reply] = answers;
    if (!reply) return fail('protocol', 'an answer is missing');
    if (isAccepted(reply)) messages += 1;
    isClean = isClean && isAccepted(reply);
    return reply;
  }

  /** Pieces of at most `sliceBytes`, gathered so that small ones share a packet. */
  function* batches(slices: readonly Uint8Array[]): Generator<readonly Uint8Array[]> {
    let batch: Uint8Array[] = [];
    let size = 0;
    for (const slice of slices) {
      for (let from = 0; from < slice.length; from += limits.sliceBytes) {
        const piece = slice.subarray(from, from + limits.sliceBytes);
        if (size > 0 && size + piece.length > limits.sliceBytes) {
          yield batch;
          batch = [];
          size = 0;
        }
        batch.push(piece);
        size += piece.length;
      }
    }
    if (size > 0) yield batch;
  }

  /** Waits until the system has taken the batch: what lies in its buffers is enough to keep the line busy. */
  function written(batch: readonly Uint8Array[]): Promise<void> {
    return new Promise(wake => {
      wakeWriter = wake;
      socket.cork();
      for (const piece of batch.slice(0, -1)) socket.write(writer.encode(piece));
      for (const piece of batch.slice(-1)) socket.write(writer.encode(piece), () => wake());
      socket.uncork();
    });
  }

  function onData(chunk: Buffer) {
    const read = reader.push(chunk);
    if (read === 'garbage') return void fail('protocol', 'the answer is no SMTP reply');
    for (const reply of read) onReply(reply);
  }

  function onReply(reply: NextHopReply) {
    if (!waiting) return void fail('refused', 'an answer that nobody asked for', reply);
    replies.push(reply);
    // 421 ends the connection, whatever it answers (RFC 5321 4.2.1); what was asked behind it gets no answer.
    if (reply.code === 421) return void fail('refused', 'the next hop ends the connection', reply);
    if (replies.length < waiting.count) return;
    const { done } = waiting;
    const answers = replies;
    waiting = undefined;
    replies = [];
    done(answers);
  }

  /** Ends the connection and whatever waits for it; the first cause is kept. */
  function fail(reason: Failure['reason'], cause: string, reply?: NextHopReply): Failure {
    if (failure) return failure;
    failure = { kind: 'failure', stage, reason, cause, ...(reply && { reply }) };
    socket.destroy();
    waiting?.done(failure);
    waiting = undefined;
    wakeWriter?.();
    onLost?.();
    return failure;
  }

  function quit() {
    if (failure) return;
    failure = { kind: 'failure', stage, reason: 'cancelled', cause: 'left by Signet' };
    socket.write('QUIT\r\n');
    socket.destroySoon();
  }
}

export function isAccepted(reply: NextHopReply): boolean {
  return reply.code < 400;
}

function mailCommand(envelope: OutgoingEnvelope, extensions: Extensions): string {
  const size = extensions.isSize ? ` SIZE=${envelope.sizeBytes}` : '';
  const body = envelope.is8bit ? ' BODY=8BITMIME' : '';
  const utf8 = envelope.isUtf8 ? ' SMTPUTF8' : '';
  return `MAIL FROM:<${envelope.from}>${size}${body}${utf8}\r\n`;
}

function isAsciiText(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}

export function wordsOf(error: unknown): string {
  const words =
    error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.message) : String(error);
  return words.replace(/[^\x20-\x7e]/g, '?').slice(0, 200);
}
