/** `/tenants/:tenantId/signatures`: the list, a new one, and what is done to one without its form. */
import { Removal } from '../../../views/parts/removal.tsx';
import { SignatureList } from '../../../views/signatures/index.tsx';
import type { Heading, SignatureContent, Version } from '../../store/signatures.ts';
import { type Answer, redirect } from '../answer.ts';
import type { Trail } from '../audit.ts';
import type { SignatureDraft } from '../editing.ts';
import { HttpFault } from '../http-fault.ts';
import { mayEdit, tenantPath } from '../managed.ts';
import type { WebNeeds } from '../needs.ts';
import { type RuleWorld, readRuleWorld, sentenceIn } from '../rule-world.ts';
import { accountOf, tenantOf, type Visit } from '../visit.ts';

export type SignatureNeeds = Pick<WebNeeds, 'store' | 'editing' | 'random' | 'timeZone'> & {
  readonly trail: Trail;
};

/** What a new one begins with: it compiles for everybody. */
const beginning: SignatureContent = {
  sections: [
    {
      kind: 'own',
      section: {
        zone: 'signature',
        new: { html: '<p>{{person.displayName}}<br>{{person.jobTitle}}</p>\n' },
        reply: 'same',
      },
    },
  ],
  images: [],
};

export function listSignatures(needs: SignatureNeeds) {
  return (visit: Visit): Promise<Answer> => list(needs, visit, {});
}

async function list(
  needs: SignatureNeeds,
  visit: Visit,
  { typed = '', error }: { readonly typed?: string; readonly error?: string },
): Promise<Answer> {
  const { page } = visit;
  const world = await readRuleWorld(needs, tenantOf(visit));
  return {
    kind: 'page',
    title: page.texts.signatures.title,
    status: error === undefined ? 200 : 422,
    view: (
      <SignatureList
        page={page}
        action={tenantPath(visit, 'signatures')}
        cards={world.signatures.map(heading => ({
          href: tenantPath(visit, 'signatures', heading.id),
          previewHref: `${tenantPath(visit, 'signatures', heading.id, 'preview')}?published=1`,
          name: heading.name,
          sentences: sentencesFor(world, heading.name),
          state: stateOf(heading),
        }))}
        managedBy={tenantOf(visit).managedBy}
        mayEdit={mayEdit(visit)}
        typed={typed}
        error={error}
      />
    ),
  };
}

function stateOf({ publishedVersion, newestVersion }: Heading) {
  if (publishedVersion === undefined) return 'draft';
  return publishedVersion === newestVersion ? 'published' : 'changed';
}

export function rulesOf(world: RuleWorld, name: string) {
  return world.rules.filter(
    ({ rule: { action } }) => action.kind === 'sign' && action.signatures.includes(name),
  );
}

export function sentencesFor(world: RuleWorld, name: string): readonly string[] {
  return rulesOf(world, name).map(({ rule }) => sentenceIn(world, rule));
}

export function createSignature(needs: SignatureNeeds) {
  const { store, random, trail } = needs;
  return async (visit: Visit): Promise<Answer> => {
    const { signatures } = visit.page.texts;
    const { id: tenantId } = tenantOf(visit);
    const name = visit.form.text('name').trim();
    if (!isSignatureName(name)) return list(needs, visit, { typed: name, error: signatures.nameMissing });
    const isTaken = (await store.signatures.list(tenantId)).some(one => one.name === name);
    if (isTaken) return list(needs, visit, { typed: name, error: signatures.nameTaken });
    const id = random(9).toString('base64url');
    await trail.record(visit, {
      action: 'signature-saved',
      subject: name,
      tenantId,
      detail: { id, version: 1 },
    });
    const savedBy = accountOf(visit).name;
    const saved = await store.signatures.save(tenantId, {
      id,
      name,
      content: beginning,
      basedOn: 0,
      savedBy,
    });
    if (saved.kind !== 'saved') return list(needs, visit, { typed: name, error: signatures.nameTaken });
    return redirect(tenantPath(visit, 'signatures', id));
  };
}

export function isSignatureName(name: string): boolean {
  return name.length > 0 && name.length <= 200 && !/\p{Cc}/u.test(name);
}

export async function findHeading({ store }: Pick<WebNeeds, 'store'>, visit: Visit): Promise<Heading> {
  const all = await store.signatures.list(tenantOf(visit).id);
  const found = all.find(({ id }) => id === visit.params.signatureId);
  if (!found) throw new HttpFault(404, 'not-found');
  return found;
}

