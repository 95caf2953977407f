/**
 * The content of one message, from the client into one buffer, inside the memory budget. Every byte that is kept was
 * reserved before; a message that is too large or for which there is no room is read to its end and not kept, so that
 * the session stays in step. Never rejects, whatever becomes of the client.
 */
import { Buffer } from 'node:buffer';
import type { Readable } from 'node:stream';
import type { Reservation } from './budget.ts';

export type Received =
  | { readonly kind: 'whole'; readonly bytes: Buffer }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'no-memory' }
  /** The client left, or was sent away, before the end. */
  | { readonly kind: 'gone' };

export type ReceiveOptions = {
  /** Stands for this message alone; belongs to the caller, who releases it. */
  readonly reservation: Reservation;
  /** What the client announced with `SIZE=`, if anything. */
  readonly sizeBytes: number | undefined;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
};

const FIRST_BYTES = 16 * 1024;

export function receive(content: Readable, options: ReceiveOptions): Promise<Received> {
  const { signal } = options;
  return new Promise(resolve => {
    const store = new Store(options);
    const settle = (received: Received) => {
      signal.removeEventListener('abort', leave);
      content.off('data', take).off('end', finish).off('close', leave);
      resolve(received);
    };
    const leave = () => settle({ kind: 'gone' });
    const take = (chunk: Buffer) => store.add(chunk);
    const finish = () => settle(store.finish());
    content.on('error', leave);
    if (signal.aborted || content.destroyed) return leave();
    signal.addEventListener('abort', leave, { once: true });
    content.on('data', take).on('end', finish).on('close', leave);
  });
}

/** Lives as long as one DATA command. */
class Store {
  readonly #options: ReceiveOptions;
  #buffer: Buffer;
  #length = 0;
  #refusal: 'too-large' | 'no-memory' | undefined;

  constructor(options: ReceiveOptions) {
    this.#options = options;
    // Announced sizes are mostly right; a wrong one costs a copy. Pages that nobody writes to take no memory.
    const wanted = Math.min(options.sizeBytes ?? FIRST_BYTES, options.maxBytes);
    this.#buffer = Buffer.alloc(0);
    this.#resize(Math.max(wanted, 1));
  }

  add(chunk: Buffer): void {
    if (this.#refusal) return;
    const length = this.#length + chunk.length;
    if (length > this.#options.maxBytes) this.#refuse('too-large');
    else if (length > this.#buffer.length) this.#grow(length);
    if (this.#refusal) return;
    chunk.copy(this.#buffer, this.#length);
    this.#length = length;
  }

  #grow(length: number): void {
    // Half as much again: at most three quarters of all bytes are ever copied twice, and the peak is known.
    const larger = Math.min(this.#options.maxBytes, Math.max(length, Math.ceil(this.#buffer.length * 1.5)));
    this.#resize(larger);
  }

  finish(): Received {
    if (this.#refusal) return { kind: this.#refusal };
    // What lies behind the end is still allocated; it counts until the message is gone.
    return { kind: 'whole', bytes: this.#buffer.subarray(0, this.#length) };
  }

  /** While bytes move, old and new buffer are both there, and both are reserved. */
  #resize(bytes: number): void {
    const { reservation } = this.#options;
    if (!reservation.growTo(this.#buffer.length + bytes)) {
      this.#refuse('no-memory');
      return;
    }
    // `Slow`: a slice of Node's pool would keep the bytes of others alive and in reach. Not shared memory: V8 does not count
    // that, and hardly ever frees what outlives two young collections.
    const larger = Buffer.allocUnsafeSlow(bytes);
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
    reservation.shrinkTo(bytes);
  }

  #refuse(refusal: 'too-large' | 'no-memory'): void {
    this.#refusal = refusal;
    this.#buffer = Buffer.alloc(0);
    this.#options.reservation.shrinkTo(0);
  }
}
