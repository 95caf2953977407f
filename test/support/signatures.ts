/** Short ways to people, contexts and rendered signatures for tests of templates. */
import assert from 'node:assert/strict';
import type { Section } from '../../src/mail/report.ts';
import {
  type CompiledSignature,
  type CompileTools,
  compileSignature,
  type TemplateProblem,
  type TemplateWarning,
} from '../../src/signature/compile.ts';
import type { Person, PersonField } from '../../src/signature/person.ts';
import { renderSignature } from '../../src/signature/render.ts';
import type { RenderContext } from '../../src/signature/render-context.ts';
import type { Content, SignatureImage, SignatureSection } from '../../src/signature/signature.ts';

export function personWith(
  fields: Partial<Record<PersonField, string>>,
  rest: Partial<Omit<Person, 'fields'>> = {},
): Person {
  return {
    id: 'p1',
    kind: 'user',
    address: 'jane@example.com',
    aliases: [],
    custom: {},
    groups: [],
    fields,
    ...rest,
  };
}

export function contextOf(rest: Partial<RenderContext>): RenderContext {
  return {
    person: undefined,
    sender: undefined,
    manager: undefined,
    tenant: { name: 'Example Ltd', fields: {} },
    message: { subject: 'Offer', date: Date.UTC(2026, 2, 1, 9, 15) },
    images: 'embedded',
    timeZone: 'Europe/Berlin',
    language: 'en-GB',
    ...rest,
  };
}

export type Extras = { readonly tools?: CompileTools; readonly images?: readonly SignatureImage[] };

export function compiled(
  sections: readonly SignatureSection[],
  { tools = {}, images = [] }: Extras = {},
): CompiledSignature {
  const result = compileSignature({ id: 's1', name: 'Test', sections, images }, tools);
  assert(result.kind === 'ok', JSON.stringify(result));
  return result.value;
}

/** Problems as `line:column sentence`, with the suggestion in parentheses. */
export function problemsOf(content: Content, { tools = {}, images = [] }: Extras = {}): string[] {
  const result = compileSignature({ id: 's1', name: 'Test', sections: [sectionOf(content)], images }, tools);
  return result.kind === 'problems' ? result.problems.map(told) : [];
}

export function warningsOf(content: Content, { tools = {}, images = [] }: Extras = {}): string[] {
  const result = compileSignature({ id: 's1', name: 'Test', sections: [sectionOf(content)], images }, tools);
  assert(result.kind === 'ok', JSON.stringify(result));
  return result.warnings.map(told);
}

function told({ line, column, sentence, suggestion }: TemplateProblem | TemplateWarning) {
  return `${line}:${column} ${sentence}${suggestion === undefined ? '' : ` (${suggestion})`}`;
}

function sectionOf(content: Content): SignatureSection {
  return { zone: 'signature', new: content, reply: 'same' };
}

export type Rendered = {
  readonly html: string;
  readonly text: string;
  readonly sections: readonly Section[];
};

/** The first section's forms, '' where there is none. */
export function render(
  what: Content | CompiledSignature,
  context: Partial<RenderContext> = {},
  form: 'new' | 'reply' = 'new',
): Rendered {
  const signature = 'sections' in what ? what : compiled([sectionOf(what)]);
  const sections = renderSignature(signature, form, contextOf(context));
  return { html: sections[0]?.html ?? '', text: sections[0]?.text ?? '', sections };
}
