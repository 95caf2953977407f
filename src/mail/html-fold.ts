/**
 * Breaks long lines of HTML that is about to be inserted into a 7bit or 8bit part (RFC 5322 2.1.1), at blanks where a
 * line end means the same: between the attributes of a tag, or in text outside `pre` and the like. Text that offers
 * no such blank is left as it is, and the caller re-encodes the part.
 */

const NO_TEXT_BREAK = /<(?:pre|textarea|script|style|title)\b|white-space\s*:\s*(?:pre|break-spaces)/i;

/** The same HTML with no line longer than `maxLength` characters where that can be had. Linear in its length. */
export function foldHtml(html: string, maxLength: number): string {
  // References may make a line up to eight times longer; there is no harm in breaking early.
  const wanted = Math.min(maxLength, 240);
  if (longestLine(html) <= wanted) return html;
  const mayBreakText = !NO_TEXT_BREAK.test(html);
  let folded = '';
  let kept = 0;
  let lineStart = 0;
  let blank = -1;
  let quote = '';
  let isTag = false;
  for (let at = 0; at < html.length; at++) {
    const char = html[at] as string;
    if (char === '\n') {
      lineStart = at + 1;
      blank = -1;
    } else if (quote !== '') quote = char === quote ? '' : quote;
    else if (isTag && (char === '"' || char === "'")) quote = char;
    else if (char === '<') isTag = /[a-z/]/i.test(html[at + 1] ?? '');
    else if (char === '>') isTag = false;
    else if (char === ' ' && (isTag || mayBreakText)) blank = at;
    if (at - lineStart >= wanted && blank >= lineStart) {
      folded += `${html.slice(kept, blank)}\r\n`;
      kept = blank + 1;
      lineStart = kept;
      blank = -1;
    }
  }
  return folded + html.slice(kept);
}

function longestLine(text: string): number {
  let longest = 0;
  for (let start = 0; start <= text.length; ) {
    const lf = text.indexOf('\n', start);
    const end = lf < 0 ? text.length : lf;
    longest = Math.max(longest, end - start);
    start = end + 1;
  }
  return longest;
}
