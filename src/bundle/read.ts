/**
 * Reads a bundle: text -> checked value. All mistakes of a file are told at once, in the order of the file, each with
 * its line and column and a way out; with a single one of them there is no bundle at all.
 */
import type { z } from 'zod';
import { limits } from '../limits.ts';
import type { Bundle, BundlePerson, BundleProblem, BundleTenant } from './bundle.ts';
import { readBlock, readSignature } from './content.ts';
import { readDirectory } from './directory.ts';
import { createFiles, type Files, type ReadFile, type Tell } from './files.ts';
import { asItIs, type FitPicture, readPicture } from './images.ts';
import { exchangeHop } from './microsoft.ts';
import { readNextHop, readPeer } from './next-hop.ts';
import { checkImages, checkTenant, checkTenants } from './references.ts';
import { bundle as schema, type WrittenBundle, type WrittenTenant } from './schema/bundle.ts';
import type { WrittenPerson } from './schema/people.ts';
import { missing, parameters } from './schema/words.ts';
import { type Path, readSource, type Source } from './source.ts';
import { type CheckSignature, checkTemplates } from './templates.ts';

export type BundleResult =
  | { readonly kind: 'ok'; readonly bundle: Bundle }
  | { readonly kind: 'problems'; readonly problems: readonly BundleProblem[] };

/**
 * @param text YAML 1.2, UTF-8 decoded.
 * @param readFile reads a file that the bundle names; relative names are relative to the bundle.
 * @param check finds the mistakes in the template language of a signature.
 * @param fit makes pictures smaller that are too large for mail.
 */
export async function readBundle(
  text: string,
  readFile: ReadFile,
  check: CheckSignature = () => [],
  fit: FitPicture = asItIs,
): Promise<BundleResult> {
  const source = readSource(text);
  if (source.kind === 'problems') return sorted(source.problems);
  const parsed = schema.safeParse(source.source.data, parameters);
  if (!parsed.success) return sorted(parsed.error.issues.flatMap(issue => explain(issue, source.source)));

  const problems: BundleProblem[] = [];
  const tell: Tell = (path, sentence) => problems.push({ ...source.source.locate(path), sentence });
  checkTenants(parsed.data, tell);
  const bundle = await complete(parsed.data, { tell, files: createFiles(readFile, tell), check, fit });
  return problems.length > 0 ? sorted(problems) : { kind: 'ok', bundle };
}

function sorted(problems: readonly BundleProblem[]): BundleResult {
  const inOrder = [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
  return { kind: 'problems', problems: inOrder.slice(0, limits.bundle.problems) };
}

function explain(issue: z.core.$ZodIssue, { locate, locateKey }: Source): BundleProblem[] {
  const path = issue.path as Path;
  if (issue.code === 'unrecognized_keys')
    return issue.message.split('\n').map((sentence, index) => ({
      ...locateKey([...path, issue.keys[index] ?? '']),
      sentence,
    }));
  if (issue.code === 'invalid_key')
    return issue.issues.map(({ message }) => ({ ...locateKey(path), sentence: message }));
  if (issue.message === missing) return [{ ...locate(path), sentence: `${String(path.at(-1))} ${missing}` }];
  const key = path.findLast(step => typeof step === 'string');
  return [{ ...locate(path), sentence: key === undefined ? issue.message : `${key}: ${issue.message}` }];
}

type Tools = {
  readonly tell: Tell;
  readonly files: Files;
  readonly check: CheckSignature;
  readonly fit: FitPicture;
};

async function complete({ tenants }: WrittenBundle, tools: Tools): Promise<Bundle> {
  const done: BundleTenant[] = [];
  for (const [index, tenant] of tenants.entries()) {
    const path = ['tenants', index];
    checkTenant(tenant, path, tools.tell);
    const completed = await completeTenant(tenant, path, tools);
    checkImages(completed, path, tools.tell);
    checkTemplates(completed, path, tools);
    done.push(completed);
  }
  return { version: 1, tenants: done };
}

async function completeTenant(written: WrittenTenant, path: Path, tools: Tools): Promise<BundleTenant> {
  const { id, token, delivery } = written;
  const each = <From, To>(
    key: string,
    list: readonly From[] | undefined,
    read: (tools: Tools, at: Path, from: From) => Promise<To>,
  ) => inOrder(list ?? [], (from, index) => read(tools, [...path, key, index], from));
  return {
    ...(id === undefined ? {} : { id }),
    name: written.name,
    kind: written.kind ?? 'smtp',
    mode: written.mode ?? 'on',
    domains: written.domains,
    peers: await each('peers', written.peers, readPeer),
    nextHop: written.nextHop
      ? await readNextHop(tools, [...path, 'nextHop'], written.nextHop)
      : exchangeHop(written.domains, written.microsoft?.cloud),
    ...(written.microsoft === undefined
      ? {}
      : { microsoft: { cloud: 'worldwide', routeSecrets: [], ...written.microsoft } as const }),
    ...(token === undefined ? {} : { token }),
    fields: written.fields ?? {},
    preferences: { ...written.preferences, ...(delivery === undefined ? {} : { delivery }) },
    blocks: await each('blocks', written.blocks, readBlock),
    signatures: await each('signatures', written.signatures, readSignature),
    rules: written.rules ?? [],
    groups: written.groups ?? [],
    people: await each('people', written.people, readPerson),
    licences: written.licences ?? [],
    ...(written.directory === undefined
      ? {}
      : { directory: await readDirectory(tools, [...path, 'directory'], written.directory) }),
  };
}

async function readPerson(
  tools: Tools,
  path: Path,
  { photo, ...person }: WrittenPerson,
): Promise<BundlePerson> {
  if (photo === undefined) return person;
  const what = { what: 'the photo', use: { kind: 'photo' } } as const;
  const picture = await readPicture(tools, [...path, 'photo'], photo, what);
  return { ...person, ...(picture && { photo: picture.bytes }) };
}

/** One file after the other: a bundle may name thousands, and a process has only so many descriptors. */
async function inOrder<From, To>(
  list: readonly From[],
  read: (from: From, index: number) => Promise<To>,
): Promise<To[]> {
  const done: To[] = [];
  for (const [index, from] of list.entries()) done.push(await read(from, index));
  return done;
}
