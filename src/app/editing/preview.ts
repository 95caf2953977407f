/** What a person's mail would get from a draft: rendered by the code that signs mail, with its pictures put into the page. */
import { Buffer } from 'node:buffer';
import { imageType } from '../../bundle/files.ts';
import type { Clock } from '../../clock.ts';
import type { ContentTools } from '../../content/content.ts';
import { applyOverrides, type Override } from '../../directory/overrides.ts';
import type { InlineImage, Section } from '../../mail/report.ts';
import type { Person } from '../../signature/person.ts';
import { defaultPreferences } from '../../signature/preferences.ts';
import { renderSignature } from '../../signature/render.ts';
import type { Signature, SignatureImage } from '../../signature/signature.ts';
import type { Compiler } from '../../snapshot/signature.ts';
import type { Store } from '../../store/store.ts';
import type { Editing, SignatureDraft } from '../../web/editing.ts';

export type PreviewNeeds = {
  readonly store: Pick<Store, 'tenants' | 'people'>;
  readonly clock: Clock;
  readonly content: Pick<ContentTools, 'qr'>;
  readonly timeZone: string;
  readonly compiler: Pick<Compiler, 'compile'>;
  readonly wholeDraft: (tenantId: string, draft: SignatureDraft) => Promise<Signature>;
};

export function createPreview(needs: PreviewNeeds): Editing['preview'] {
  const { store, clock, content, timeZone, compiler, wholeDraft } = needs;
  return async (tenantId, draft, { personId, form, subject }) => {
    const tenant = await store.tenants.findTenant(tenantId);
    if (!tenant) return undefined;
    const known = { tenantFields: Object.keys(tenant.fields ?? {}) };
    const compiled = compiler.compile(await wholeDraft(tenantId, draft), known);
    if (compiled.kind === 'problem') return undefined;
    const person = await personOf(tenantId, personId);
    const manager = await personOf(tenantId, person?.managerId);
    const photos = await photosOf(tenantId, [person, manager]);
    const sections = renderSignature(compiled.value, form, {
      person,
      sender: person,
      manager,
      tenant: { name: tenant.name, fields: tenant.fields ?? {} },
      message: { subject, date: clock.now() },
      images: 'embedded',
      timeZone: tenant.preferences.timeZone ?? timeZone,
      language: tenant.preferences.language ?? defaultPreferences.language,
      photo: hash => photos.get(hash),
      qr: content.qr,
    });
    return {
      html: sections.map(withPictures).join('\n'),
      text: sections.flatMap(({ text }) => text ?? []).join('\n\n'),
    };
  };

  async function personOf(tenantId: string, id: string | undefined): Promise<Person | undefined> {
    const person = id === undefined ? undefined : await store.people.findPerson(tenantId, id);
    if (!person) return undefined;
    const overrides = (await store.people.listOverrides(tenantId)) as readonly Override[];
    return applyOverrides(person, overrides, clock.now()).person;
  }

  async function photosOf(tenantId: string, people: readonly (Person | undefined)[]) {
    const photos = new Map<string, SignatureImage>();
    for (const hash of people.flatMap(person => person?.photo ?? [])) {
      const bytes = await store.people.findPhoto(tenantId, hash);
      const type = bytes && imageType(bytes);
      if (bytes && type) photos.set(hash, { name: 'photo', type, bytes });
    }
    return photos;
  }
}

/** A page shows no `cid:`: each becomes the picture itself. */
function withPictures({ html = '', images = [] }: Section): string {
  return images.reduce(
    (shown, image) =>
      shown.replaceAll(new RegExp(`cid:${escaped(image.name)}(?![\\w.-])`, 'gi'), dataUrl(image)),
    html,
  );
}

function escaped(name: string) {
  return name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function dataUrl({ type, bytes }: InlineImage) {
  return `data:${type};base64,${Buffer.from(bytes).toString('base64')}`;
}
