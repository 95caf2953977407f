/**
 * Whether a text holds one of some words, without regard to case. A word stands for itself: "art" is not found in
 * "start". Scripts that write without spaces, or hang endings on (Chinese, Japanese, Korean, Thai ...), have no such
 * edges, so there a word is found anywhere. A word may be a phrase; any white space between its parts will do.
 */

/** The form in which texts and words are compared. */
export function foldText(text: string): string {
  return text.normalize('NFC').toLowerCase().replace(/\s+/g, ' ');
}

/** `words` and `text` folded; an empty word is never found. Linear in the text for each word. */
export function holdsWord(text: string, words: readonly string[]): boolean {
  return words.some(word => word !== '' && holdsOne(text, word));
}

function holdsOne(text: string, word: string) {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (!isJoined(text, at) && !isJoined(text, at + word.length)) return true;
  }
  return false;
}

/** One word runs across this position. */
function isJoined(text: string, at: number) {
  return at > 0 && at < text.length && isLetter(before(text, at)) && isLetter(after(text, at));
}

function before(text: string, at: number) {
  const low = text.charCodeAt(at - 1);
  return low >= 0xdc00 && low <= 0xdfff ? text.slice(at - 2, at) : text.charAt(at - 1);
}

function after(text: string, at: number) {
  return String.fromCodePoint(text.codePointAt(at) ?? 0);
}

const letter = /^[\p{L}\p{N}\p{M}_]/u;
const withoutEdges =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}\u30fc]/u;

function isLetter(char: string) {
  return letter.test(char) && !withoutEdges.test(char);
}
