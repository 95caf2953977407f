/**
 * Style sheets of a signature written into `style` attributes with juice, once at save. Promises an answer in bounded
 * time for whatever an author pastes: HTML whose marks, tables and conditional comments are as before, or one
 * sentence. Nothing is fetched: `@import` and `url()` stay text, and the sanitiser reads what comes out.
 */
import { runInNewContext } from 'node:vm';
import juice from 'juice/client';
import postcss from 'postcss';
import { limits } from '../limits.ts';
import type { CssFault } from '../signature/compile.ts';

export type InlineCss = (html: string) => string | CssFault;

type Limits = { readonly [Name in 'inlineCssMs' | 'rememberedCss']: number };

/** Remembers its last answers: a signature is checked, then compiled, and most of a bundle stays when a part changes. */
export function createCssInliner({ inlineCssMs, rememberedCss }: Limits = limits.content): InlineCss {
  const remembered = new Map<string, string | CssFault>();
  return html => {
    const known = remembered.get(html);
    if (known !== undefined) return known;
    const answer = inlineWithin(html, inlineCssMs);
    remembered.set(html, answer);
    for (const oldest of remembered.keys()) {
      if (remembered.size <= rememberedCss) break;
      remembered.delete(oldest);
    }
    return answer;
  };
}

const options: juice.Options = {
  applyStyleTags: true,
  removeStyleTags: true,
  preserveMediaQueries: false,
  preserveFontFaces: false,
  preserveKeyFrames: false,
  preservePseudos: false,
  preserveContainerQueries: false,
  preserveLayers: false,
  // In an attribute it would win over what a mail client sets for readers who need it larger or darker.
  preserveImportant: false,
  // A picture without `width` is shown at its own size by Outlook, which does not know the CSS property.
  applyWidthAttributes: true,
  applyHeightAttributes: false,
  // Word reads `bgcolor` and `valign` where it overlooks the properties.
  applyAttributesTableElements: true,
  inlinePseudoElements: false,
  resolveCSSVariables: true,
  decodeStyleAttributes: true,
};

/** Juice's own search for template languages; ours are private characters by now, and `<%` may stand in a text. */
juice.codeBlocks = {};

function inlineWithin(html: string, milliseconds: number): string | CssFault {
  try {
    // The watchdog of `vm` also ends what the called function does: the one bound on synchronous work in this thread.
    // It is needed: two variables that name each other keep juice busy for ever.
    return runInNewContext('work()', { work: () => inline(html) }, { timeout: milliseconds });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
      return fault('The style sheet takes too long: use fewer rules and simpler selectors.');
    return fault('The style sheet cannot be written into the elements: simplify its selectors.');
  }
}

function inline(written: string): string | CssFault {
  const html = withoutCommentMarks(written);
  return faultOfSheets(html) ?? juice(html, options);
}

/** Juice forgives a broken sheet and leaves out some of it; the author wants to know instead. */
function faultOfSheets(html: string): CssFault | undefined {
  for (const [, css = ''] of html.matchAll(sheet)) {
    try {
      postcss.parse(css);
    } catch (error) {
      if (!(error instanceof postcss.CssSyntaxError)) throw error;
      return fault(`The style sheet is broken in its line ${error.line ?? 1}: ${sentenceOf(error.reason)}.`);
    }
  }
  return undefined;
}

const sheet = /<style\b[^>]*>([\s\S]*?)<\/style/gi;

/** `<!--` and `-->` around rules hid them from browsers of 1996, and Word writes them to this day (CSS Syntax 3, 3.3). */
function withoutCommentMarks(html: string) {
  return html.replace(sheet, whole => whole.replace(/<!--|-->/g, '    '));
}

function fault(sentence: string): CssFault {
  return { kind: 'fault', sentence };
}

/** Whatever the parser quotes of the sheet is short and on one line. */
function sentenceOf(reason: string) {
  return reason.replace(/\s+/g, ' ').slice(0, 100).toLowerCase();
}
