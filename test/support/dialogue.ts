/**
 * Dialogues as data (test/dialogues/*.smtp), one conversation a file:
 *
 *     # what it shows
 *     ! {"limits": {...}, "tenants": [...], "interactive": true}
 *     -> a line to send
 *     ~> raw bytes, with \r \n \0 \\ \xNN
 *     <- a regular expression that the next reply matches; `<- closed` for the end
 *     => {"from": ..., "recipients": [...], "content": ...}, what the next hop gets, in order
 *
 * `interactive`: the client must wait for each reply, so the conversation cannot be sent in one go.
 */
import { Buffer } from 'node:buffer';
import { readdirSync, readFileSync } from 'node:fs';
import type { RelayLimits } from '../../src/relay/server.ts';
import type { TenantFacts } from './relay.ts';

export type Step =
  | { readonly kind: 'send'; readonly bytes: Buffer }
  | { readonly kind: 'expect'; readonly pattern: RegExp | 'closed' };

export type Event = {
  readonly from: string;
  readonly recipients: readonly string[];
  readonly content: string;
};

export type Settings = {
  readonly limits?: Partial<RelayLimits>;
  readonly tenants?: readonly TenantFacts[];
  readonly budget?: number;
  readonly interactive?: boolean;
};

export type Dialogue = {
  readonly name: string;
  readonly title: string;
  readonly settings: Settings;
  readonly steps: readonly Step[];
  readonly events: readonly Event[];
};

const folder = new URL('../dialogues/', import.meta.url);

export function readDialogues(): readonly Dialogue[] {
  return readdirSync(folder)
    .filter(name => name.endsWith('.smtp'))
    .sort()
    .map(name => parseDialogue(name, readFileSync(new URL(name, folder), 'utf8')));
}

export function parseDialogue(name: string, text: string): Dialogue {
  const steps: Step[] = [];
  const events: Event[] = [];
  let title = '';
  let settings: Settings = {};
  for (const line of text.split('\n')) {
    const rest = line.slice(3);
    if (line.startsWith('# ')) title ||= line.slice(2);
    else if (line.startsWith('! ')) settings = JSON.parse(line.slice(2));
    else if (line.startsWith('=> ')) events.push(JSON.parse(rest));
    else if (/^->( |$)/.test(line)) steps.push({ kind: 'send', bytes: Buffer.from(`${rest}\r\n`, 'utf8') });
    else if (line.startsWith('~> ')) steps.push({ kind: 'send', bytes: withoutEscapes(rest) });
    else if (line === '<- closed') steps.push({ kind: 'expect', pattern: 'closed' });
    else if (line.startsWith('<- ')) steps.push({ kind: 'expect', pattern: new RegExp(`^${rest}`, 's') });
    else if (line !== '') throw new Error(`${name}: cannot read the line "${line}"`);
  }
  return { name, title, settings, steps, events };
}

const escapes: Readonly<Record<string, string>> = { r: '\r', n: '\n', '0': '\0', '\\': '\\' };

export function withoutEscapes(text: string): Buffer {
  const latin1 = Buffer.from(text, 'utf8').toString('latin1');
  return Buffer.from(
    latin1.replace(/\\(?:x([0-9a-fA-F]{2})|(.))/g, (all, hex?: string, letter?: string) =>
      hex ? String.fromCharCode(Number.parseInt(hex, 16)) : (escapes[letter ?? ''] ?? all),
    ),
    'latin1',
  );
}
