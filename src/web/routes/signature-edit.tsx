/** The form of one signature: `GET` and `PUT .../signatures/:signatureId`. What is refused stays typed. */
import { SignatureEdit } from '../../../views/signatures/edit.tsx';
import type { Heading, SignatureContent, Version } from '../../store/signatures.ts';
import { type Answer, redirect } from '../answer.ts';
import type { Form } from '../form.ts';
import { lineDifference } from '../line-difference.ts';
import { mayEdit, tenantPath } from '../managed.ts';
import { readRuleWorld } from '../rule-world.ts';
import { fieldOfFault, formOfSignature, numbersIn, sectionsOf } from '../signature-form.ts';
import { accountOf, tenantOf, type Visit } from '../visit.ts';
import {
  draftOf,
  findHeading,
  findVersion,
  isSignatureName,
  rulesOf,
  type SignatureNeeds,
  sentencesFor,
} from './signatures.tsx';

type Errors = Record<string, string>;

/** People that the preview offers at once. */
const offered = 50;

export function editSignature(needs: SignatureNeeds) {
  return async (visit: Visit): Promise<Answer> => {
    const heading = await findHeading(needs, visit);
    const asked = Number(visit.query.text('version')) || heading.newestVersion;
    const { name, content } = await findVersion(needs, visit, heading, asked);
    return formPage(needs, visit, { heading, content, typed: formOfSignature(name, content) });
  };
}

export function saveSignature(needs: SignatureNeeds) {
  const { store, editing, trail } = needs;
  return async (visit: Visit): Promise<Answer> => {
    const { form, page } = visit;
    const { signatures } = page.texts;
    const tenant = tenantOf(visit);
    const heading = await findHeading(needs, visit);
    const newest = await findVersion(needs, visit, heading, heading.newestVersion);
    const basedOn = Number(form.text('basedOn')) || 0;
    const content = { sections: sectionsOf(form), images: newest.content.images };
    const name = form.text('name').trim();
    const shown = { heading, content: newest.content, typed: form };
    if (basedOn !== heading.newestVersion) return formPage(needs, visit, { ...shown, newer: newest });
    const errors = {
      ...(await nameErrors(needs, visit, heading, name)),
      ...(await contentErrors(needs, visit, content)),
    };
    if (Object.keys(errors).length > 0) return formPage(needs, visit, { ...shown, errors });
    const publish = form.has('publish');
    await trail.record(visit, {
      action: 'signature-saved',
      subject: name,
      tenantId: tenant.id,
      detail: { id: heading.id, version: basedOn + 1, publish },
    });
    const saved = await store.signatures.save(tenant.id, {
      id: heading.id,
      name,
      content,
      basedOn,
      savedBy: accountOf(visit).name,
      note: form.text('note').trim().slice(0, 200),
      publish,
    });
    if (saved.kind === 'newer') return formPage(needs, visit, { ...shown, newer: saved.newest });
    if (saved.kind === 'name-taken')
      return formPage(needs, visit, { ...shown, errors: { name: signatures.nameTaken } });
    const version = page.format.number(saved.version);
    const text = publish ? signatures.published(version) : signatures.savedDraft(version);
    return redirect(tenantPath(visit, 'signatures', heading.id), { kind: 'success', text });
  };

  async function contentErrors(_: SignatureNeeds, visit: Visit, content: SignatureContent): Promise<Errors> {
    const { page, form } = visit;
    const { signatures } = page.texts;
    const { id, name } = tenantOf(visit);
    const isEmpty = content.sections.some(
      section => section.kind === 'own' && Object.keys(section.section.new).length === 0,
    );
    if (content.sections.length === 0 || isEmpty) return { 's0.new.html': signatures.empty };
    const errors: Errors = {};
    for (const fault of await editing.checkSignature(id, await draftOf(needs, id, name, content))) {
      const { line, column, section, sentence } = fault;
      const place = page.format.number;
      errors[fieldOfFault(form, fault)] ??=
        section === 0 ? sentence : signatures.place(place(line), place(column), sentence);
    }
    return errors;
  }
}

/** Rules know a signature by its name: a published name must not slip away under them. */
async function nameErrors(
  needs: SignatureNeeds,
  visit: Visit,
  heading: Heading,
  name: string,
): Promise<Errors> {
  const { texts, format } = visit.page;
  if (!isSignatureName(name)) return { name: texts.signatures.nameMissing };
  if (name === heading.name) return {};
  const world = await readRuleWorld(needs, tenantOf(visit));
  const used = rulesOf(world, heading.name).map(({ rule }) => rule.name);
  if (used.length > 0) return { name: texts.signatures.nameInUse(format.list(used)) };
  return world.signatures.some(one => one.name === name) ? { name: texts.signatures.nameTaken } : {};
}

export type ShownSignature = {
  readonly heading: Heading;
  /** What is stored: its images are shown. */
  readonly content: SignatureContent;
  readonly typed: Form;
  readonly errors?: Errors;
  readonly newer?: Version<SignatureContent>;
};

export async function formPage(needs: SignatureNeeds, visit: Visit, shown: ShownSignature): Promise<Answer> {
  const { store } = needs;
  const { page } = visit;
  const { heading, content, typed, errors = {}, newer } = shown;
  const tenant = tenantOf(visit);
  const [world, versions, blocks, people] = await Promise.all([
    readRuleWorld(needs, tenant),
    store.signatures.listVersions(tenant.id, heading.id),
    store.blocks.list(tenant.id),
    store.people.listPeople(tenant.id, { size: offered }),
  ]);
  const href = tenantPath(visit, 'signatures', heading.id);
  const isRefused = Object.keys(errors).length > 0;
  return {
    kind: 'page',
    title: heading.name,
    status: newer ? 409 : isRefused ? 422 : 200,
    view: (
      <SignatureEdit
        page={page}
        title={heading.name}
        href={href}
        listHref={tenantPath(visit, 'signatures')}
        typed={typed}
        sections={numbersIn(typed)}
        blockNames={new Map(blocks.map(({ id, name }) => [id, name]))}
        basedOn={newer?.version ?? heading.newestVersion}
        publishedVersion={heading.publishedVersion}
        errors={errors}
        newer={
          newer && {
            by: newer.savedBy,
            at: newer.savedAt,
            differences: lineDifference(sourceOf(newer.content.sections), sourceOf(sectionsOf(typed))),
          }
        }
        images={content.images.map(({ name }) => ({
          name,
          href: tenantPath(visit, 'signatures', heading.id, 'images', name),
        }))}
        versions={versions.map(version => ({
          ...version,
          isPublished: version.version === heading.publishedVersion,
        }))}
        people={people.people.map(({ id, address, fields }) => ({ id, name: fields.displayName ?? address }))}
        sentences={sentencesFor(world, heading.name)}
        managedBy={tenant.managedBy}
        mayEdit={mayEdit(visit)}
      />
    ),
  };
}

function sourceOf(sections: SignatureContent['sections']): readonly string[] {
  return sections.flatMap(section => {
    if (section.kind === 'block') return [`block ${section.block}`];
    const { zone, new: first, reply } = section.section;
    const replies = typeof reply === 'string' ? [reply] : [reply.html ?? '', reply.text ?? ''];
    return [zone, first.html ?? '', first.text ?? '', ...replies].flatMap(text => text.split('\n'));
  });
}
