/**
 * Memory for all messages in flight, in bytes. Whoever keeps bytes of a message has reserved them here first, and gives
 * them back in `finally`; what cannot be reserved is answered `452 4.3.1`, and the previous hop keeps the message.
 */
export type Reservation = {
  readonly bytes: number;
  /** Makes the reservation at least that large; false, and nothing changes, when the budget does not hold so much. */
  readonly growTo: (bytes: number) => boolean;
  readonly shrinkTo: (bytes: number) => void;
  /** Gives everything back; more than once does no harm. */
  readonly release: () => void;
};

/** Lives as long as the relay. */
export class Budget {
  readonly capacityBytes: number;
  #reservedBytes = 0;

  constructor(capacityBytes: number) {
    this.capacityBytes = capacityBytes;
  }

  get reservedBytes(): number {
    return this.#reservedBytes;
  }

  /** A reservation of so many bytes, or undefined when they are not to be had now. */
  reserve(bytes: number): Reservation | undefined {
    const reservation = this.#open();
    return reservation.growTo(bytes) ? reservation : undefined;
  }

  #open(): Reservation {
    let held = 0;
    let isReleased = false;
    const take = (bytes: number) => {
      this.#reservedBytes += bytes - held;
      held = bytes;
    };
    return {
      get bytes() {
        return held;
      },
      growTo: bytes => {
        if (isReleased) return false;
        if (bytes <= held) return true;
        if (this.#reservedBytes + bytes - held > this.capacityBytes) return false;
        take(bytes);
        return true;
      },
      shrinkTo: bytes => {
        if (!isReleased && bytes < held) take(bytes);
      },
      release: () => {
        take(0);
        isReleased = true;
      },
    };
  }
}

/** Lives as long as the relay: at most so many at once, the rest wait in order. */
export class Slots {
  readonly capacity: number;
  #taken = 0;
  readonly #waiting: ((isMine: boolean) => void)[] = [];

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get taken(): number {
    return this.#taken;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** True when a slot was free, and is the caller's now. */
  takeNow(): boolean {
    if (this.#taken >= this.capacity) return false;
    this.#taken++;
    return true;
  }

  /**
   * True when a slot became the caller's, who must `give` it back; false when `signal` aborted first. The signal is how
   * the caller limits its patience.
   */
  take(signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false);
    if (this.takeNow()) return Promise.resolve(true);
    return new Promise(resolve => {
      const settle = (isMine: boolean) => {
        signal.removeEventListener('abort', leave);
        resolve(isMine);
      };
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(settle), 1);
        settle(false);
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.push(settle);
    });
  }

  give(): void {
    const next = this.#waiting.shift();
    if (next) next(true);
    else this.#taken--;
  }
}
