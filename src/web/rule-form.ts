/** Between a rule and the fields of its form, both ways. Pure. Lists are one entry a line; an empty list means everyone. */
import type { AttributeTest, Dimension, RecipientEntry, Rule, SenderEntry } from '../signature/rule.ts';
import type { Mistake } from './editing.ts';
import { type Form, formOf } from './form.ts';

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export const tests = ['equal', 'not-equal', 'contains', 'empty', 'not-empty'] as const;
/** Names of fields begin with these: `senders.people`, `sendersExcept.people`. */
export const senderParts = ['senders', 'sendersExcept'] as const;
export const recipientParts = ['recipients', 'recipientsExcept'] as const;

type Entry = { readonly field: string; readonly written: unknown };

export type WrittenRule = {
  readonly written: Readonly<Record<string, unknown>>;
  /** The field to which a mistake belongs. */
  readonly fieldOf: (mistake: Mistake) => string;
};

export function writtenRule(form: Form, isEnabled: boolean): WrittenRule {
  const senders = both(form, senderParts, senderEntries);
  const recipients = both(form, recipientParts, recipientEntries);
  const written = {
    name: form.text('name').trim(),
    enabled: isEnabled,
    senders: dimension(senders, 'everyone'),
    recipients: dimension(recipients, 'anyone'),
    message: withoutEmpty({
      conversation: form.text('conversation'),
      importance: form.text('importance'),
      subjectWords: linesOf(form.text('subjectWords')),
      textWords: linesOf(form.text('textWords')),
      minBytes: bytesOf(form.text('minBytes')),
      maxBytes: bytesOf(form.text('maxBytes')),
    }),
    time: withoutEmpty({
      from: form.text('from'),
      until: form.text('until'),
      weekdays: form.list('weekdays'),
      hours:
        form.text('hoursFrom') || form.text('hoursUntil')
          ? { from: form.text('hoursFrom'), until: form.text('hoursUntil') }
          : '',
    }),
    signatures: form.text('action') === 'none' ? 'none' : form.list('signatures').filter(Boolean),
    // biome-ignore lint/suspicious/noThenProperty: the word of the file format; this object is never awaited.
    then: form.text('onMatch') || 'stop',
    otherwise: form.text('onNoMatch') || 'continue',
  };
  return { written, fieldOf: ({ path }) => fieldAt(path, { senders, recipients }) };
}

type Both = { readonly include: readonly Entry[]; readonly except: readonly Entry[] };

function both(form: Form, [include, except]: readonly [string, string], read: typeof senderEntries): Both {
  return { include: read(form, include), except: read(form, except) };
}

function senderEntries(form: Form, part: string): readonly Entry[] {
  return [
    ...each(form, `${part}.people`, value => value),
    ...each(form, `${part}.groups`, group => ({ group })),
    ...each(form, `${part}.domains`, domain => ({ domain })),
    ...attributeEntries(form, part),
  ];
}

function recipientEntries(form: Form, part: string): readonly Entry[] {
  return [
    ...form
      .list(`${part}.side`)
      .filter(Boolean)
      .map(written => ({ field: `${part}.side`, written })),
    ...each(form, `${part}.people`, value => value),
    ...each(form, `${part}.groups`, group => ({ group })),
    ...each(form, `${part}.domains`, domain => ({ domain })),
  ];
}

function each(form: Form, field: string, write: (line: string) => unknown): readonly Entry[] {
  return linesOf(form.text(field)).map(line => ({ field, written: write(line) }));
}

/** Rows of three fields; one without an attribute is not used. */
function attributeEntries(form: Form, part: string): readonly Entry[] {
  const kinds = form.list(`${part}.is`);
  const values = form.list(`${part}.value`);
  return form.list(`${part}.attribute`).flatMap((attribute, row) => {
    if (attribute.trim() === '') return [];
    const is = kinds[row] || 'equal';
    const hasValue = is !== 'empty' && is !== 'not-empty';
    const written = { attribute: attribute.trim(), is, ...(hasValue ? { value: values[row] ?? '' } : {}) };
    return [{ field: `${part}.attribute`, written }];
  });
}

