/** A failed query: the database's own code (`SQLITE_BUSY`, `SQLITE_FULL`, `23505`), for the log and for deciding whether later helps. */
export class StoreError extends Error {
  readonly code: string;
  constructor(message: string, code: string) {
    super(`${message} (${code})`);
    this.code = code;
  }
}

/** The thread is gone: the process is stopping, or the thread met an error nobody expected. */
export const threadEnded = 'THREAD_ENDED';
