/**
 * smtp-server's reader of commands and data, with its handling of dots replaced by `data-mode`. The library's own needs
 * seconds for a message of dot lines and takes a dot away behind a bare LF (test/relay/smtp-server.contract.test.ts pins
 * both, and every member that is used or overridden here).
 */
import type { Buffer } from 'node:buffer';
import type { Writable } from 'node:stream';
import { SMTPStream } from 'smtp-server/lib/smtp-stream.js';
import { DataMode } from './data-mode.ts';

/** Bytes that may wait in front of the parser. With the usual 16 KB a client that leaves during work goes unseen. */
const WAITING_BYTES = 256 * 1024;

export class RelayParser extends SMTPStream {
  #data = new DataMode();

  constructor(maxCommandLength: number) {
    super({ maxCommandLength, highWaterMark: WAITING_BYTES });
  }

  override startDataMode(maxBytes?: number | string | null) {
    this.#data = new DataMode();
    return super.startDataMode(maxBytes);
  }

  override _feedDataStream(chunk: Buffer, done: (error?: Error | null) => void): void {
    const stream = this._dataStream;
    const piece = this.#data.take(chunk);
    this._countDataBytes(piece.content.length);
    if (piece.kind === 'end') this._endDataMode(piece.content, piece.rest, done);
    else if (!stream?.writable || piece.content.length === 0 || stream.write(piece.content)) done();
    else whenDrained(stream, done);
  }

  /** What a client had begun to type when it left is no command. */
  override _flushData(): void {}
}

/** A stream that was destroyed never drains, it only closes. */
function whenDrained(stream: Writable, run: () => void): void {
  const go = () => {
    stream.off('drain', go).off('close', go);
    run();
  };
  stream.on('drain', go).on('close', go);
}
