/**
 * Recognises the lines with which quoted history begins, in any listed language (outlook-html.md 3 and 4). It sees
 * lines of text only; where they come from, HTML or plain text, is the caller's business. Every test is linear in the
 * length of a line, and lines over `MAX_LINE` are prose.
 */
import {
  attributionLeads,
  forwardLine,
  type Label,
  labels,
  mobileLines,
  originalMessage,
  wrote,
} from './words.ts';

/** One line of text and whether a quotation (`>` lines, a blockquote) follows it directly. */
export type LineSource = {
  readonly count: number;
  /**
   * The first line at or behind `index` that may begin a quotation: it holds a colon, an at sign or a character that
   * is not ASCII, or begins with a rule. Telling this must be cheap: it is asked of every line of every message.
   */
  nextCandidate(index: number): number;
  /** Trimmed text; '' for a blank line, and for a line that is quoted itself. */
  text(index: number): string;
  /** True when the next thing behind the line, blank lines aside, is a quotation. */
  isBeforeQuote(index: number): boolean;
};

/** `attribution`: a line such as "On ... wrote:"; `header`: a message header or a separator, all behind it is quoted. */
export type QuoteStart = {
  readonly kind: 'attribution' | 'header';
  readonly index: number;
  readonly lastIndex: number;
};

const MAX_LINE = 600;
const MIN_ATTRIBUTION = 6;
const MAX_NAME = 200;
const MAX_ATTRIBUTION_LINES = 4;
const MAX_HEADER_LINES = 12;