export async function findVersion(
  { store }: Pick<WebNeeds, 'store'>,
  visit: Visit,
  heading: Heading,
  version: number,
): Promise<Version<SignatureContent>> {
  const found = await store.signatures.findVersion(tenantOf(visit).id, heading.id, version);
  if (!found) throw new HttpFault(404, 'not-found');
  return found;
}

/** With the bytes of its images. */
export async function draftOf(
  { store }: Pick<WebNeeds, 'store'>,
  tenantId: string,
  name: string,
  { sections, images }: SignatureContent,
): Promise<SignatureDraft> {
  const found = await Promise.all(
    images.map(async ({ name: image, type, hash }) => {
      const stored = await store.images.findImage(tenantId, hash);
      return stored ? [{ name: image, type, bytes: stored.bytes }] : [];
    }),
  );
  return { name, sections, images: found.flat() };
}

/** Publishes a version, or makes an older one the newest again and publishes that; what would not be signed is refused. */
export function publishSignature(needs: SignatureNeeds) {
  const { store, editing, trail } = needs;
  return async (visit: Visit): Promise<Answer> => {
    const heading = await findHeading(needs, visit);
    const { id: tenantId } = tenantOf(visit);
    const wanted = await findVersion(needs, visit, heading, Number(visit.form.text('version')) || 0);
    const { signatures } = visit.page.texts;
    const to = tenantPath(visit, 'signatures', heading.id);
    const draft = await draftOf(needs, tenantId, heading.name, wanted.content);
    if ((await editing.checkSignature(tenantId, draft)).length > 0)
      return redirect(to, { kind: 'danger', text: signatures.notPublished });
    const { version } = wanted;
    await trail.record(visit, {
      action: 'signature-published',
      subject: heading.name,
      tenantId,
      detail: { id: heading.id, version },
    });
    const isNewest = version === heading.newestVersion;
    const published = isNewest
      ? (await store.signatures.publish(tenantId, heading.id, version)) && version
      : await store.signatures.rollBackTo(tenantId, heading.id, version, accountOf(visit).name);
    if (!published) throw new HttpFault(404, 'not-found');
    return redirect(to, { kind: 'success', text: signatures.published(visit.page.format.number(published)) });
  };
}

export function withdrawSignature(needs: SignatureNeeds) {
  const { store, trail } = needs;
  return async (visit: Visit): Promise<Answer> => {
    const { id, name } = await findHeading(needs, visit);
    const { id: tenantId } = tenantOf(visit);
    await trail.record(visit, { action: 'signature-withdrawn', subject: name, tenantId, detail: { id } });
    await store.signatures.withdraw(tenantId, id);
    const text = visit.page.texts.signatures.withdrawn;
    return redirect(tenantPath(visit, 'signatures', id), { kind: 'success', text });
  };
}

export function confirmSignatureRemoval(needs: SignatureNeeds) {
  return async (visit: Visit): Promise<Answer> => {
    const { page } = visit;
    const { signatures, frame } = page.texts;
    const heading = await findHeading(needs, visit);
    const used = rulesOf(await readRuleWorld(needs, tenantOf(visit)), heading.name).map(
      ({ rule }) => rule.name,
    );
    return {
      kind: 'page',
      title: signatures.removeTitle,
      view: (
        <Removal
          page={page}
          title={signatures.removeTitle}
          crumbs={[
            { text: tenantOf(visit).name },
            { text: frame.pages.signatures, href: tenantPath(visit, 'signatures') },
          ]}
          sentence={
            used.length > 0
              ? signatures.removeHindered(heading.name, page.format.list(used))
              : signatures.removeSentence(heading.name)
          }
          action={tenantPath(visit, 'signatures', heading.id)}
          back={tenantPath(visit, 'signatures', heading.id)}
          button={signatures.removeButton}
          isHindered={used.length > 0}
        />
      ),
    };
  };
}

export function removeSignature(needs: SignatureNeeds) {
  const { store, trail } = needs;
  return async (visit: Visit): Promise<Answer> => {
    const { id, name } = await findHeading(needs, visit);
    const tenant = tenantOf(visit);
    const { signatures } = visit.page.texts;
    const used = rulesOf(await readRuleWorld(needs, tenant), name).map(({ rule }) => rule.name);
    if (used.length > 0)
      return redirect(tenantPath(visit, 'signatures', id), {
        kind: 'danger',
        text: signatures.removeHindered(name, visit.page.format.list(used)),
      });
    await trail.record(visit, {
      action: 'signature-removed',
      subject: name,
      tenantId: tenant.id,
      detail: { id },
    });
    await store.signatures.remove(tenant.id, id);
    return redirect(tenantPath(visit, 'signatures'), { kind: 'success', text: signatures.removed(name) });
  };
}
