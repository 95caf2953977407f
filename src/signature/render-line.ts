/**
 * One line rendered: its fields filled in, the line dropped when all of them came out empty, and separators that lost a
 * neighbour with them.
 */
import type { Item, Open } from './program.ts';
import type { Values } from './render-value.ts';
import { safeUrl } from './sanitize-url.ts';

/** What the fields of a piece came out as. */
export type Outcome = {
  /** A field has a value. */
  isFilled: boolean;
  /** Fields that came out empty, but for those in a span that vanished on its own account. */
  empties: number;
  /** There is something to see: literal text, a picture, or a value. */
  isVisible: boolean;
};

export function noOutcome(): Outcome {
  return { isFilled: false, empties: 0, isVisible: false };
}

type Part = 'visible' | 'space' | 'separator' | 'unseen' | 'gap' | 'open' | 'close';
type Token = { readonly part: Part; readonly out: string };

/** The line's text, undefined when it disappears. `outcome` is told what happened in it. */
export function renderLine(items: readonly Item[], values: Values, outcome: Outcome): string | undefined {
  const own = noOutcome();
  const tokens: Token[] = [];
  evaluate(items, values, tokens, own);
  if (own.isFilled) outcome.isFilled = true;
  outcome.empties += own.empties;
  if (!own.isFilled && (own.empties > 0 || !own.isVisible)) return undefined;
  outcome.isVisible = true;
  return tokens.some(({ part }) => part === 'gap') ? withoutGaps(tokens) : joined(tokens);
}

function evaluate(items: readonly Item[], values: Values, tokens: Token[], outcome: Outcome): void {
  for (const item of items) {
    switch (item.kind) {
      case 'literal':
        if (item.role === 'text') outcome.isVisible = true;
        tokens.push({ part: item.role === 'text' ? 'visible' : item.role, out: item.out });
        break;
      case 'output':
        pushValue(values.output(item.expression), tokens, outcome);
        break;
      case 'span':
        pushSpan(item.items, values, tokens, outcome);
        break;
      case 'choice': {
        const taken = values.holds(item.test) ? item.met : item.otherwise;
        if (taken === undefined || taken.length === 0) tokens.push(gap);
        else evaluate(taken, values, tokens, outcome);
        break;
      }
      case 'element':
        pushElement(item, values, tokens, outcome);
    }
  }
}

const gap: Token = { part: 'gap', out: '' };

function pushValue(value: string, tokens: Token[], outcome: Outcome) {
  if (value === '') {
    outcome.empties++;
    tokens.push(gap);
    return;
  }
  outcome.isFilled = true;
  outcome.isVisible = true;
  tokens.push({ part: 'visible', out: value });
}

/** `{{#line}}` goes by its own fields; that it went is no reason for what is around it to go. */
function pushSpan(items: readonly Item[], values: Values, tokens: Token[], outcome: Outcome) {
  const own = noOutcome();
  const start = tokens.length;
  evaluate(items, values, tokens, own);
  if (own.isFilled || (own.empties === 0 && own.isVisible)) {
    outcome.isFilled ||= own.isFilled;
    outcome.isVisible = true;
    return;
  }
  tokens.length = start;
  tokens.push(gap);
}

type ElementItem = Extract<Item, { kind: 'element' }>;

function pushElement(item: ElementItem, values: Values, tokens: Token[], outcome: Outcome) {
  const own = noOutcome();
  const opened = openTag(item.open, values, own);
  const start = tokens.length;
  if (item.close === undefined) {
    if (opened !== undefined) {
      own.isVisible = true;
      tokens.push({ part: 'visible', out: opened });
    }
  } else {
    const isWritten = opened !== undefined && values.form === 'html';
    if (isWritten) tokens.push({ part: 'open', out: opened });
    evaluate(item.items, values, tokens, own);
    if (item.link && opened !== undefined) pushAddress(item.link, { values, tokens, start, own });
    if (isWritten) tokens.push({ part: 'close', out: item.close });
  }
  outcome.empties += own.empties;
  // A link without address keeps only values of its own: the icon of a network goes with the person's address there.
  if (
    opened === undefined ? own.isFilled && item.close !== undefined : own.isVisible || isStaticShell(item)
  ) {
    outcome.isFilled ||= own.isFilled;
    outcome.isVisible ||= own.isVisible;
    return;
  }
  tokens.length = start;
  tokens.push(gap);
}

