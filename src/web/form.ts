/**
 * A sent form: fields by name, in a Map, so that no field's name means anything to the language. A field that came twice
 * is refused where one is expected: of two values nobody knows which one was checked (HTTP parameter pollution).
 */
import type { IncomingMessage } from 'node:http';
import { limits } from '../limits.ts';
import { HttpFault } from './http-fault.ts';

export type Form = {
  /** '' when absent. Control characters but line ends are taken out. */
  readonly text: (name: string) => string;
  readonly list: (name: string) => readonly string[];
  readonly has: (name: string) => boolean;
};

export const emptyForm: Form = formOf(new URLSearchParams());

/** Rejects with an `HttpFault` when the body is too large or of another type. */
export async function readForm(request: IncomingMessage): Promise<Form> {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') {
    if (!request.headers['content-length'] && !request.headers['transfer-encoding']) return emptyForm;
    throw new HttpFault(415, 'malformed');
  }
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request) {
    size += piece.length;
    if (size > limits.web.formBytes) throw new HttpFault(413, 'too-large');
    pieces.push(piece);
  }
  return formOf(new URLSearchParams(Buffer.concat(pieces).toString('utf8')));
}

/** Also for queries. */
export function formOf(parameters: URLSearchParams): Form {
  const fields = new Map<string, string[]>();
  for (const [name, value] of parameters) fields.set(name, [...(fields.get(name) ?? []), clean(value)]);
  return {
    text(name) {
      const values = fields.get(name) ?? [];
      if (values.length > 1) throw new HttpFault(400, 'malformed');
      return values[0] ?? '';
    },
    list: name => fields.get(name) ?? [],
    has: name => fields.has(name),
  };
}

function clean(value: string) {
  return value.replace(/[^\P{Cc}\t\n\r]/gu, '').replace(/\r\n?/g, '\n');
}
