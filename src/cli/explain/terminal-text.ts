/**
 * Text for a terminal: wrapped by what it takes on the screen, coloured only where that is wanted. What comes from a
 * message may hold escape sequences that rewrite the screen: nothing but printable characters gets out.
 */
import type { Terminal } from '../command.ts';

export type Paint = (text: string, colour: 'green' | 'red' | 'dim' | 'bold') => string;

export function wantsColour({ output, environment }: Terminal): boolean {
  return 'isTTY' in output && output.isTTY === true && !environment.NO_COLOR && environment.TERM !== 'dumb';
}

const codes = { green: [32, 39], red: [31, 39], dim: [2, 22], bold: [1, 22] } as const;

export function createPaint(isColoured: boolean): Paint {
  return (text, colour) => {
    const [on, off] = codes[colour];
    return isColoured ? `\x1b[${on}m${text}\x1b[${off}m` : text;
  };
}

/** Control and formatting characters, line ends among them, become `?`. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '?');
}

const wide =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\uff01-\uff60\u3000-\u303f]/u;

/** Columns that a text takes: East Asian characters and emoji two, marks none. */
export function columns(text: string): number {
  let width = 0;
  for (const char of text) width += /^\p{M}/u.test(char) ? 0 : wide.test(char) ? 2 : 1;
  return width;
}

export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columns(text)));
}

/** Lines of at most `width` columns, broken at spaces; a word that is wider is cut. At least one line. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap(long => pieces(long, width))) {
    const longer = line ? `${line} ${word}` : word;
    if (columns(longer) <= width) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}

function pieces(word: string, width: number) {
  const cut: string[] = [];
  let piece = '';
  for (const char of word) {
    if (columns(piece + char) > width) {
      cut.push(piece);
      piece = '';
    }
    piece += char;
  }
  return [...cut, piece];
}
