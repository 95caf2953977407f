/**
 * Values of fields for one rendering: looked up, formatted, cleaned, escaped for the form. Bounded: when all values
 * together would outgrow a rendered form, further ones come out empty, so that legal text and structure stay whole.
 */
import { limits } from '../limits.ts';
import { cleanValue, escapeHtml, escapePlain } from './escape.ts';
import { applyFormats, type FormatPlace } from './format.ts';
import { localTime } from './format-date.ts';
import type { Person } from './person.ts';
import type { AttributeChunk } from './program.ts';
import type { RenderContext } from './render-context.ts';
import { encodeUrlPart } from './sanitize-url.ts';
import type { SignatureImage } from './signature.ts';
import type { Expression, FieldRef, Operand, Test } from './template.ts';
import { vcardOf } from './vcard.ts';

export type Form = 'html' | 'plain';

export class Values {
  readonly form: Form;
  readonly context: RenderContext;
  /** Photos and codes that were shown, by name. */
  readonly pictures = new Map<string, SignatureImage>();
  #left: number;
  /** Characters of values that may still be looked at, written or not: a second bound, for those in addresses and attributes. */
  #work = 4 * limits.signature.outputCharacters;

  readonly #texts: Map<Expression, string>;

  /** `literalLength` is what the template itself may write at most; `texts` remembers values for both forms. */
  constructor(context: RenderContext, form: Form, literalLength: number, texts: Map<Expression, string>) {
    this.context = context;
    this.#texts = texts;
    this.form = form;
    this.#left = Math.max(0, limits.signature.outputCharacters - literalLength);
  }

