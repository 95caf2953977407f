/**
 * One tag of a template, parsed. Every mistake is a fault at the word that is wrong, with what was probably meant: a
 * literal token must never reach a mail, so nothing that is not understood is kept.
 */
import { checkFormat } from './format.ts';
import type { Expression, Fault, FieldRef, FormatCall, Operand, Tag, Test } from './template.ts';
import { findField, type KnownFields, nearest } from './template-fields.ts';
import { type Word, wordsOf } from './template-words.ts';

export type ParsedTag =
  | { readonly kind: 'tag'; readonly tag: Tag }
  | { readonly kind: 'fault'; readonly fault: Fault };

/** Parses what stands between the braces: `source` in `[start, end)`. */
export function parseTag(source: string, start: number, end: number, fields: KnownFields): ParsedTag {
  const read = wordsOf(source, start, end);
  if (read.kind === 'fault') return read;
  const reader = new TagReader(read.words, end, fields);
  const tag = reader.tag();
  const fault = reader.fault ?? reader.leftOver();
  return fault ? { kind: 'fault', fault } : { kind: 'tag', tag };
}

const conditionWords = new Set(['and', 'or', 'not', 'is', 'contains', 'empty']);

/** Reads words from left to right and keeps the first fault; what it returns behind a fault is never used. */
class TagReader {
  fault: Fault | undefined;
  readonly #words: readonly Word[];
  readonly #end: number;
  readonly #fields: KnownFields;
  #next = 0;

  constructor(words: readonly Word[], end: number, fields: KnownFields) {
    this.#words = words;
    this.#end = end;
    this.#fields = fields;
  }

  tag(): Tag {
    const word = this.#peek();
    if (!word) {
      this.#fail('The tag is empty: expected a field such as {{person.displayName}}.');
      return { kind: 'else' };
    }
    switch (word.value) {
      case 'else':
        return this.#bare('else');
      case '/if':
        return this.#bare('end-if');
      case '#line':
        return this.#bare('line');
      case '/line':
        return this.#bare('end-line');
      case '#if':
        this.#next++;
        return { kind: 'if', test: this.#any() };
      case '#first':
        this.#next++;
        return { kind: 'output', expression: this.#first() };
    }
    if (/^[#/]/.test(word.value)) this.#failTag(word);
    return { kind: 'output', expression: this.#expression([this.#field()]) };
  }

  leftOver(): Fault | undefined {
    const word = this.#peek();
    return (
      word && { at: word.at, sentence: `Expected the end of the tag, got "${word.value}".`, ...hint(word) }
    );
  }

  #bare(kind: 'else' | 'end-if' | 'line' | 'end-line'): Tag {
    this.#next++;
    return { kind };
  }

  #first(): Expression {
    const refs: FieldRef[] = [this.#field()];
    while (this.#peek()?.kind === 'name') refs.push(this.#field());
    return this.#expression(refs);
  }

  /** The date of the message has no form of its own: without one it is written out in the long one. */
  #expression(refs: readonly FieldRef[]): Expression {
    const formats = this.#formats();
    const isDate = refs.some(({ namespace, name }) => namespace === 'message' && name === 'date');
    const hasForm = formats.some(({ name }) => name === 'date');
    return { refs, formats: isDate && !hasForm ? [{ name: 'date', arguments: [] }, ...formats] : formats };
  }

  #field(): FieldRef {
    const word = this.#take();
    const none: FieldRef = { namespace: 'person', name: '' };
    if (word?.kind !== 'name') {
      this.#fail('Expected a field such as person.displayName', word);
      return none;
    }
    const found = findField(word.value, this.#fields);
    if (found.kind === 'field') return found.ref;
    this.#fault(word.at, `There is no field "${word.value}".`, found.suggestion);
    return none;
  }

  #formats(): FormatCall[] {
    const formats: FormatCall[] = [];
    while (this.#takeSign('|')) {
      const word = this.#take();
      if (word?.kind !== 'name') {
        this.#fail('Expected a format such as "upper" behind "|"', word);
        break;
      }
      const call = { name: word.value, arguments: this.#arguments() };
      const complaint = checkFormat(call);
      if (complaint) this.#fault(word.at, complaint.sentence, complaint.suggestion);
      formats.push(call);
    }
    return formats;
  }

  #arguments(): string[] {
    const values: string[] = [];
    if (!this.#takeSign(':')) return values;
    do {
      const word = this.#take();
      if (!word || word.kind === 'sign') this.#fail('Expected a value, such as a text in quotes', word);
      else values.push(word.value);
    } while (!this.fault && this.#takeSign(','));
    return values;
  }

  #any(): Test {
    const tests = [this.#all()];
    while (this.#takeName('or')) tests.push(this.#all());
    return tests.length === 1 && tests[0] ? tests[0] : { kind: 'any', tests };
  }

  #all(): Test {
    const tests = [this.#not()];
    while (this.#takeName('and')) tests.push(this.#not());
    return tests.length === 1 && tests[0] ? tests[0] : { kind: 'all', tests };
  }

  #not(): Test {
    let isNegated = false;
    while (this.#takeName('not')) isNegated = !isNegated;
    const test = this.#comparison();
    return isNegated ? { kind: 'not', test } : test;
  }

  #comparison(): Test {
    const left = this.#operand();
    const operator = this.#peek();
    if (operator?.value === '=' || operator?.value === '!=' || operator?.value === 'contains') {
      this.#next++;
      return { kind: 'compare', operator: operator.value, left, right: this.#operand() };
    }
    if (!this.#takeName('is')) return { kind: 'filled', operand: left };
    const word = this.#take();
    if (word?.value === 'not')
      this.#fault(word.at, 'Expected "empty" behind "is".', 'write "not" in front of the field');
    else if (word?.value !== 'empty') this.#fail('Expected "empty" behind "is"', word);
    return { kind: 'empty', operand: left };
  }

  #operand(): Operand {
    const word = this.#peek();
    if (word?.kind === 'text') {
      this.#next++;
      return { kind: 'text', value: word.value };
    }
    if (word && conditionWords.has(word.value)) this.#fail('Expected a field or a text in quotes', word);
    return { kind: 'field', ref: this.#field() };
  }

  #peek() {
    return this.#words[this.#next];
  }

  #take() {
    return this.#words[this.#next++];
  }

  #takeSign(value: string) {
    const word = this.#peek();
    if (word?.kind !== 'sign' || word.value !== value) return false;
    this.#next++;
    return true;
  }

  #takeName(value: string) {
    const word = this.#peek();
    if (word?.kind !== 'name' || word.value !== value) return false;
    this.#next++;
    return true;
  }

  #failTag(word: Word) {
    const suggestion = nearest(word.value, ['#if', '/if', '#line', '/line', '#first']);
    this.#fault(word.at, `There is no tag {{${word.value}}}.`, suggestion && `{{${suggestion}}}`);
  }

  #fail(expected: string, word?: Word) {
    const got = word ? `, got "${word.value}".` : '.';
    this.#fault(word?.at ?? this.#end, `${expected.replace(/\.$/, '')}${got}`);
  }

  #fault(at: number, sentence: string, suggestion?: string) {
    this.fault ??= { at, sentence, ...(suggestion === undefined ? {} : { suggestion }) };
  }
}

function hint({ value }: Word) {
  if (value === 'if') return { suggestion: 'nest an {{#if}} behind {{else}}' };
  if (value === 'is' || value === 'contains' || value === '=' || value === '!=')
    return { suggestion: 'conditions stand in {{#if ...}}' };
  return {};
}
