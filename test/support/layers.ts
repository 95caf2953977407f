/**
 * The rule of who may import whom (the table `layers` below), and the purity of `mail` and `signature`. Imports and
 * globals come from esbuild's own parser, so comments, strings and local names of the same spelling do not count.
 */
import { posix } from 'node:path';
import { build, type Plugin } from 'esbuild';

export type SourceFile = { readonly path: string; readonly source: string };

type Layer = {
  /** Folders and root files that may be used at run time. */
  readonly uses?: readonly string[];
  /** Those of which only `import type` is allowed. */
  readonly types?: readonly string[];
  readonly npm?: readonly string[];
  /** No clock, random, disk, network, process: those arrive as arguments. */
  readonly pure?: true;
};

const everywhere = ['limits.ts'];
const effects = ['log.ts', 'clock.ts', 'config.ts', 'problem.ts', 'start-worker.ts', 'mail/report.ts'];

const layers: Readonly<Record<string, Layer>> = {
  mail: { pure: true, npm: ['encoding-japanese', 'iconv-lite', 'htmlparser2', 'entities'] },
  signature: { pure: true, uses: ['mail'], npm: ['entities', 'htmlparser2', 'libphonenumber-js'] },
  // The configuration as one value is the bundle's.
  store: {
    uses: ['problem.ts'],
    types: ['signature', 'bundle', 'microsoft'],
    npm: ['kysely', 'better-sqlite3', 'pg'],
  },
  directory: { uses: ['problem.ts'], types: ['signature', 'microsoft'], npm: ['ldapts', 'csv-parse'] },
  microsoft: { uses: ['problem.ts'], types: ['signature'], npm: ['@azure/msal-node'] },
  relay: { uses: ['mail', 'signature'], npm: ['smtp-server', 'nodemailer'] },
  // One normal form of addresses and one list of a person's fields, not copies of them.
  bundle: {
    uses: ['problem.ts', 'mail/address.ts', 'signature/person.ts', 'microsoft/cloud.ts'],
    types: ['signature', 'store', 'directory', 'microsoft', 'relay'],
    npm: ['zod', 'yaml'],
  },
  // What `signature` takes as functions, so that it stays pure: the libraries behind pictures and style sheets.
  content: {
    uses: ['signature/picture.ts'],
    types: ['signature', 'bundle'],
    npm: ['juice', 'postcss', 'qrcode', 'jpeg-js', 'pngjs'],
  },
  // The tenants of the store, compiled for the relay.
  snapshot: {
    uses: ['signature', 'directory', 'bundle', 'problem.ts', 'data-folder.ts'],
    types: ['content', 'relay', 'store'],
  },
  // From the relay's words to the store's, beside the message path.
  record: { uses: ['signature'], types: ['relay', 'store'] },
  // Certificates from a public authority.
  acme: { uses: ['problem.ts', 'make-certificate.ts'], npm: ['jose'] },
  // What an administrator asks at 2 a.m., answered from facts that are passed in.
  doctor: { types: ['store', 'relay', 'licence'] },
  // Licence files and seats as an administrator works with them.
  licence: { uses: ['signature', 'problem.ts'], types: ['store'] },
  alerts: { types: ['store', 'relay'], npm: ['nodemailer'] },
  metrics: { types: ['store', 'relay'], npm: ['prom-client'] },
  views: { types: ['signature', 'directory', 'microsoft'], npm: ['preact', 'preact-render-to-string'] },
  web: {
    uses: ['signature', 'views', 'problem.ts'],
    types: ['mail', 'store', 'directory', 'microsoft', 'relay'],
    npm: ['koa', '@koa/router', 'preact', 'otpauth', 'qrcode', '@simplewebauthn/server', 'mailparser'],
  },
  jobs: {
    types: ['signature', 'store', 'directory', 'bundle', 'microsoft', 'licence'],
    npm: ['croner', 'acme-client'],
  },
  sandbox: {
    uses: ['mail', 'views/parts', 'make-certificate.ts'],
    types: ['microsoft'],
    npm: ['smtp-server', 'nodemailer', 'mailauth', '@peculiar/x509', 'jose'],
  },
  'log.ts': { types: ['config.ts'], npm: ['pino'] },
  'certificate.ts': { uses: ['problem.ts'] },
  'make-certificate.ts': { npm: ['@peculiar/x509', 'reflect-metadata'] },
  'config.ts': { uses: ['problem.ts'] },
  'data-folder.ts': { uses: ['problem.ts'] },
  'version.ts': { uses: ['package.json'] },
};

