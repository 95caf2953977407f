/**
 * A message as the simulated Exchange handles it: header fields that can be added, replaced and removed, and a body that
 * never changes. A field keeps its bytes and its place until somebody touches that very field.
 */
import { Buffer } from 'node:buffer';
import { parseHeaders } from '../../mail/headers.ts';

/** `raw` is the whole field, CRLF included, as Latin-1: one character is one byte. */
export type Field = { readonly name: string; readonly raw: string };

export type Message = { readonly fields: readonly Field[]; readonly body: Buffer };

/** Longer headers than this are not Exchange's business either. */
const MOST_HEADER_BYTES = 1024 * 1024;

/** Line ends must be CRLF. Lines that are no fields are dropped, as Exchange drops them. */
export function readMessage(bytes: Buffer): Message {
  const header = parseHeaders(bytes, 0, MOST_HEADER_BYTES);
  const fields = header.fields.map(({ name, start, end }) => ({
    name,
    raw: bytes.toString('latin1', start, end),
  }));
  return { fields, body: bytes.subarray(header.bodyStart) };
}

export function writeMessage({ fields, body }: Message): Buffer {
  const header = fields.map(({ raw }) => raw).join('');
  return Buffer.concat([Buffer.from(`${header}\r\n`, 'latin1'), body]);
}

/** A field of ASCII text; `value` may hold folds of its own. */
export function field(name: string, value: string): Field {
  return { name: name.toLowerCase(), raw: `${name}: ${value}\r\n` };
}

/** The unfolded values of all fields of that name, in any case. */
export function allOf({ fields }: Pick<Message, 'fields'>, name: string): string[] {
  const wanted = name.toLowerCase();
  return fields
    .filter(candidate => candidate.name === wanted)
    .map(({ raw }) =>
      raw
        .slice(raw.indexOf(':') + 1)
        .replace(/\r\n/g, '')
        .trim(),
    );
}

export function firstOf(message: Pick<Message, 'fields'>, name: string): string | undefined {
  return allOf(message, name)[0];
}

/** New fields on top, the first of them first. */
export function onTop(message: Message, added: readonly Field[]): Message {
  return { ...message, fields: [...added, ...message.fields] };
}

/** Every field of that name goes; one with the new value stands on top. */
export function withField(message: Message, name: string, value: string): Message {
  return onTop(without(message, [name]), [field(name, value)]);
}

export function without(message: Message, names: readonly string[]): Message {
  const gone = new Set(names.map(name => name.toLowerCase()));
  return { ...message, fields: message.fields.filter(({ name }) => !gone.has(name)) };
}

/** Fields for which `rename` has a name get it, in place and with their value's bytes. It is given the name as written. */
export function renamed(message: Message, rename: (name: string) => string | undefined): Message {
  const fields = message.fields.map(old => {
    const name = rename(old.raw.slice(0, old.raw.indexOf(':')).trimEnd());
    return name === undefined
      ? old
      : { name: name.toLowerCase(), raw: `${name}${old.raw.slice(old.raw.indexOf(':'))}` };
  });
  return { ...message, fields };
}
