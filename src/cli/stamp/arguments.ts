/** The words after `signet stamp`, checked as far as that goes without opening a file. */
import { basename } from 'node:path';
import type { Zone } from '../../mail/report.ts';
import { readWords, usageFailure } from '../command.ts';

/** Value of `X-Signet-Processed` when no `--token` is given: fixed, so that the same input gives the same output. */
export const fixedToken = '0'.repeat(32);

export type StampArguments = {
  readonly htmlFile: string | undefined;
  readonly textFile: string | undefined;
  readonly zone: Zone;
  /** Signatures by the rules of a tenant, in the place of files. */
  readonly rules: RuleArguments | undefined;
  readonly images: readonly { readonly name: string; readonly file: string }[];
  readonly domains: readonly string[];
  readonly token: string;
  readonly removeClientSignature: boolean;
  readonly outFolder: string | undefined;
  readonly json: boolean;
  readonly messageFiles: readonly string[];
};

export type RuleArguments = {
  /** Undefined: the data folder. */
  readonly bundleFile: string | undefined;
  readonly tenant: string | undefined;
  readonly recipients: readonly string[];
  readonly at: string | undefined;
};

const options = {
  bundle: { type: 'string' },
  tenant: { type: 'string' },
  to: { type: 'string', multiple: true, default: [] as string[] },
  at: { type: 'string' },
  html: { type: 'string' },
  text: { type: 'string' },
  zone: { type: 'string' },
  image: { type: 'string', multiple: true, default: [] as string[] },
  domain: { type: 'string', multiple: true, default: [] as string[] },
  token: { type: 'string', default: fixedToken },
  'remove-client-signature': { type: 'boolean', default: false },
  out: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

export function readStampArguments(words: readonly string[]): StampArguments {
  const { values, positionals } = readWords('stamp', words, { options, allowPositionals: true });
  const read: StampArguments = {
    htmlFile: values.html,
    textFile: values.text,
    zone: readZone(values.zone ?? 'signature'),
    rules: readRules(values),
    images: values.image.map(readImage),
    domains: values.domain.map(readDomain),
    token: readToken(values.token),
    removeClientSignature: values['remove-client-signature'],
    outFolder: values.out,
    json: values.json,
    messageFiles: positionals,
  };
  checkTogether(read);
  return read;
}

type RuleWords = {
  readonly bundle?: string | undefined;
  readonly tenant?: string | undefined;
  readonly to: readonly string[];
  readonly at?: string | undefined;
};

/** Words that say what to put in, which a tenant's rules do. */
const withoutRules = ['html', 'text', 'zone', 'image', 'domain', 'remove-client-signature'] as const;

function readRules(
  values: RuleWords & { readonly [Name in (typeof withoutRules)[number]]?: unknown },
): RuleArguments | undefined {
  const { bundle, tenant, to, at } = values;
  const asked = { bundle, tenant, to: to.length > 0 ? to : undefined, at };
  const [word] = Object.entries(asked).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (word === undefined) return undefined;
  const isGiven = (value: unknown) => (Array.isArray(value) ? value.length > 0 : Boolean(value));
  const other = withoutRules.find(name => isGiven(values[name]));
  if (other) throw usage(`--${other} cannot stand beside --${word}: the tenant's rules decide that`);
  if (to.length === 0) throw usage(`--${word} needs --to ADDRESS: rules ask who gets the message`);
  const bad = to.find(address => !/^[^\s@<>]+@[^\s@<>]+$/.test(address));
  if (bad !== undefined) throw usage(`--to is "${bad}" and must be an address such as bob@example.com`);
  return { bundleFile: bundle, tenant, recipients: to, at };
}

function checkTogether({ htmlFile, textFile, images, rules, outFolder, json, messageFiles }: StampArguments) {
  if (!htmlFile && !textFile && !rules)
    throw usage('there is nothing to put in: give --html FILE, --text FILE or both');
  if (json && !outFolder)
    throw usage('--json takes standard output for the report, so messages need --out DIR');
  if (messageFiles.length > 1 && !outFolder) throw usage('more than one message needs --out DIR');
  const twice = duplicate(messageFiles.map(file => basename(file)));
  if (twice) throw usage(`two messages are named ${twice} and would get the same output: rename one`);
  const image = duplicate(images.map(({ name }) => name));
  if (image) throw usage(`--image ${image} is given twice: give each image its own name`);
}

function readZone(text: string): Zone {
  if (text === 'top' || text === 'signature' || text === 'bottom') return text;
  throw usage(`--zone is "${text}" and must be top, signature or bottom`);
}

function readImage(text: string) {
  const match = /^([A-Za-z0-9._-]+)=(.+)$/s.exec(text);
  if (match?.[1] && match[2]) return { name: match[1], file: match[2] };
  throw usage(
    `--image is "${text}" and must be NAME=FILE, NAME of letters, digits, dots, dashes and underscores`,
  );
}

function readDomain(text: string) {
  if (/^[^\s@<>]+\.[^\s@<>]+$/.test(text)) return text.toLowerCase();
  throw usage(`--domain is "${text}" and must be a domain such as example.com`);
}

function readToken(text: string) {
  if (/^[0-9a-f]{32}$/i.test(text)) return text.toLowerCase();
  throw usage(`--token is "${text}" and must be 32 hexadecimal digits`);
}

function duplicate(names: readonly string[]) {
  const seen = new Set<string>();
  return names.find(name => seen.has(name) || !seen.add(name));
}

function usage(sentence: string) {
  return usageFailure('stamp', sentence);
}
