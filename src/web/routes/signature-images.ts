/** `.../signatures/:signatureId/images`: each change is a version of the signature, so that it can be taken back. */
import { createHash } from 'node:crypto';
import type { SignatureContent } from '../../store/signatures.ts';
import { type Answer, redirect } from '../answer.ts';
import { HttpFault } from '../http-fault.ts';
import { tenantPath } from '../managed.ts';
import { formOfSignature } from '../signature-form.ts';
import { accountOf, tenantOf, type Visit } from '../visit.ts';
import { formPage } from './signature-edit.tsx';
import { findHeading, findVersion, type SignatureNeeds } from './signatures.tsx';

const imageName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

export function showImage(needs: SignatureNeeds) {
  return async (visit: Visit): Promise<Answer> => {
    const heading = await findHeading(needs, visit);
    const { content } = await findVersion(needs, visit, heading, heading.newestVersion);
    const named = content.images.find(({ name }) => name === visit.params.imageName);
    const image = named && (await needs.store.images.findImage(tenantOf(visit).id, named.hash));
    if (!image) throw new HttpFault(404, 'not-found');
    return { kind: 'picture', type: image.type, bytes: image.bytes };
  };
}

export function addImage(needs: SignatureNeeds) {
  const { store, editing } = needs;
  return async (visit: Visit): Promise<Answer> => {
    const { signatures } = visit.page.texts;
    const file = visit.form.file('image');
    if (!file) return refuse(needs, visit, signatures.imageMissing);
    const name = file.name.replace(/^.*[\\/]/, '');
    if (!imageName.test(name)) return refuse(needs, visit, signatures.imageName);
    const fitted = await editing.fitImage(file.bytes);
    if (fitted.kind === 'refused') return refuse(needs, visit, signatures.imageRefused(fitted.sentence));
    const { type, bytes } = fitted;
    const hash = createHash('sha256').update(bytes).digest('hex');
    await store.images.addImage(tenantOf(visit).id, { hash, type, bytes });
    return change(needs, visit, signatures.imageNote(name), images => [
      ...images.filter(image => image.name.toLowerCase() !== name.toLowerCase()),
      { name, type, hash },
    ]);
  };
}

export function removeImage(needs: SignatureNeeds) {
  return async (visit: Visit): Promise<Answer> => {
    const { imageName: gone = '' } = visit.params;
    const note = visit.page.texts.signatures.imageGoneNote(gone);
    return change(needs, visit, note, images => images.filter(({ name }) => name !== gone));
  };
}

async function refuse(needs: SignatureNeeds, visit: Visit, sentence: string): Promise<Answer> {
  const heading = await findHeading(needs, visit);
  const { name, content } = await findVersion(needs, visit, heading, heading.newestVersion);
  const typed = formOfSignature(name, content);
  return formPage(needs, visit, { heading, content, typed, errors: { image: sentence } });
}

type Images = SignatureContent['images'];

async function change(
  needs: SignatureNeeds,
  visit: Visit,
  note: string,
  make: (images: Images) => Images,
): Promise<Answer> {
  const { store, trail } = needs;
  const { id: tenantId } = tenantOf(visit);
  const heading = await findHeading(needs, visit);
  const newest = await findVersion(needs, visit, heading, heading.newestVersion);
  const { id, name, newestVersion: basedOn } = heading;
  await trail.record(visit, { action: 'signature-saved', subject: name, tenantId, detail: { id, note } });
  const content = { ...newest.content, images: make(newest.content.images) };
  const draft = { id, name: newest.name, content, basedOn, savedBy: accountOf(visit).name, note };
  const saved = await store.signatures.save(tenantId, draft);
  const { signatures } = visit.page.texts;
  const to = tenantPath(visit, 'signatures', id);
  if (saved.kind !== 'saved') return redirect(to, { kind: 'warning', text: signatures.nameTaken });
  return redirect(to, {
    kind: 'success',
    text: signatures.savedDraft(visit.page.format.number(saved.version)),
  });
}