const labelOf = new Map<string, Label>(
  (Object.keys(labels) as Label[])
    .reverse()
    .flatMap(label => labels[label].map(word => [word, label] as const)),
);
const originals: ReadonlySet<string> = new Set(originalMessage);
const forwards: ReadonlySet<string> = new Set(forwardLine);
const MAX_FORWARD = Math.max(...forwardLine.map(line => line.length));
/** `Label:` at the start of a line, perhaps in the asterisks that bold type leaves in plain text. */
const LABELLED = /^[*_\s|]*([^:：*]{1,24}?)[*\s\u00a0]*[:：]/u;
const FRAMED = /^[-–—*=_#\s]{2,}(.{3,60}?)[-–—*=_#:\s]*$/u;
const LEAD = new RegExp(`^(?:${attributionLeads.join('|')})(?:[\\s,]|\\d|$)`, 'iu');
const DIRECTIONAL = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const BLANKS = /[\s\u00a0]+/g;
const ODD_BLANKS = /[\t\r\n\v\f\u00a0\u1680\u2000-\u206f\u3000]| {2}/;
const EAST_ASIAN_DATE = /^(?:\d{4}[年년/.-]\s*\d{1,2}[月월/.-]\s*\d{1,2}).*[:：]$/u;

/** The first line at or behind `from` with which quoted history begins. */
export function findQuoteStart(lines: LineSource, from = 0, to = lines.count): QuoteStart | undefined {
  for (let index = lines.nextCandidate(from); index < to; index = lines.nextCandidate(index + 1)) {
    const found = quoteStartAt(lines, index);
    if (found) return found;
  }
  return undefined;
}

/** The attribution that ends at line `index`, perhaps wrapped over several lines; the caller knows that a quotation follows. */
export function attributionEndingAt(lines: LineSource, index: number): QuoteStart | undefined {
  return attributionUpFrom(lines, index, isAttributionAboveQuote);
}

/** A line as one reads it: blanks of any kind as one, directional marks (which Hebrew and Arabic clients set) left out. */
export function readable(text: string): string {
  // Most lines hold single spaces and nothing odd.
  const trimmed = text.trim();
  return ODD_BLANKS.test(trimmed) ? trimmed.replace(DIRECTIONAL, '').replace(BLANKS, ' ').trim() : trimmed;
}

/** A line such as "Sent from my iPhone". */
export function isMobileLine(text: string): boolean {
  return text.length < 200 && mobileLines.test(text);
}

function quoteStartAt(lines: LineSource, index: number): QuoteStart | undefined {
  const line = lines.text(index);
  if (line === '' || line.length > MAX_LINE) return undefined;
  if (isSeparator(line) || isListFooter(lines, index)) return header(index, index);
  if (/^[_-]{20,}$/.test(line)) return headerBlockAt(lines, nextLine(lines, index), index);
  return headerBlockAt(lines, index, index) ?? attributionAt(lines, index);
}

/** "-----Original Message-----" or "Begin forwarded message:", in any listed language. */
function isSeparator(line: string): boolean {
  if (line.length > 80) return false;
  const framed = /^[a-z0-9]/i.test(line) ? undefined : FRAMED.exec(line)?.[1];
  if (framed !== undefined && originals.has(framed.trim().toLowerCase())) return true;
  // A colon of any width and a blank before it may follow.
  if (line.length > MAX_FORWARD + 2) return false;
  const bare = /[:：]$/.test(line) ? line.slice(0, -1).trimEnd() : line;
  return forwards.has(bare.toLowerCase());
}

/** What list software puts under a mail: a rule and the name of the list. */
function isListFooter(lines: LineSource, index: number): boolean {
  return /^[_-]{2,}$/.test(lines.text(index)) && /\bmailing[- ]list\b/i.test(lines.text(index + 1));
}

function header(index: number, lastIndex: number): QuoteStart {
  return { kind: 'header', index, lastIndex };
}

/**
 * Labelled lines in a row, of which one is From and one shows that this is mail: an address, a subject, or a date with
 * a year or a time. "From: Berlin, To: Hamburg" is somebody's journey.
 */
function headerBlockAt(lines: LineSource, first: number, start: number): QuoteStart | undefined {
  const opening = labelIn(lines.text(first));
  if (!opening || opening === 'to' || opening === 'cc') return undefined;
  const seen = new Set<Label>([opening]);
  let last = first;
  let isMail = lines.text(first).includes('@');
  for (let index = first + 1; index < lines.count && index - first < MAX_HEADER_LINES; index++) {
    const text = lines.text(index);
    if (beginsWithRule(text)) break;
    const label = labelIn(text);
    // A second line of the label that opened the block opens another one.
    if (label === opening) break;
    if (label) {
      seen.add(label);
      last = index;
      isMail ||=
        text.includes('@') || label === 'subject' || (label === 'sent' && /\d{4}|\d:\d\d/.test(text));
    } else if (text !== '' && index - last > 2) break;
  }
  const enough = opening === 'from' ? 2 : 3;
  return isMail && seen.has('from') && seen.size >= enough ? header(start, last) : undefined;
}

/**
 * What stands behind a rule or a separator is the quoted message's: it neither continues a header block nor an attribution.
 * So nothing above such a line depends on how far the text is read behind it (horizon.ts).
 */
function beginsWithRule(text: string): boolean {
  return text.startsWith('-----') || text.startsWith('____________________');
}

function labelIn(text: string): Label | undefined {
  const colon = text.search(/[:：]/);
  if (colon < 1 || colon > 40) return undefined;
  const bare = labelOf.get(text.slice(0, colon).toLowerCase());
  if (bare) return bare;
  const match = LABELLED.exec(text);
  return match ? labelOf.get((match[1] as string).trim().toLowerCase()) : undefined;
}

function nextLine(lines: LineSource, index: number): number {
  let next = index + 1;
  while (next < lines.count && next - index < 4 && lines.text(next) === '') next++;
  return next;
}

/** "On ... wrote:" by itself needs a date to be believed; with a quotation behind it any "... wrote:" will do. */
function attributionAt(lines: LineSource, index: number): QuoteStart | undefined {
  const reach = isDatedLead(lines.text(index)) ? MAX_ATTRIBUTION_LINES : 1;
  for (let last = index; last < lines.count && last - index < reach; last++) {
    const ending = lines.text(last);
    // A line that begins an attribution of its own does not end this one.
    if (ending === '' || (last > index && (isDatedLead(ending) || beginsWithRule(ending)))) return undefined;
    const found =
      attributionUpFrom(lines, last, isSureAttribution) ??
      (isAttributionAboveQuote(ending) && lines.isBeforeQuote(last)
        ? attributionEndingAt(lines, last)
        : undefined);
    if (found && found.index <= index) return found;
  }
  return undefined;
}

/** Joins lines upwards from the last one of an attribution, as far as one can be its first. */
function attributionUpFrom(
  lines: LineSource,
  last: number,
  accepts: (text: string) => boolean,
): QuoteStart | undefined {
  let found: QuoteStart | undefined;
  for (let first = last; first >= 0 && last - first < MAX_ATTRIBUTION_LINES; first--) {
    const line = lines.text(first);
    if (line === '' || (first < last && /[!?:：]$/u.test(line))) break;
    const isStart = first === last || isDatedLead(line) || hasDateAndTime(line);
    if (isStart && accepts(joined(lines, first, last)))
      found = { kind: 'attribution', index: first, lastIndex: last };
    if (LEAD.test(line)) break;
  }
  return found;
}

/** "On 3 Mar 2026 ..."; a sentence may begin with the same word, but seldom holds a date. */
function isDatedLead(line: string): boolean {
  return /\d/.test(line) && line.length <= MAX_LINE && LEAD.test(line);
}

function hasDateAndTime(line: string): boolean {
  return /(?:^|\D)(?:19|20)\d\d(?:\D|$)/.test(line) && /\d{1,2}[:.h]\d{2}/.test(line);
}

/** Believed without a quotation behind it: says "wrote" and when, or is a date, a time and an address in any language. */
function isSureAttribution(text: string): boolean {
  if (text.length > MAX_LINE || !/\d/.test(text)) return false;
  if (hasDateAndTime(text) && /<\s*[^<>\s]+@[^<>\s]+>/.test(text) && /[:：]$/u.test(text)) return true;
  if (!LEAD.test(text) && !EAST_ASIAN_DATE.test(text) && !text.includes('@')) return false;
  return (
    isAttribution(text) || (hasDateAndTime(text) && text.includes('@') && saysWrote(text.toLowerCase(), 0))
  );
}

/** Directly above a quotation "On May 10, 2026, from ann@example.com" says enough. */
function isAttributionAboveQuote(text: string): boolean {
  return isAttribution(text) || isSureAttribution(text) || (isDatedLead(text) && text.includes('@'));
}

function isAttribution(text: string): boolean {
  if (text.length > MAX_LINE || text.length < MIN_ATTRIBUTION) return false;
  if (!/[:：]$/u.test(text) || !/[\s\u0080-\uffff]/u.test(text)) return false;
  return saysWrote(text.toLowerCase(), MAX_NAME) || (EAST_ASIAN_DATE.test(text) && text.includes('@'));
}

/** "wrote" as a word of its own, with no more than a name behind it. Plain searches: an alternation would try every place. */
function saysWrote(text: string, maxBehind: number): boolean {
  return wrote.some(word => {
    const at = text.lastIndexOf(word);
    if (at < 0 || text.length - at - word.length > maxBehind) return false;
    const isWordStart = at === 0 || !/[a-z0-9]/.test(text[at - 1] as string) || !/^[a-z]/.test(word);
    return isWordStart && !/^\p{L}/u.test(text.slice(at + word.length, at + word.length + 2));
  });
}

function joined(lines: LineSource, first: number, last: number): string {
  let whole = lines.text(first);
  for (let index = first + 1; index <= last; index++) whole += ` ${lines.text(index)}`;
  return whole;
}
