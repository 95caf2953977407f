/** Between a signature's content and the fields of its form, both ways. Pure. Sections are `s0.`, `s1.` ... */
import type { Content, ReplyContent } from '../signature/signature.ts';
import type { SignatureContent } from '../store/signatures.ts';
import type { TemplateFault } from './editing.ts';
import { type Form, formOf } from './form.ts';

export const zones = ['top', 'signature', 'bottom'] as const;

type Section = SignatureContent['sections'][number];

/** A section whose contents are both empty is not there. */
export function sectionsOf(form: Form): readonly Section[] {
  return numbersIn(form).flatMap((at): readonly Section[] => {
    const block = form.text(`s${at}.block`);
    if (block !== '') return form.has(`s${at}.drop`) ? [] : [{ kind: 'block', block }];
    const content = contentOf(form, `s${at}.new`);
    const reply = replyOf(form, at);
    const isEmpty = content.html === undefined && content.text === undefined && typeof reply === 'string';
    if (isEmpty) return [];
    const zone = zones.find(one => one === form.text(`s${at}.zone`)) ?? 'signature';
    return [{ kind: 'own', section: { zone, new: content, reply } }];
  });
}

/** Which fields the section of a mistake has, counting as the compiler does: from 1, over the sections that are there. */
export function fieldOfFault(form: Form, { section, form: of, part }: TemplateFault): string {
  const present = numbersIn(form).filter(at => sectionsOf(only(form, at)).length > 0);
  const at = present[section - 1] ?? 0;
  return `s${at}.${of === 'reply' && form.text(`s${at}.reply`) === 'own' ? 'reply' : 'new'}.${part}`;
}

function only(form: Form, at: number): Form {
  return {
    ...form,
    list: name => (name === 'section' ? [`${at}`] : form.list(name)),
  };
}

/** Numbers of the sections, in the order of the form. */
export function numbersIn(form: Form): readonly number[] {
  return form.list('section').slice(0, 20).map(Number).filter(Number.isSafeInteger);
}

function contentOf(form: Form, prefix: string): Content {
  const html = form.text(`${prefix}.html`);
  const text = form.text(`${prefix}.text`);
  return { ...(html.trim() === '' ? {} : { html }), ...(text.trim() === '' ? {} : { text }) };
}

function replyOf(form: Form, at: number): ReplyContent {
  const kind = form.text(`s${at}.reply`);
  if (kind === 'none') return 'none';
  const own = contentOf(form, `s${at}.reply`);
  return kind === 'own' && Object.keys(own).length > 0 ? own : 'same';
}

/** The same fields as a browser would send them; one empty section more than there are. */
export function formOfSignature(name: string, { sections }: SignatureContent): Form {
  const fields = new URLSearchParams();
  fields.append('name', name);
  for (const [at, section] of sections.entries()) {
    fields.append('section', `${at}`);
    if (section.kind === 'block') fields.append(`s${at}.block`, section.block);
    else fillSection(fields, at, section.section);
  }
  fields.append('section', `${sections.length}`);
  return formOf(fields);
}

function fillSection(
  fields: URLSearchParams,
  at: number,
  { zone, new: content, reply }: Extract<Section, { kind: 'own' }>['section'],
) {
  fields.append(`s${at}.zone`, zone);
  fields.append(`s${at}.new.html`, content.html ?? '');
  fields.append(`s${at}.new.text`, content.text ?? '');
  fields.append(`s${at}.reply`, typeof reply === 'string' ? reply : 'own');
  if (typeof reply === 'string') return;
  fields.append(`s${at}.reply.html`, reply.html ?? '');
  fields.append(`s${at}.reply.text`, reply.text ?? '');
}
