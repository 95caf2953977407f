/**
 * Style sheets, scripts, fonts and the mark, from memory. Their address carries the hash of all of them, so that a browser
 * may keep them for good and an upgrade is never mixed with what was before. Each is compressed once, when first asked for.
 */
import { createHash } from 'node:crypto';
import { extname } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Context, Next } from 'koa';

export type Assets = {
  /** Rejects with the system's error when a file is missing: the server does not start then. */
  readonly load: () => Promise<void>;
  /** Throws for a name that is not in views/assets/files.json. */
  readonly address: (name: string) => string;
  readonly serve: (context: Context, next: Next) => Promise<void>;
};

export type AssetsNeeds = {
  readonly names: readonly string[];
  readonly read: (name: string) => Promise<Buffer>;
};

type Encoding = 'br' | 'gzip' | 'identity';
type Kept = {
  readonly bytes: Buffer;
  readonly type: string;
  readonly encoded: Map<Encoding, Promise<Buffer>>;
};

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

const yearSeconds = 31_536_000;

export function createAssets({ names, read }: AssetsNeeds): Assets {
  const kept = new Map<string, Kept>();
  let hash = '';

  async function load() {
    const digest = createHash('sha256');
    for (const name of names) {
      const bytes = await read(name);
      digest.update(name).update(bytes);
      kept.set(name, { bytes, type: types[extname(name)] ?? 'application/octet-stream', encoded: new Map() });
    }
    hash = digest.digest('hex').slice(0, 12);
  }

  function address(name: string) {
    if (!kept.has(name)) throw new Error(`expected a file of views/assets/files.json, got ${name}`);
    return `/assets/${hash}/${name}`;
  }

  async function serve(context: Context, next: Next) {
    const [, asked, name = ''] = /^\/assets\/([0-9a-f]+)\/([a-z0-9.-]+)$/.exec(context.path) ?? [];
    const asset = kept.get(name);
    if (asked !== hash || !asset || !['GET', 'HEAD'].includes(context.method)) return next();
    const encoding = encodingFor(context, asset);
    context.set('Cache-Control', `public, max-age=${yearSeconds}, immutable`);
    context.set('Vary', 'Accept-Encoding');
    context.set('Content-Type', asset.type);
    if (encoding !== 'identity') context.set('Content-Encoding', encoding);
    context.body = await encode(asset, encoding);
  }

  return { load, address, serve };
}

function encodingFor(context: Context, { type }: Kept): Encoding {
  if (type === 'font/woff2') return 'identity';
  const found = context.acceptsEncodings('br', 'gzip', 'identity');
  return found === 'br' || found === 'gzip' ? found : 'identity';
}

/** In Node's own threads; two that ask at once share the work. */
function encode({ bytes, encoded }: Kept, encoding: Encoding): Promise<Buffer> {
  const known = encoded.get(encoding);
  if (known !== undefined) return known;
  const made = compress(bytes, encoding);
  encoded.set(encoding, made);
  return made;
}

const asBrotli = promisify(brotliCompress);
const asGzip = promisify(gzip);

/** Quality 9 of 11: the last two steps take ten times as long for three per cent. */
const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };

async function compress(bytes: Buffer, encoding: Encoding): Promise<Buffer> {
  if (encoding === 'identity') return bytes;
  return encoding === 'br' ? asBrotli(bytes, brotli) : asGzip(bytes, { level: 9 });
}
