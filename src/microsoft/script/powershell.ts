/**
 * PURE. Values and commands as PowerShell text, in ASCII alone. PowerShell takes typographic quotes for quotes, and reads a
 * file without a mark in the machine's code page, where bytes of an innocent letter can become one: so every character
 * beyond printable ASCII is written as its number. Inside single quotes nothing but the quote means anything.
 */
import { kindOf } from '../exchange/cmdlets.ts';
import type { Command, ParameterValue } from '../exchange/command.ts';

/** One expression that is exactly `text`, also as an argument: `'it''s'`, `('Caf' + [char]0xE9)`. */
export function powershellText(text: string): string {
  const parts = text.match(/[\x20-\x7e]+|[^\x20-\x7e]/g) ?? [''];
  // A text has to come first: a character plus a text is an error in some versions.
  const first = /^[\x20-\x7e]*$/.test(parts[0] ?? '') ? [] : ["''"];
  const written = [...first, ...parts.map(writtenPart)];
  return written.length === 1 ? (written[0] ?? "''") : `(${written.join(' + ')})`;
}

/** `secret` is written where the command holds `{ secret: 'route' }`. */
export function powershellCommand({ cmdlet, parameters }: Command, secret: string): string {
  const written = Object.entries(parameters).map(([name, value]) =>
    writtenParameter({ cmdlet, name, value, secret }),
  );
  return [cmdlet, ...written].join(' ');
}

function writtenPart(part: string) {
  return /^[\x20-\x7e]*$/.test(part)
    ? `'${part.replaceAll("'", "''")}'`
    : [...part]
        .flatMap(utf16)
        .map(unit => `[char]0x${unit.toString(16).toUpperCase()}`)
        .join(' + ');
}

/** PowerShell's characters are UTF-16 units, as ours. */
function utf16(character: string) {
  return Array.from({ length: character.length }, (_, i) => character.charCodeAt(i));
}

function writtenParameter({
  cmdlet,
  name,
  value,
  secret,
}: {
  readonly cmdlet: string;
  readonly name: string;
  readonly value: ParameterValue;
  readonly secret: string;
}) {
  const isSwitch = kindOf(cmdlet, name) === 'switch' && typeof value === 'boolean';
  return isSwitch ? `-${name}:${writtenValue(value, secret)}` : `-${name} ${writtenValue(value, secret)}`;
}

function writtenValue(value: ParameterValue, secret: string): string {
  if (value === null) return '$null';
  if (typeof value === 'boolean') return value ? '$true' : '$false';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return powershellText(value);
  if (isList(value)) return `@(${value.map(powershellText).join(', ')})`;
  if ('secret' in value) return powershellText(secret);
  const { add, remove } = value;
  const entries = [
    ...(add ? [`Add = @(${add.map(powershellText).join(', ')})`] : []),
    ...(remove ? [`Remove = @(${remove.map(powershellText).join(', ')})`] : []),
  ];
  return `@{ ${entries.join('; ')} }`;
}

function isList(value: object): value is readonly string[] {
  return Array.isArray(value);
}
