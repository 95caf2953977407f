/** `GET` and `PUT .../signatures/:signatureId/preview`: what is stored, or what is typed, as a person's mail would show it. */
import { previewPage } from '../../../views/signatures/preview.tsx';
import type { SignatureContent } from '../../store/signatures.ts';
import type { Answer } from '../answer.ts';
import { sectionsOf } from '../signature-form.ts';
import { tenantOf, type Visit } from '../visit.ts';
import { draftOf, findHeading, findVersion, type SignatureNeeds } from './signatures.tsx';

export function previewStored(needs: SignatureNeeds) {
  return async (visit: Visit): Promise<Answer> => {
    const heading = await findHeading(needs, visit);
    const { query } = visit;
    const isPublished = query.has('published') && heading.publishedVersion !== undefined;
    const version = isPublished ? heading.publishedVersion : heading.newestVersion;
    const { content } = await findVersion(needs, visit, heading, version ?? heading.newestVersion);
    const [first] = (await needs.store.people.listPeople(tenantOf(visit).id, { size: 1 })).people;
    const personId = query.has('person') ? query.text('person') : first?.id;
    return shown(needs, visit, { name: heading.name, content, personId, form: query.text('show') });
  };
}

export function previewTyped(needs: SignatureNeeds) {
  return async (visit: Visit): Promise<Answer> => {
    const heading = await findHeading(needs, visit);
    const { form } = visit;
    const newest = await findVersion(needs, visit, heading, heading.newestVersion);
    // Fields that are only read are not sent: then it is what is stored.
    const sections = form.has('section') ? sectionsOf(form) : newest.content.sections;
    const content = { sections, images: newest.content.images };
    const personId = form.text('person') || undefined;
    return shown(needs, visit, { name: heading.name, content, personId, form: form.text('show') });
  };
}

type Wish = {
  readonly name: string;
  readonly content: SignatureContent;
  readonly personId: string | undefined;
  readonly form: string;
};

async function shown(needs: SignatureNeeds, visit: Visit, wish: Wish): Promise<Answer> {
  const { id } = tenantOf(visit);
  const { texts } = visit.page;
  const draft = await draftOf(needs, id, wish.name, wish.content);
  const faults = await needs.editing.checkSignature(id, draft);
  const preview =
    faults.length > 0
      ? undefined
      : await needs.editing.preview(id, draft, {
          personId: wish.personId || undefined,
          form: wish.form === 'reply' ? 'reply' : 'new',
          subject: '',
        });
  const sentences = faults.map(({ line, column, sentence }) =>
    texts.signatures.place(`${line}`, `${column}`, sentence),
  );
  return { kind: 'frame', html: previewPage(texts, preview, sentences) };
}