function dimension({ include, except }: Both, always: string) {
  return {
    include: include.length === 0 ? always : include.map(({ written }) => written),
    ...(except.length === 0 ? {} : { except: except.map(({ written }) => written) }),
  };
}

function fieldAt([first, side, index]: Mistake['path'], entries: Readonly<Record<string, Both>>): string {
  const of = entries[String(first)];
  if (of && (side === 'include' || side === 'except')) {
    const list = of[side];
    return (list[Number(index)] ?? list[0])?.field ?? `${first}.people`;
  }
  if (first === 'message' || first === 'time') return fields[String(side)] ?? String(side ?? first);
  return String(first);
}

const fields: Readonly<Record<string, string>> = {
  hours: 'hoursFrom',
};

export function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '');
}

/** What is no number stays as it is, for the schema to refuse. */
function bytesOf(text: string): unknown {
  const value = text.trim();
  return /^\d+$/.test(value) ? Number(value) : value;
}

function withoutEmpty(values: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(
    Object.entries(values).filter(
      ([, value]) => value !== '' && !(Array.isArray(value) && value.length === 0),
    ),
  );
}

/** The same fields as a browser would send them, so that a form is filled one way only. */
export function formOfRule(rule: Rule, groupName: (id: string) => string): Form {
  const fields = new URLSearchParams();
  const set = (name: string, value: string | number | undefined) => fields.append(name, `${value ?? ''}`);
  set('name', rule.name);
  set('action', rule.action.kind === 'sign' ? 'sign' : 'none');
  if (rule.action.kind === 'sign') for (const name of rule.action.signatures) set('signatures', name);
  fillSenders(rule.senders, { set, groupName });
  fillRecipients(rule.recipients, { set, groupName });
  const { message, time } = rule;
  set('conversation', message.conversation);
  set('importance', message.importance);
  set('subjectWords', message.subjectWords.join('\n'));
  set('textWords', message.textWords.join('\n'));
  set('minBytes', message.minBytes);
  set('maxBytes', message.maxBytes);
  set('from', time.from);
  set('until', time.until);
  for (const day of time.weekdays) set('weekdays', day);
  set('hoursFrom', time.hours?.from);
  set('hoursUntil', time.hours?.until);
  set('onMatch', rule.onMatch);
  set('onNoMatch', rule.onNoMatch);
  return formOf(fields);
}

type Fill = {
  readonly set: (name: string, value: string) => void;
  readonly groupName: (id: string) => string;
};

function fillSenders({ include, except }: Dimension<SenderEntry>, fill: Fill) {
  for (const [part, entries] of [
    [senderParts[0], include],
    [senderParts[1], except],
  ] as const) {
    fillCommon(part, entries, fill);
    fill.set(
      `${part}.people`,
      joined(entries, entry => (entry.kind === 'person' ? [entry.address] : [])),
    );
    for (const entry of entries) if (entry.kind === 'attribute') fillTest(part, entry.test, fill);
  }
}

function fillTest(part: string, { field, is, value }: AttributeTest, { set }: Fill) {
  set(`${part}.attribute`, field);
  set(`${part}.is`, is);
  set(`${part}.value`, value);
}

function fillRecipients({ include, except }: Dimension<RecipientEntry>, fill: Fill) {
  for (const [part, entries] of [
    [recipientParts[0], include],
    [recipientParts[1], except],
  ] as const) {
    fillCommon(part, entries, fill);
    fill.set(
      `${part}.people`,
      joined(entries, entry => (entry.kind === 'address' ? [entry.address] : [])),
    );
    for (const { kind } of entries)
      if (kind === 'internal' || kind === 'external') fill.set(`${part}.side`, kind);
  }
}

function fillCommon(
  part: string,
  entries: readonly (SenderEntry | RecipientEntry)[],
  { set, groupName }: Fill,
) {
  set(
    `${part}.groups`,
    joined(entries, entry => (entry.kind === 'group' ? [groupName(entry.id)] : [])),
  );
  set(
    `${part}.domains`,
    joined(entries, entry => (entry.kind === 'domain' ? [entry.domain] : [])),
  );
}

function joined<Item>(entries: readonly Item[], pick: (entry: Item) => readonly string[]) {
  return entries.flatMap(pick).join('\n');
}
