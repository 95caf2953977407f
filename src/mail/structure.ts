/**
 * MIME structure as byte offsets into the one message buffer (RFC 2045, 2046). Nothing is copied or decoded.
 * Where readers are known to disagree about the tree, the part is marked `isOpaque` and never edited; a whole message
 * over a limit has no structure at all. Linear in the size of the message: every delimiter line is looked at once.
 */
import type { Buffer } from 'node:buffer';
import { limits } from '../limits.ts';
import { endOfLine, fieldValues, firstValue, type HeaderBlock, parseHeaders } from './headers.ts';
import { type ParameterisedValue, parseParameterised } from './parameters.ts';

export type Part = {
  readonly headers: HeaderBlock;
  /** Media type such as `text/plain`, lower case; the default of RFC 2045 5.2 or 2046 5.1.5 where none is given. */
  readonly type: string;
  readonly contentType: ParameterisedValue;
  readonly disposition: ParameterisedValue | undefined;
  /** Value of Content-Transfer-Encoding, lower case, without comments; '' where none is given. */
  readonly encoding: string;
  /** Content-ID with its angle brackets; '' where none is given. */
  readonly contentId: string;
  /** Boundary of a multipart that could be opened. */
  readonly boundary: string | undefined;
  readonly bodyStart: number;
  /** Behind the last body byte: before the CRLF that belongs to the next delimiter. */
  bodyEnd: number;
  /** For a multipart: where the CRLF of its closing delimiter starts; undefined when that is missing. */
  closeStart: number | undefined;
  readonly children: Part[];
  readonly parent: Part | undefined;
  /** Readers may disagree about what this part is or holds: it is never edited, nor is anything in it. */
  isOpaque: boolean;
};

export type Structure = { readonly kind: 'structure'; readonly root: Part } | { readonly kind: 'over-limit' };

/** Reads the structure of a whole message with CRLF line ends. Never throws. */
export function parseStructure(bytes: Buffer): Structure {
  const reader = new StructureReader(bytes);
  return reader.read();
}

/** All parts in document order, the given one first. */
export function* walk(part: Part): Generator<Part> {
  yield part;
  for (const child of part.children) yield* walk(child);
}

type FoundLine = { readonly lineStart: number; readonly isClose: boolean };
type Delimiter = FoundLine & { readonly level: number };

/** Life-long state of one reading: the stack of open multiparts. */
class StructureReader {
  readonly #bytes: Buffer;
  /** Open multiparts, outermost first. */
  readonly #open: Part[] = [];
  /** The innermost part that is being read; a leaf, or a multipart in its preamble or epilogue. */
  #current: Part | undefined;
  /** Where the next delimiter of an open multipart stands; null when there is none any more. */
  readonly #found = new Map<Part, FoundLine | null>();
  #count = 0;
  #isOverLimit = false;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  read(): Structure {
    const root = this.#readPart(0, undefined);
    this.#readDelimiters(root.bodyStart);
    this.#closeAt(this.#bytes.length, 0);
    if (!this.#isOverLimit) this.#judgeMultiparts(root);
    return this.#isOverLimit ? { kind: 'over-limit' } : { kind: 'structure', root };
  }

