/**
 * Replies of a next hop (RFC 5321 4.2), read from bytes in any segmentation. What does not look like a reply, or never
 * ends, is `garbage`: the connection is given up, nothing is guessed. The peer's words are for log and report only.
 */
import type { Buffer } from 'node:buffer';

export type NextHopReply = {
  /** Three digits, 200 to 599. */
  readonly code: number;
  /** Enhanced status code (RFC 2034) such as `5.1.1`, of the same class as `code`; '' without one. */
  readonly enhanced: string;
  /** What follows the codes: printable ASCII, lines joined by a blank, at most 400 characters. */
  readonly text: string;
};

export type ReplyReader = {
  /** The replies that `chunk` completes, in order. */
  readonly push: (chunk: Buffer) => readonly NextHopReply[] | 'garbage';
  /** Whether no piece of an unfinished reply is waiting. */
  readonly isEmpty: () => boolean;
};

const textLength = 400;

/** `maxBytes`: size of one reply, all its lines together. */
export function createReplyReader(maxBytes: number): ReplyReader {
  let rest = '';
  let lines: string[] = [];
  let bytes = 0;
  return { push, isEmpty: () => rest === '' && lines.length === 0 };

  function push(chunk: Buffer): readonly NextHopReply[] | 'garbage' {
    const replies: NextHopReply[] = [];
    rest += chunk.toString('latin1');
    let from = 0;
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n', from)) {
      const line = rest.slice(from, end > from && rest[end - 1] === '\r' ? end - 1 : end);
      from = end + 1;
      bytes += line.length;
      if (bytes > maxBytes || !isReplyLine(line)) return 'garbage';
      lines.push(line);
      if (line[3] === '-') continue;
      replies.push(readReply(lines));
      lines = [];
      bytes = 0;
    }
    rest = rest.slice(from);
    return bytes + rest.length > maxBytes ? 'garbage' : replies;
  }
}

function isReplyLine(line: string): boolean {
  return /^[2-5][0-9]{2}(?:[ -]|$)/.test(line);
}

/** `lines` is not empty; the code of the last line counts, as for every client. */
function readReply(lines: readonly string[]): NextHopReply {
  const code = Number((lines.at(-1) ?? '').slice(0, 3));
  const words = lines
    .slice(0, 20)
    .map(line => line.slice(4, 4 + textLength))
    .join(' ');
  const status = /^([245]\.\d{1,3}\.\d{1,3})(?: |$)/.exec(words)?.[1] ?? '';
  const enhanced = status.startsWith(String(code)[0] ?? '') ? status : '';
  const text = words.slice(enhanced.length, enhanced.length + textLength);
  return { code, enhanced, text: text.replace(/[^\x20-\x7e]/g, '?').trim() };
}
