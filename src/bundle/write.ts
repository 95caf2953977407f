/**
 * Writes a bundle: value -> YAML text. The same value gives the same bytes, and what is read from them is written the
 * same again: keys in a fixed order, defaults left out, lists whose order means nothing sorted, one thing per line, so
 * that a change of one thing is a change of few lines. Words that a YAML 1.1 reader would take for something else
 * (`off`, `12:30`) are quoted. Secrets are never written, only the names of their files. Comments are not kept.
 */
import { Buffer } from 'node:buffer';
import { isDeepStrictEqual } from 'node:util';
import { Document, Scalar, visit } from 'yaml';
import type { Content, SignatureImage, SignatureSection } from '../signature/signature.ts';
import type {
  Bundle,
  BundleBlock,
  BundleMicrosoft,
  BundlePeer,
  BundlePerson,
  BundleSignature,
  BundleTenant,
} from './bundle.ts';
import { writtenDirectory } from './directory.ts';
import { exchangeHop } from './microsoft.ts';
import { compact, writtenNextHop, writtenRule } from './short-forms.ts';

export function writeBundle(bundle: Bundle): string {
  const tenants = byText(bundle.tenants, ({ name }) => name).map(writtenTenant);
  const document = new Document(
    { version: bundle.version, tenants },
    { version: '1.2', compat: 'yaml-1.1', aliasDuplicateObjects: false },
  );
  visit(document, { Scalar: (_, scalar) => quoteWhatBlocksLose(scalar) });
  return document.toString({ lineWidth: 0, blockQuote: 'literal', doubleQuotedMinMultiLineLength: 2 ** 31 });
}

/**
 * Text of several lines goes into a literal block, where a diff shows its lines. A block that starts with blanks needs
 * an indentation indicator, and control characters have no place in one: such text is quoted instead.
 */
function quoteWhatBlocksLose(scalar: Scalar) {
  if (typeof scalar.value !== 'string' || !scalar.value.includes('\n')) return;
  const isPlainBlock =
    /^\S/.test(scalar.value) &&
    !/[^\n\t\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u.test(
      scalar.value,
    );
  scalar.type = isPlainBlock ? Scalar.BLOCK_LITERAL : Scalar.QUOTE_DOUBLE;
}

function writtenTenant(tenant: BundleTenant) {
  return compact({
    name: tenant.name,
    id: tenant.id,
    kind: tenant.kind === 'smtp' ? undefined : tenant.kind,
    mode: tenant.mode === 'on' ? undefined : tenant.mode,
    domains: tenant.domains,
    peers: tenant.peers.map(writtenPeer),
    nextHop: writtenHopOf(tenant),
    // A simulated tenant is no configuration for elsewhere.
    microsoft:
      tenant.microsoft && tenant.microsoft.cloud !== 'sandbox'
        ? writtenMicrosoft(tenant.microsoft)
        : undefined,
    token: tenant.token,
    fields: byName(tenant.fields),
    preferences: writtenPreferences(tenant.preferences),
    blocks: byText(tenant.blocks, ({ name }) => name).map(writtenBlock),
    signatures: byText(tenant.signatures, ({ name }) => name).map(writtenSignature),
    rules: tenant.rules.map(writtenRule),
    groups: byText(tenant.groups, ({ name }) => name).map(({ name, address }) => compact({ name, address })),
    people: byText(tenant.people, ({ address }) => address).map(writtenPerson),
    directory: tenant.directory && writtenDirectory(tenant.directory),
    licences: tenant.licences.map(({ seats, from, until, note }) => compact({ seats, from, until, note })),
  });
}

/** What follows from the domains is left out, and follows again. */
function writtenHopOf({ kind, nextHop, domains, microsoft }: BundleTenant) {
  const written = writtenNextHop(nextHop);
  const made = writtenNextHop(exchangeHop(domains, microsoft?.cloud));
  return kind === 'exchange-online' && isDeepStrictEqual(written, made) ? undefined : written;
}

function writtenMicrosoft({ tenantId, cloud }: BundleMicrosoft) {
  return compact({ tenantId, cloud: cloud === 'worldwide' ? undefined : cloud });
}

function writtenPeer(peer: BundlePeer) {
  if (peer.kind === 'address') return peer.block;
  if (peer.kind === 'certificate') return { certificate: peer.name };
  return compact({ user: peer.user, passwordFile: peer.password.file });
}

/** A code word that is switched off is null, which must not be taken for one that keeps its default. */
function writtenPreferences({ codeWords, ...others }: BundleTenant['preferences']) {
  const sorted = Object.entries(others).sort(([a], [b]) => (a < b ? -1 : 1));
  const words =
    codeWords &&
    Object.fromEntries(
      (['place', 'suppress'] as const)
        .filter(key => key in codeWords)
        .map(key => [key, codeWords[key] ?? null]),
    );
  // Not `compact`: an empty list is a choice here, and replaces the default.
  return {
    ...(words && Object.keys(words).length > 0 ? { codeWords: words } : {}),
    ...Object.fromEntries(sorted),
  };
}

function writtenBlock({ name, images, ...section }: BundleBlock) {
  return compact({ name, ...writtenSection(section), images: writtenImages(images) });
}

function writtenSignature({ id, name, sections, images }: BundleSignature) {
  const [only] = sections;
  if (only?.kind === 'own' && sections.length === 1) {
    const { new: content, zone, reply } = writtenSection(only.section);
    return compact({ name, id, zone, ...content, reply, images: writtenImages(images) });
  }
  const written = sections.map(section =>
    section.kind === 'block' ? { block: section.block } : compact(writtenSection(section.section)),
  );
  return compact({ name, id, sections: written, images: writtenImages(images) });
}

function writtenSection({ zone, new: content, reply }: SignatureSection) {
  return {
    zone: zone === 'signature' ? undefined : zone,
    new: writtenContent(content),
    reply: reply === 'same' ? undefined : reply === 'none' ? reply : writtenContent(reply),
  };
}

function writtenContent({ html, text }: Content) {
  return compact({ html, text });
}

function writtenImages(images: readonly SignatureImage[]) {
  const sorted = byText(images, ({ name }) => name).map(({ name, bytes }) => [name, writtenPicture(bytes)]);
  return sorted.length > 0 ? Object.fromEntries(sorted) : undefined;
}

/** In lines of 76: one changed image must not be one changed line of a megabyte, which no diff shows. */
function writtenPicture(bytes: Uint8Array) {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,76}/g) ?? [];
  return { base64: `${lines.join('\n')}\n` };
}

function writtenPerson({ address, kind, aliases, fields, custom, groups, manager, photo }: BundlePerson) {
  return compact({
    address,
    kind: kind === 'user' ? undefined : kind,
    aliases,
    ...byName(fields),
    custom: byName(custom),
    groups,
    manager,
    photo: photo && writtenPicture(photo),
  });
}

function byName<Value>(values: Readonly<Record<string, Value>>) {
  return Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** By code units, not by a language: the order must not depend on the machine. */
function byText<Item>(items: readonly Item[], textOf: (item: Item) => string): Item[] {
  return [...items].sort((a, b) => (textOf(a) < textOf(b) ? -1 : textOf(a) > textOf(b) ? 1 : 0));
}