  /** Goes from one delimiter to the next; everything between them is nobody's business. */
  #readDelimiters(from: number): void {
    // The first delimiter may stand directly behind the blank line, whose LF then precedes it.
    for (let at = from; this.#open.length > 0 && !this.#isOverLimit; ) {
      const delimiter = this.#nextDelimiter(at);
      if (!delimiter) return;
      at = this.#enter(delimiter);
    }
  }

  /**
   * The first delimiter line of any open multipart at or behind `from`; of two readings of one line the innermost counts,
   * as RFC 2046 5.1.2 wants. Each boundary is searched for by itself, natively, and its place is kept until it is passed.
   */
  #nextDelimiter(from: number): Delimiter | undefined {
    let next: Delimiter | undefined;
    for (let level = this.#open.length - 1; level >= 0; level--) {
      const found = this.#nextOf(this.#open[level] as Part, from);
      if (found && (!next || found.lineStart < next.lineStart)) next = { ...found, level };
    }
    return next;
  }

  #nextOf(multipart: Part, from: number): FoundLine | undefined {
    const known = this.#found.get(multipart);
    if (known === null || (known && known.lineStart >= from)) return known ?? undefined;
    const needle = `\n--${multipart.boundary}`;
    for (let at = from - 1; ; ) {
      at = this.#bytes.indexOf(needle, at, 'latin1');
      const found = at < 0 ? null : this.#lineAt(at + 1, multipart);
      if (found !== undefined) {
        this.#found.set(multipart, found);
        return found ?? undefined;
      }
      at++;
    }
  }

  /** Reads the line as a delimiter of that multipart: `--boundary`, perhaps `--`, blanks, and the line end. */
  #lineAt(lineStart: number, multipart: Part): FoundLine | undefined {
    const bytes = this.#bytes;
    const reach = Math.min(bytes.length, lineStart + limits.mail.boundaryLength + 64);
    const source = bytes.toString('latin1', lineStart + 2, reach);
    const lf = source.indexOf('\n');
    if (lf < 0 && reach < bytes.length) return undefined;
    const line = (lf < 0 ? source : source.slice(0, lf)).replace(/[ \t\r]+$/, '');
    if (line === multipart.boundary) return { lineStart, isClose: false };
    return line === `${multipart.boundary}--` ? { lineStart, isClose: true } : undefined;
  }

  /** True for a line of a part's header that is in truth a delimiter. */
  #isDelimiter(lineStart: number): boolean {
    return this.#open.some(multipart => this.#lineAt(lineStart, multipart) !== undefined);
  }

  /** Ends what a delimiter ends and begins what it begins; returns where to look for the next one. */
  #enter({ level, isClose, lineStart }: Delimiter): number {
    const multipart = this.#open[level] as Part;
    this.#closeAt(lineStart - 2, level + 1);
    const lineEnd = endOfLine(this.#bytes, lineStart);
    if (isClose) {
      multipart.closeStart = Math.max(multipart.bodyStart, lineStart - 2);
      this.#open.length = level;
      this.#current = multipart;
      return lineEnd;
    }
    return this.#readPart(lineEnd, multipart).bodyStart;
  }

  /** Sets the end of the current leaf and of all open multiparts from `level` on. */
  #closeAt(end: number, level: number): void {
    for (let part = this.#current; part && part !== this.#open[level - 1]; part = part.parent) {
      part.bodyEnd = Math.max(part.bodyStart, end);
    }
    this.#open.length = Math.min(level, this.#open.length);
    this.#current = this.#open.at(-1);
  }

  #readPart(start: number, parent: Part | undefined): Part {
    const headers = parseHeaders(this.#bytes, start, limits.mail.headerBlockBytes, at =>
      this.#isDelimiter(at),
    );
    const part = describe(this.#bytes, headers, parent);
    parent?.children.push(part);
    this.#current = part;
    if (part.boundary !== undefined) {
      // An inner boundary equal to an outer one: nobody can say which multipart a delimiter belongs to.
      if (this.#open.some(open => open.boundary === part.boundary)) part.isOpaque = true;
      this.#open.push(part);
    }
    this.#count++;
    this.#isOverLimit ||=
      this.#count > limits.mail.structureParts ||
      this.#open.length > limits.mail.structureDepth ||
      headers.lineCount > limits.mail.headerLines ||
      headers.end - headers.start > limits.mail.headerBlockBytes;
    return part;
  }

  /** A multipart in which no delimiter was found holds nothing that readers agree on. */
  #judgeMultiparts(root: Part): void {
    for (const part of walk(root)) {
      if (part.parent?.isOpaque) part.isOpaque = true;
      if (part.type.startsWith('multipart/') && part.children.length === 0) part.isOpaque = true;
    }
  }
}

function describe(bytes: Buffer, headers: HeaderBlock, parent: Part | undefined): Part {
  const types = fieldValues(bytes, headers, 'content-type');
  const encodings = fieldValues(bytes, headers, 'content-transfer-encoding');
  const dispositions = fieldValues(bytes, headers, 'content-disposition');
  const contentType = parseParameterised(types[0] ?? '');
  const encoding = parseParameterised(encodings[0] ?? '').value;
  const type = mediaType(contentType.value, parent);
  const isMultipart = type?.startsWith('multipart/') === true;
  const boundary = isMultipart ? contentType.parameters.get('boundary')?.trimEnd() : undefined;
  const isEncodedMultipart = isMultipart && encoding !== '' && !/^(?:7bit|8bit|binary)$/.test(encoding);
  const hasBoundary =
    boundary !== undefined && boundary !== '' && boundary.length <= limits.mail.boundaryLength;
  return {
    headers,
    type: type ?? 'application/octet-stream',
    contentType,
    disposition: dispositions[0] === undefined ? undefined : parseParameterised(dispositions[0]),
    encoding,
    contentId: firstValue(bytes, headers, 'content-id') ?? '',
    boundary: hasBoundary ? boundary : undefined,
    bodyStart: headers.bodyStart,
    bodyEnd: headers.bodyStart,
    closeStart: undefined,
    children: [],
    parent,
    isOpaque:
      type === undefined ||
      contentType.ambiguous ||
      headers.hasJunkLine ||
      differ(types) ||
      differ(encodings) ||
      isEncodedMultipart ||
      (isMultipart && !hasBoundary) ||
      (parent !== undefined && !headers.hasBlankLine),
  };
}

/** RFC 2045 5.2 and RFC 2046 5.1.5 defaults; `text` alone is what RFC 1049 mailers wrote; undefined when unreadable. */
function mediaType(value: string, parent: Part | undefined): string | undefined {
  if (value === '') return parent?.type === 'multipart/digest' ? 'message/rfc822' : 'text/plain';
  if (value === 'text') return 'text/plain';
  return /^[!#$%&'*+.^_`{|}~0-9a-z-]+\/[!#$%&'*+.^_`{|}~0-9a-z-]+$/.test(value) ? value : undefined;
}

function differ(values: readonly string[]): boolean {
  return values.some(value => value.toLowerCase() !== values[0]?.toLowerCase());
}
