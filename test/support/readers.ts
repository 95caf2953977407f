/**
 * Mail read by programs that are not ours: mailparser, mailsplit, Python's `email` and Perl's MIME::Parser. They say how
 * the world sees a message before and after stamping.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Splitter } from '@zone-eu/mailsplit';
import { simpleParser } from 'mailparser';

export type Leaf = {
  readonly type: string;
  /** Of the decoded bytes. */
  readonly sha256: string;
  readonly fileName: string;
  /** Only where the reader decodes charsets, and only of text. */
  readonly text?: string;
};

/** `tree` looks like `multipart/mixed(text/plain,image/png)`. */
export type Reading = { readonly tree: string; readonly leaves: readonly Leaf[] };

/** Readings in the order of the messages; undefined when the program is not installed. */
export type BatchReader = (messages: readonly Buffer[]) => readonly Reading[] | undefined;

export const readWithPython: BatchReader = messages => readInBatch('python3', ['readers.py'], messages);

export const readWithPerl: BatchReader = messages =>
  isRunnable('perl', ['-MMIME::Parser', '-e', '1'])
    ? readInBatch('perl', ['readers.pl'], messages)
    : undefined;

/** mailparser keeps no tree: the letter's two forms as a reader sees them, and the hashes of the attachments. */
export async function readWithMailparser(
  message: Buffer,
): Promise<{ readonly html: string; readonly text: string; readonly attachments: readonly string[] }> {
  const mail = await simpleParser(message, {
    skipHtmlToText: true,
    skipTextToHtml: true,
    skipImageLinks: true,
    skipTextLinks: true,
  });
  return {
    html: mail.html || '',
    text: mail.text ?? '',
    attachments: mail.attachments.map(({ contentType, content }) => `${contentType} ${sha256(content)}`),
  };
}

type Node = {
  readonly contentType: string;
  readonly children: Node[];
  readonly hash: ReturnType<typeof createHash>;
  readonly fileName: string;
};

/** mailsplit as it streams: hashes are of the decoded bytes. */
export async function readWithMailsplit(message: Buffer): Promise<Reading> {
  const nodes = new Map<object, Node>();
  let root: Node | undefined;
  const splitter = new Splitter({ ignoreEmbedded: true });
  splitter.end(message);
  for await (const piece of splitter) {
    if (piece.type === 'node') {
      const node: Node = {
        contentType: piece.contentType || 'text/plain',
        children: [],
        hash: createHash('sha256'),
        fileName: piece.filename || '',
      };
      nodes.set(piece, node);
      root ??= node;
      if (piece.parentNode) nodes.get(piece.parentNode)?.children.push(node);
    } else if (piece.type === 'body') nodes.get(piece.node)?.hash.update(piece.value);
  }
  if (!root) return { tree: 'unreadable', leaves: [] };
  return { tree: treeOf(root), leaves: leavesOf(root) };
}

function treeOf(node: Node): string {
  if (node.children.length === 0) return node.contentType;
  return `${node.contentType}(${node.children.map(treeOf).join(',')})`;
}

function leavesOf(node: Node): Leaf[] {
  if (node.children.length > 0) return node.children.flatMap(leavesOf);
  return [{ type: node.contentType, sha256: node.hash.digest('hex'), fileName: node.fileName }];
}

function readInBatch(program: string, words: readonly string[], messages: readonly Buffer[]) {
  if (!isRunnable(program, ['--version'])) return undefined;
  const [script = '', ...rest] = words;
  const path = fileURLToPath(new URL(script, import.meta.url));
  const input = Buffer.concat(messages.flatMap(message => [sizeOf(message), message]));
  const { stdout, stderr, status } = spawnSync(program, [path, ...rest], { input, maxBuffer: 1 << 30 });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`);
  const lines = stdout.toString().trimEnd().split('\n');
  if (lines.length !== messages.length)
    throw new Error(`expected ${messages.length} readings of ${program}, got ${lines.length}`);
  return lines.map(line => JSON.parse(line) as Reading);
}

function isRunnable(program: string, words: readonly string[]): boolean {
  return spawnSync(program, words, { stdio: 'ignore' }).status === 0;
}

function sizeOf(message: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(message.length);
  return size;
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