/** Roots import each other only as the table says; these few may import everything but the sandbox. */
const wiring = /^src\/(app\.ts|app\/.+|main\.ts|worker-entry\.ts|cli\/.+)$/;

const impureGlobals = [
  ...['Date', 'Math.random', 'performance', 'process', 'crypto', 'fetch', 'console', 'globalThis', 'global'],
  ...[
    'setTimeout',
    'setInterval',
    'setImmediate',
    'queueMicrotask',
    'require',
    'eval',
    'Function',
    'WebSocket',
  ],
];
const mark = 'IMPURE_GLOBAL_';

/** One sentence for each breach; an empty list is a clean tree. */
export async function findBreaches(files: readonly SourceFile[]): Promise<string[]> {
  const found = await Promise.all(files.map(findBreachesOf));
  return found.flat();
}

async function findBreachesOf({ path, source }: SourceFile): Promise<string[]> {
  const layerName = nameOf(path);
  const isWiring = wiring.test(path);
  const layer = isWiring || isRootFile(layerName) ? (layers[layerName] ?? {}) : layers[layerName];
  if (!layer) return [`${path}: the layer "${layerName}" is not in the table`];
  const { imports: atRunTime, globals } = await parse(path, source);
  const { imports: all } = await parse(path, withTypesAsValues(source));
  const breaches = all.flatMap(specifier => {
    const isType = !atRunTime.includes(specifier);
    return mayImport({ path, layerName, layer, specifier, isType, isWiring })
      ? []
      : [`${path}: may not import ${isType ? 'types of ' : ''}${specifier}`];
  });
  if (!layer.pure) return breaches;
  return [...breaches, ...globals.map(name => `${path}: may not use ${name}`)];
}

type Import = {
  readonly path: string;
  readonly layerName: string;
  readonly layer: Layer;
  readonly specifier: string;
  readonly isType: boolean;
  readonly isWiring: boolean;
};

function mayImport({ path, layerName, layer, specifier, isType, isWiring }: Import) {
  if (specifier.startsWith('node:')) return !layer.pure || specifier === 'node:buffer';
  if (!specifier.startsWith('.')) return isWiring || covers(layer.npm, packageOf(specifier));
  const target = posix.join(posix.dirname(path), specifier).replace(/^src\//, '');
  if (covers(['sandbox'], target)) return layerName === 'sandbox' || path.startsWith('src/cli/demo');
  if (isWiring || covers([layerName, ...everywhere, ...(layer.uses ?? [])], target)) return true;
  const typesOf = layer.pure ? (layer.types ?? []) : [...(layer.types ?? []), ...effects];
  return isType && covers(typesOf, target);
}

function covers(allowed: readonly string[] = [], target: string) {
  return allowed.some(name => target === name || target.startsWith(`${name}/`));
}

/** `src/mail/html.ts` -> `mail`, `src/limits.ts` -> `limits.ts`, `views/layout.tsx` -> `views`. */
function nameOf(path: string) {
  const [top = '', second = ''] = path.split('/');
  return top === 'src' ? second : top;
}

function isRootFile(layerName: string) {
  return layerName.endsWith('.ts');
}

function packageOf(specifier: string) {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/** `import type` and `export type` stand at the start of a statement; made values, esbuild tells where they lead. */
function withTypesAsValues(source: string) {
  return source.replace(/^(\s*)(import|export) type (?=[\w${*][^;=]*?\bfrom\b)/gm, '$1$2 ');
}

async function parse(path: string, source: string) {
  const { metafile, outputFiles } = await build({
    stdin: { contents: source, loader: path.endsWith('x') ? 'tsx' : 'ts', sourcefile: path },
    bundle: true,
    write: false,
    metafile: true,
    treeShaking: false,
    format: 'esm',
    logLevel: 'silent',
    // Without it esbuild drops an import that only types use, and a forgotten `type` would go unseen.
    tsconfigRaw: {
      compilerOptions: { verbatimModuleSyntax: true, jsx: 'react-jsx', jsxImportSource: 'preact' },
    },
    define: Object.fromEntries(impureGlobals.map(name => [name, mark + name.replace('.', '_')])),
    plugins: [leaveImports],
  });
  const imports = Object.values(metafile.outputs).flatMap(output => output.imports.map(({ path: to }) => to));
  const text = outputFiles.map(file => file.text).join('');
  const globals = impureGlobals.filter(name => new RegExp(`${mark}${name.replace('.', '_')}\\b`).test(text));
  return { imports: [...new Set(imports)], globals };
}

const leaveImports: Plugin = {
  name: 'leave-imports',
  setup: ({ onResolve }) => onResolve({ filter: /.*/ }, ({ path }) => ({ path, external: true })),
};
