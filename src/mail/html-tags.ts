/**
 * What HTML 13 says about elements by name, as far as ranges of elements depend on it. A tag's traits are looked up once for
 * each name and kept, since a message may open a million of them.
 */

export type Tag = {
  readonly name: string;
  /** Its number among the names that are remembered; all others share 0. */
  readonly index: number;
  /** Has no content and no end tag. */
  readonly isVoid: boolean;
  readonly isFormatting: boolean;
  /** The one body or html element of a page, which takes in all further ones. */
  readonly isPage: boolean;
  /** Its content is no text of the page. */
  readonly isUnseen: boolean;
  /** Its content is text up to this end tag, whatever else it looks like (HTML 13.2.5.2 to 5). */
  readonly rawTextEnd: RegExp | undefined;
  /** Left open at the end of the document, it takes all behind it for its own content. */
  readonly swallows: boolean;
  /** May stand in a head; anything else ends it, `</head>` or not. */
  readonly isHeadContent: boolean;
  readonly closesParagraph: boolean;
  /** A paragraph outside of it is not ended by a block inside. */
  readonly isParagraphScope: boolean;
  /** An end tag inside of it does not reach an element outside (HTML 13.2.4.2). */
  readonly isScope: boolean;
  readonly isTablePart: boolean;
  /** Means nothing outside of a table. */
  readonly needsTable: boolean;
  /** Breaks the line of text around it. */
  readonly isBlock: boolean;
  readonly group: Group | undefined;
};

/** A start tag ends open elements of `ends`, up to the element that holds the group (HTML 13.2.6.4). */
type Group = { readonly ends: ReadonlySet<string>; readonly within: ReadonlySet<string> };

const names = (list: string): ReadonlySet<string> => new Set(list.split(' '));

const voids = names(
  'area base br col embed hr img input link meta param source track wbr basefont bgsound frame keygen',
);
const formatting = names('a b big code em font i nobr s small strike strong tt u');
const unseen = names('script style title template iframe noframes noembed textarea select head');
const rawTexts = names('iframe noembed noframes plaintext script style textarea title xmp');
const swallows = names('script style title template iframe noframes noembed textarea select xmp plaintext');
const headContent = names(
  'base basefont bgsound link meta noframes noscript script style template title xml',
);
const closesParagraph = names(
  'address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr main menu nav ol p pre section summary table ul li dd dt',
);
const paragraphScopes = names('table td th caption html object template marquee applet button body');
const groups: ReadonlyMap<
  string,
  { readonly ends: ReadonlySet<string>; readonly within: ReadonlySet<string> }
> = new Map([
  ['li', { ends: names('li'), within: names('ul ol menu dir') }],
  ['dd', { ends: names('dd dt'), within: names('dl') }],
  ['dt', { ends: names('dd dt'), within: names('dl') }],
  ['td', { ends: names('td th'), within: names('tr table') }],
  ['th', { ends: names('td th'), within: names('tr table') }],
  ['tr', { ends: names('tr td th'), within: names('table tbody thead tfoot') }],
  ['tbody', { ends: names('tr td th tbody thead tfoot'), within: names('table') }],
  ['thead', { ends: names('tr td th tbody thead tfoot'), within: names('table') }],
  ['tfoot', { ends: names('tr td th tbody thead tfoot'), within: names('table') }],
]);
const scopes = names('applet caption html table td th marquee object template');
const tableParts = names('table tbody thead tfoot tr td th caption colgroup html body');
const needingTable = names('caption col colgroup tbody td tfoot th thead tr');
const otherBlocks = names('body tr html caption');

const known = new Map<string, Tag>();
const byIndex: Tag[] = [];
/** Names come from strangers, so what is remembered about them is bounded. */
export const MAX_KNOWN = 1000;

/** The tag of a lower-case name; equal names give the same object, but for names beyond what is remembered. */
export function tagNamed(name: string): Tag {
  const tag = known.get(name);
  if (tag) return tag;
  if (known.size === MAX_KNOWN) return describe(name, 0);
  const described = describe(name, known.size + 1);
  known.set(name, described);
  byIndex[described.index] = described;
  return described;
}

/** The tag with this index; undefined for 0. */
export function tagAt(index: number): Tag | undefined {
  return byIndex[index];
}

/** The tag of the name that stands in `view`, in any case. */
export function tagIn(view: string, start: number, end: number): Tag {
  const name = view.slice(start, end);
  return known.get(name) ?? tagNamed(name.toLowerCase());
}

/** True for an element that breaks the line of text around it. */
export function isBlock(name: string): boolean {
  return tagNamed(name).isBlock;
}

function describe(name: string, index: number): Tag {
  return {
    name,
    index,
    isVoid: voids.has(name),
    isFormatting: formatting.has(name),
    isPage: name === 'body' || name === 'html',
    isUnseen: unseen.has(name),
    rawTextEnd: rawTexts.has(name) ? endTagOf(name) : undefined,
    swallows: swallows.has(name),
    // Word's `o:` and `w:` elements stand in heads, too.
    isHeadContent: headContent.has(name) || name.includes(':'),
    closesParagraph: closesParagraph.has(name),
    isParagraphScope: paragraphScopes.has(name),
    isScope: scopes.has(name),
    isTablePart: tableParts.has(name),
    needsTable: needingTable.has(name),
    isBlock: closesParagraph.has(name) || otherBlocks.has(name),
    group: groups.get(name),
  };
}

/** `plaintext` has no end. */
function endTagOf(name: string): RegExp {
  return name === 'plaintext' ? /$^/g : new RegExp(`</${name}(?=[ \\t\\n\\f\\r/>])`, 'gi');
}