/** An element around separators, or around nothing: no field made it so. */
function isStaticShell({ items }: ElementItem) {
  return items.every(({ kind }) => kind === 'literal');
}

type LinkText = {
  readonly values: Values;
  readonly tokens: Token[];
  readonly start: number;
  readonly own: Outcome;
};

/** Plain text of a link: its address behind it, unless the text says it already. */
function pushAddress(link: NonNullable<ElementItem['link']>, { values, tokens, start, own }: LinkText) {
  const url = safeUrl(values.chunks(link, true), 'href');
  if (url === '' || url.startsWith('tel:')) return;
  const shown = tokens
    .slice(start)
    .map(({ out }) => out)
    .join('');
  const address = url.replace(/^mailto:/, '');
  if (bare(shown).includes(bare(address.split('?')[0] ?? ''))) return;
  const written = values.written(address);
  tokens.push({ part: 'visible', out: own.isVisible ? ` <${written}>` : written });
  own.isVisible = true;
}

function bare(address: string) {
  return address
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/^www\./, '')
    .replace(/\/$/, '');
}

/** The start tag, undefined when the address that makes it a link or picture came out empty. */
export function openTag(open: Open, values: Values, outcome: Outcome): string | undefined {
  if (open.kind === 'literal') return open.out;
  let tag = open.start;
  for (const attribute of open.attributes) {
    if (attribute.kind === 'text') {
      tag += ` ${attribute.name}="${values.written(values.chunks(attribute.chunks, false))}"`;
    } else if (attribute.kind === 'picture') {
      const image = values.picture(attribute.expression);
      if (!image) {
        outcome.empties++;
        return undefined;
      }
      outcome.isFilled = true;
      tag += ` src="cid:${image.name}"`;
    } else {
      const isGiven = !attribute.decides || values.decided(attribute.chunks);
      const url = isGiven
        ? values.written(safeUrl(values.chunks(attribute.chunks, true), attribute.urlKind))
        : '';
      if (attribute.decides && url !== '') outcome.isFilled = true;
      if (url === '') {
        if (attribute.decides) outcome.empties++;
        return undefined;
      }
      tag += ` ${attribute.name}="${url}"`;
    }
  }
  return tag + open.end;
}

function joined(tokens: readonly Token[]) {
  let out = '';
  for (const token of tokens) out += token.out;
  return out;
}

/**
 * Between two things that show, a group of separators and blanks around a gap melts into its first separator, else its
 * first blank; at the ends of the line it goes. Groups without a gap stay as written.
 */
function withoutGaps(tokens: readonly Token[]): string {
  const isKept = tokens.map(() => true);
  const visible = tokens.flatMap(({ part }, index) => (part === 'visible' ? index : []));
  let from = 0;
  for (const to of [...visible, tokens.length]) {
    settle(tokens, { from, to, isOuter: from === 0 || to === tokens.length }, isKept);
    from = to + 1;
  }
  return withoutEmptyShells(tokens.filter((_, index) => isKept[index]));
}

function settle(
  tokens: readonly Token[],
  { from, to, isOuter }: { readonly from: number; readonly to: number; readonly isOuter: boolean },
  isKept: boolean[],
) {
  const group = tokens.slice(from, to);
  if (!group.some(({ part }) => part === 'gap')) return;
  const separator = group.findIndex(({ part }) => part === 'separator');
  const survivor = isOuter
    ? -1
    : separator === -1
      ? group.findIndex(({ part }) => part === 'space')
      : separator;
  group.forEach(({ part }, index) => {
    if (part === 'gap' || ((part === 'separator' || part === 'space') && index !== survivor))
      isKept[from + index] = false;
  });
}

/** Elements that lost all their content are not written. */
function withoutEmptyShells(tokens: readonly Token[]): string {
  let out = '';
  const pending: string[] = [];
  for (const { part, out: text } of tokens) {
    if (part === 'open') pending.push(text);
    else if (part === 'close' && pending.length > 0) pending.pop();
    else {
      out += pending.splice(0).join('') + text;
    }
  }
  return out;
}
