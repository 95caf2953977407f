/** Names that must be unique, and names that must lead somewhere: checked on the bundle as read, told at their place. */
import type { BundleTenant } from './bundle.ts';
import type { Tell } from './files.ts';
import type { WrittenBundle, WrittenTenant } from './schema/bundle.ts';
import type { Path } from './source.ts';
import { remedy } from './suggest.ts';

/** Names across tenants: of tenants, of their ids, and of a domain, which only one tenant may sign. */
export function checkTenants({ tenants }: WrittenBundle, tell: Tell): void {
  const at = (index: number, ...rest: Path) => ['tenants', index, ...rest];
  unique(
    tenants.map(({ name }, index) => [name, at(index, 'name')]),
    'tenant',
    tell,
  );
  unique(
    tenants.flatMap(({ id }, index) => (id === undefined ? [] : [[id, at(index, 'id')]])),
    'tenant id',
    tell,
  );
  unique(
    tenants.flatMap(({ domains }, tenant) =>
      domains.map((domain, index): Named => [domain, at(tenant, 'domains', index)]),
    ),
    'domain',
    tell,
  );
}

/** Everything inside one tenant. */
export function checkTenant(tenant: WrittenTenant, path: Path, tell: Tell): void {
  for (const [key, what] of [
    ['blocks', 'block'],
    ['signatures', 'signature'],
    ['rules', 'rule'],
    ['groups', 'group'],
  ] as const)
    unique(
      (tenant[key] ?? []).map(({ name }, index): Named => [name, [...path, key, index, 'name']]),
      what,
      tell,
    );
  // An id that is left out is the name: of two equal ones only one could be kept.
  for (const [key, what] of [
    ['signatures', 'signature id'],
    ['rules', 'rule id'],
  ] as const)
    unique(idsOf(tenant[key] ?? [], [...path, key]), what, tell);
  checkSignatures(tenant, path, tell);
  checkRules(tenant, path, tell);
  checkAddresses(tenant, path, tell);
}

/** Names first, and each once: two of one name have been told already. */
function idsOf(list: readonly { readonly id?: string; readonly name: string }[], path: Path): Named[] {
  const names = new Map<string, Named>();
  const ids: Named[] = [];
  for (const [index, { id, name }] of list.entries())
    if (id === undefined) names.set(name, [name, [...path, index, 'name']]);
    else ids.push([id, [...path, index, 'id']]);
  return [...names.values(), ...ids];
}

type Named = readonly [name: string, path: Path];

function unique(names: readonly (Named | (string | Path)[])[], what: string, tell: Tell) {
  const seen = new Set<string>();
  for (const [name, path] of names as readonly Named[]) {
    if (seen.has(name))
      tell(path, `there are two of ${what} "${name}": give one of them another name, or remove it.`);
    seen.add(name);
  }
}

function checkSignatures({ signatures = [], blocks = [] }: WrittenTenant, path: Path, tell: Tell) {
  const known = blocks.map(({ name }) => name);
  for (const [index, signature] of signatures.entries()) {
    if (!('sections' in signature)) continue;
    for (const [place, section] of signature.sections.entries())
      if ('block' in section && !known.includes(section.block))
        tell(
          [...path, 'signatures', index, 'sections', place, 'block'],
          `there is no block "${section.block}": ${remedy(section.block, known)}`,
        );
  }
}

function checkRules({ rules = [], signatures = [] }: WrittenTenant, path: Path, tell: Tell) {
  const known = new Set(signatures.map(({ name }) => name));
  for (const [index, { action }] of rules.entries()) {
    if (action.kind !== 'sign') continue;
    for (const [place, name] of action.signatures.entries())
      if (!known.has(name))
        tell(
          [...path, 'rules', index, 'signatures', place],
          `there is no signature "${name}": ${remedy(name, [...known])}`,
        );
  }
}

/** An address belongs to one mailbox, else it would depend on the order whose signature goes out. */
function checkAddresses({ people = [] }: WrittenTenant, path: Path, tell: Tell) {
  const at = (index: number, ...rest: Path) => [...path, 'people', index, ...rest];
  const addresses = people.flatMap((person, index): Named[] => [
    [person.address, at(index, 'address')],
    ...person.aliases.map((alias, place): Named => [alias, at(index, 'aliases', place)]),
  ]);
  unique(addresses, 'address', tell);
  const primary = new Set(people.map(({ address }) => address));
  for (const [index, { manager }] of people.entries())
    if (manager !== undefined && !primary.has(manager))
      tell(
        at(index, 'manager'),
        `there is no person with the address ${manager}: add the person, or remove the manager.`,
      );
}

/** Images that HTML asks for and nobody gives; in a mail they would be a broken picture. */
export function checkImages(
  tenant: Pick<BundleTenant, 'blocks' | 'signatures'>,
  path: Path,
  tell: Tell,
): void {
  checkImageNames(tenant, path, tell);
  for (const [index, block] of tenant.blocks.entries()) {
    const names = block.images.map(({ name }) => name);
    checkShown([block], names, [...path, 'blocks', index], tell);
  }
  for (const [index, signature] of tenant.signatures.entries()) {
    const own = signature.sections.flatMap(section => (section.kind === 'own' ? [section.section] : []));
    checkShown(
      own,
      signature.images.map(({ name }) => name),
      [...path, 'signatures', index],
      tell,
    );
  }
}

/** A block's image and a signature's of the same name would be one picture in the mail. */
function checkImageNames(
  { blocks, signatures }: Pick<BundleTenant, 'blocks' | 'signatures'>,
  path: Path,
  tell: Tell,
) {
  for (const [index, { sections, images }] of signatures.entries()) {
    const used = blocks.filter(({ name }) =>
      sections.some(section => section.kind === 'block' && section.block === name),
    );
    const seen = new Map<string, string>(images.map(({ name }) => [name.toLowerCase(), 'the signature']));
    for (const block of used)
      for (const { name } of block.images) {
        const other = seen.get(name.toLowerCase());
        if (other)
          tell(
            [...path, 'signatures', index],
            `image "${name}" is one of ${other} and one of block "${block.name}": rename one of them.`,
          );
        seen.set(name.toLowerCase(), `block "${block.name}"`);
      }
  }
}

type Shown = BundleTenant['blocks'][number] | Pick<BundleTenant['blocks'][number], 'new' | 'reply' | 'zone'>;

function checkShown(sections: readonly Shown[], names: readonly string[], path: Path, tell: Tell) {
  const known = names.map(name => name.toLowerCase());
  const html = sections.flatMap(({ new: first, reply }) => [
    first.html ?? '',
    typeof reply === 'string' ? '' : (reply.html ?? ''),
  ]);
  const asked = html.flatMap(source =>
    [...source.matchAll(/\bcid:([A-Za-z0-9._-]+)/gi)].map(([, name = '']) => name),
  );
  for (const name of new Set(asked))
    if (!known.includes(name.toLowerCase()) && !isMade(name))
      tell(path, `the HTML shows image "${name}", which is not among the images: ${remedy(name, names)}`);
}

/** Images that Signet makes for each person: the photo and the visiting card as a QR code. */
function isMade(name: string) {
  return name === 'photo' || name === 'vcard';
}
