/** What the pages' forms are checked by: the schemas of the bundle, the template compiler, the pictures' fitting. */

import type { BundleSection } from '../../bundle/bundle.ts';
import { imageType } from '../../bundle/files.ts';
import { checkImages } from '../../bundle/references.ts';
import type { TemplateMistake } from '../../bundle/templates.ts';
import type { Clock } from '../../clock.ts';
import type { ContentTools } from '../../content/content.ts';
import { limits } from '../../limits.ts';
import type { Signature } from '../../signature/signature.ts';
import { createCompiler } from '../../snapshot/signature.ts';
import type { Store } from '../../store/store.ts';
import type { Editing, SignatureDraft, TemplateFault } from '../../web/editing.ts';
import { createPreview } from './preview.ts';
import { readRule } from './rules.ts';

export type EditingNeeds = {
  readonly store: Pick<Store, 'tenants' | 'blocks' | 'images' | 'people'>;
  readonly clock: Clock;
  readonly content: ContentTools;
  /** The server's own. */
  readonly timeZone: string;
};

export function createEditing(needs: EditingNeeds): Editing {
  const { store, content } = needs;
  const compiler = createCompiler(content);

  /** Its blocks in their places, as they are published, else as they were saved last. */
  async function wholeDraft(tenantId: string, draft: SignatureDraft): Promise<Signature> {
    const headings = await store.blocks.list(tenantId);
    const images = [...draft.images];
    const sections = [];
    for (const section of draft.sections) {
      if (section.kind === 'own') sections.push(section.section);
      else {
        const heading = headings.find(({ id }) => id === section.block);
        const version = heading?.publishedVersion ?? heading?.newestVersion ?? 0;
        const block = await store.blocks.findVersion(tenantId, section.block, version);
        if (!block) continue;
        sections.push(block.content.section);
        for (const { name, hash } of block.content.images) {
          const image = await store.images.findImage(tenantId, hash);
          if (image && !images.some(other => other.name === name)) images.push({ name, ...image });
        }
      }
    }
    return { id: draft.name, name: draft.name, sections, images };
  }

  async function checkSignature(tenantId: string, draft: SignatureDraft) {
    const tenant = await store.tenants.findTenant(tenantId);
    const whole = await wholeDraft(tenantId, draft);
    const known = { tenantFields: Object.keys(tenant?.fields ?? {}) };
    const mistakes: readonly TemplateMistake[] = compiler.check(whole, known);
    return [...imageFaults(draft, whole), ...mistakes];
  }

  async function fitImage(bytes: Uint8Array) {
    const type = imageType(bytes);
    if (type === undefined) return { kind: 'refused', sentence: 'it is no PNG, JPEG or GIF.' } as const;
    if (bytes.length > limits.bundle.fileBytes)
      return { kind: 'refused', sentence: 'it is too large.' } as const;
    const fitted = await content.fit({ type, bytes }, { kind: 'image' });
    return fitted.kind === 'ok' ? ({ kind: 'ok', ...fitted.picture } as const) : fitted;
  }

  return {
    readRule,
    checkSignature,
    fitImage,
    preview: createPreview({ ...needs, compiler, wholeDraft }),
  };
}

/** Images that the HTML asks for and nobody gives. */
function imageFaults({ name }: SignatureDraft, whole: Signature): readonly TemplateFault[] {
  const faults: TemplateFault[] = [];
  const sections = whole.sections.map((section): BundleSection => ({ kind: 'own', section }));
  checkImages({ blocks: [], signatures: [{ name, sections, images: whole.images }] }, [], (_, sentence) =>
    faults.push({ section: 0, form: 'new', part: 'html', line: 1, column: 1, sentence }),
  );
  return faults;
}