  /** An expression's value, clean but not escaped; '' when all its fields are empty. */
  text(expression: Expression): string {
    if (this.#left < 0 || this.#work < 0) return '';
    let value = this.#texts.get(expression);
    if (value === undefined) {
      value = this.#evaluated(expression);
      this.#texts.set(expression, value);
    }
    this.#work -= value.length;
    return value;
  }

  /** The same, escaped for text and attributes of the form. */
  output(expression: Expression): string {
    return this.written(this.text(expression));
  }

  written(value: string): string {
    return this.#within(this.form === 'html' ? escapeHtml(value) : escapePlain(value));
  }

  /** Chunks of an attribute as one value, not escaped; `hasField` and `isEmpty` tell of the fields in it. */
  chunks(chunks: readonly AttributeChunk[], isUrl: boolean): string {
    let value = '';
    for (const chunk of chunks) {
      if (chunk.kind === 'literal') value += chunk.out;
      else if (chunk.kind === 'choice')
        value += this.chunks(this.holds(chunk.test) ? chunk.met : chunk.otherwise, isUrl);
      else value += isUrl ? this.#urlPart(chunk) : this.text(chunk.expression);
    }
    return value;
  }

  /** True when a field of the chunks in front of `?` and `#` has a value, or when there is none to decide. */
  decided(chunks: readonly AttributeChunk[]): boolean {
    let literal = '';
    for (const chunk of chunks) {
      if (/[?#]/.test(literal)) return false;
      if (chunk.kind === 'literal') literal += chunk.out;
      else if (chunk.kind === 'output') {
        if (this.text(chunk.expression) !== '') return true;
      } else {
        const taken = this.holds(chunk.test) ? chunk.met : chunk.otherwise;
        if (taken.every(({ kind }) => kind === 'literal') ? taken.length > 0 : this.decided(taken))
          return true;
      }
    }
    return false;
  }

  /** The picture of `{{person.photo}}` or `{{person.vcard}}`, undefined when there is none. */
  picture({ refs }: Expression): SignatureImage | undefined {
    for (const ref of refs) {
      const image = this.#picture(ref);
      if (!image) continue;
      this.pictures.set(image.name, image);
      return image;
    }
    return undefined;
  }

  holds(test: Test): boolean {
    switch (test.kind) {
      case 'all':
        return test.tests.every(part => this.holds(part));
      case 'any':
        return test.tests.some(part => this.holds(part));
      case 'not':
        return !this.holds(test.test);
      case 'filled':
        return this.#operand(test.operand) !== '';
      case 'empty':
        return this.#operand(test.operand) === '';
      case 'linked-pictures':
        return this.context.images === 'linked';
      case 'compare': {
        const left = this.#operand(test.left).toLowerCase();
        const right = this.#operand(test.right).toLowerCase();
        if (test.operator === 'contains') return right !== '' && left.includes(right);
        return (left === right) === (test.operator === '=');
      }
    }
  }

  #evaluated({ refs, formats }: Expression): string {
    for (const ref of refs) {
      const raw = this.#raw(ref);
      if (raw === '') continue;
      return formats.length === 0
        ? cleanValue(raw)
        : cleanValue(applyFormats(raw, formats, this.#place(ref)));
    }
    const [first] = refs;
    return first ? cleanValue(applyFormats('', formats, this.#place(first))) : '';
  }

  #operand(operand: Operand): string {
    return operand.kind === 'text' ? operand.value.trim() : cleanValue(this.#raw(operand.ref));
  }

  #urlPart({ expression, part }: Extract<AttributeChunk, { kind: 'output' }>): string {
    const value = this.text(expression);
    const last = expression.formats.at(-1)?.name;
    // `| url` has encoded it already, and `| tel` is an address without its scheme.
    if (last === 'url') return value;
    if (last === 'tel' && part === 'whole') return value && `tel:${value}`;
    return encodeUrlPart(value.toWellFormed(), part);
  }

  #within(escaped: string): string {
    this.#left -= escaped.length;
    return this.#left < 0 ? '' : escaped;
  }

  #raw({ namespace, name }: FieldRef): string {
    switch (namespace) {
      case 'tenant':
        return blankAsEmpty(
          name === 'name' ? this.context.tenant.name : ownValue(this.context.tenant.fields, name),
        );
      case 'message':
        return name === 'date'
          ? localTime(this.context.message.date, this.context.timeZone)
          : blankAsEmpty(this.context.message.subject);
      default:
        return blankAsEmpty(this.#ofPerson(this.context[namespace], name));
    }
  }

  #ofPerson(person: Person | undefined, name: string): string | undefined {
    if (!person) return undefined;
    if (name === 'photo')
      return person.photo && this.context.photo?.(person.photo) ? person.photo : undefined;
    if (name === 'vcard') return this.context.qr ? person.id : undefined;
    if (name === 'email') return person.fields.email ?? person.address;
    return name.startsWith('custom.')
      ? ownValue(person.custom, name.slice('custom.'.length))
      : ownValue(person.fields, name);
  }

  #picture({ namespace, name }: FieldRef): SignatureImage | undefined {
    if (namespace === 'tenant' || namespace === 'message') return undefined;
    const person = this.context[namespace];
    if (!person) return undefined;
    if (name === 'photo') return person.photo === undefined ? undefined : this.#photo(person.photo);
    const bytes = this.context.qr?.(vcardOf(person));
    if (!bytes || bytes.length > limits.signature.imageBytes) return undefined;
    return { name: `vcard-${namespace}`, type: 'image/png', bytes };
  }

  #photo(hash: string): SignatureImage | undefined {
    const image = this.context.photo?.(hash);
    if (!image || image.bytes.length > limits.signature.imageBytes) return undefined;
    return {
      name: `photo-${hash.replace(/[^0-9a-f]/gi, '').slice(0, 16)}`,
      type: image.type,
      bytes: image.bytes,
    };
  }

  #place({ namespace }: FieldRef): FormatPlace {
    const { context } = this;
    const person = namespace === 'tenant' || namespace === 'message' ? undefined : context[namespace];
    return {
      language: context.language,
      timeZone: context.timeZone,
      countries: [person?.fields.country, context.tenant.fields.country],
    };
  }
}

/** Names come from templates: none may reach what every object has. */
function ownValue(values: Readonly<Record<string, string | undefined>>, name: string) {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

function blankAsEmpty(value: string | undefined): string {
  if (!value) return '';
  const { valueCharacters } = limits.signature;
  const short = value.length > valueCharacters ? value.slice(0, valueCharacters) : value;
  return cleanValue(short) === '' ? '' : short;
}
