/**
 * Reads PowerShell with tree-sitter's grammar, which knows nothing of how Signet writes it, and answers the commands with
 * their arguments evaluated. Beyond that grammar it holds what PowerShell's own tokenizer does (about_Quoting_Rules): typographic
 * quotes are quotes, so a script that holds one at all is refused here.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Language, type Node, Parser } from 'web-tree-sitter';

const require = createRequire(import.meta.url);

export type Argument =
  | string
  | number
  | boolean
  | null
  | readonly Argument[]
  | { readonly variable: string }
  | { readonly table: Readonly<Record<string, Argument>> };

export type ReadCommand = { readonly name: string; readonly arguments: Readonly<Record<string, Argument>> };

export async function createPowershellReader() {
  await Parser.init();
  const wasm = require.resolve('tree-sitter-powershell/tree-sitter-powershell.wasm');
  const parser = new Parser();
  parser.setLanguage(await Language.load(new Uint8Array(await readFile(wasm))));
  return (script: string): readonly ReadCommand[] => {
    const beyond = /[^\n\x20-\x7e]/.exec(script);
    if (beyond) throw new Error(`not plain ASCII: U+${beyond[0].charCodeAt(0).toString(16)}`);
    const tree = parser.parse(script);
    if (!tree || tree.rootNode.hasError) throw new Error(`not PowerShell: ${script}`);
    return tree.rootNode.descendantsOfType('command').flatMap(node => (node ? [readCommand(node)] : []));
  };
}

function readCommand(node: Node): ReadCommand {
  const name = node.childForFieldName('command_name')?.text ?? '';
  const found: Record<string, Argument> = {};
  const elements = node.namedChildren.find(child => child?.type === 'command_elements')?.namedChildren ?? [];
  let parameter = '';
  for (const element of elements) {
    if (!element || element.type === 'command_argument_sep') continue;
    if (element.type === 'command_parameter') {
      parameter = element.text.replace(/^-/, '').replace(/:$/, '');
      found[parameter] = true;
    } else if (parameter) found[parameter] = evaluate(element);
  }
  return { name, arguments: found };
}

/** Descends through the grammar's levels of expressions; what a value can be made of is listed, all else is refused. */
function evaluate(node: Node): Argument {
  const children = node.namedChildren.filter(child => child !== null);
  switch (node.type) {
    case 'generic_token':
      return node.text;
    case 'string_literal':
      return literal(node);
    case 'hash_literal_body':
      return { table: Object.fromEntries(children.flatMap(entriesOf)) };
    case 'decimal_integer_literal':
      return Number(node.text);
    case 'variable':
      return { $true: true, $false: false, $null: null }[node.text.toLowerCase()] ?? variable(node);
    case 'array_expression':
      return children.flatMap(child => [evaluate(child)].flat());
    case 'additive_expression':
      if (children.length > 1) return children.map(evaluate).map(String).join('');
      break;
    case 'cast_expression':
      return character(node);
    case 'array_literal_expression':
      if (children.length > 1) return children.map(evaluate);
      break;
  }
  const [only, ...more] = children;
  if (!only || more.length > 0) throw new Error(`cannot evaluate ${node.type}: ${node.text}`);
  return evaluate(only);
}

/** `Add = @('1'); Remove = @('2')`. */
function entriesOf(node: Node): readonly (readonly [string, Argument])[] {
  const [key, value] = node.namedChildren;
  return node.type === 'hash_entry' && key && value ? [[key.text, evaluate(value)]] : [];
}

function variable(node: Node): Argument {
  return node.text.toLowerCase() === '$null' ? null : { variable: node.text };
}

function literal(node: Node): Argument {
  const text = node.text;
  if (text.startsWith("'")) return text.slice(1, -1).replaceAll("''", "'");
  return { variable: text };
}

function character(node: Node) {
  const [, hex] = /^\[char\]\s*0x([0-9a-f]+)$/i.exec(node.text) ?? [];
  if (!hex) throw new Error(`cannot evaluate ${node.text}`);
  return String.fromCharCode(Number.parseInt(hex, 16));
}
