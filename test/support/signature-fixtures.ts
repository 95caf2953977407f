/** The signatures in test/signatures: a template, whom it is rendered for, and what comes out. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createCssInliner } from '../../src/content/css.ts';
import type { Section } from '../../src/mail/report.ts';
import { compileSignature } from '../../src/signature/compile.ts';
import type { Person } from '../../src/signature/person.ts';
import { renderSignature } from '../../src/signature/render.ts';
import type { RenderContext } from '../../src/signature/render-context.ts';
import { contextOf, personWith } from './signatures.ts';

const inlineCss = createCssInliner();

const folder = new URL('../signatures/', import.meta.url);

export const signatureNames: readonly string[] = readdirSync(folder)
  .filter(name => /^\d/.test(name))
  .sort();

export function imageNamed(name: string) {
  return { name, type: 'image/png', bytes: readFileSync(new URL(`images/${name}.png`, folder)) };
}

export function readSignatureFile(name: string, file: string): string | undefined {
  const url = new URL(`${name}/${file}`, folder);
  return existsSync(url) ? readFileSync(url, 'utf8') : undefined;
}

/** `photo` names a file in images; the code of a vCard is a picture, too, so that no test depends on how codes are drawn. */
type Described = Partial<Pick<RenderContext, 'tenant' | 'language'>> & {
  readonly [role in 'person' | 'sender' | 'manager']?: Partial<Person>;
};

export function fixtureContext(name: string): RenderContext {
  const { person, sender, manager, ...rest }: Described = JSON.parse(
    readSignatureFile(name, 'person.json') ?? '{}',
  );
  const known = (described: Partial<Person> | undefined) =>
    described && personWith(described.fields ?? {}, described);
  return contextOf({
    ...rest,
    person: known(person),
    sender: known(sender),
    manager: known(manager),
    photo: imageNamed,
    qr: () => imageNamed('code').bytes,
  });
}

export function renderFixture(name: string, context: RenderContext = fixtureContext(name)): Section {
  const html = readSignatureFile(name, 'template.html') ?? '';
  const text = readSignatureFile(name, 'template.txt');
  const images = [...html.matchAll(/cid:([\w-]+)/g)].map(([, image = '']) => image);
  const compiled = compileSignature(
    {
      id: name,
      name,
      sections: [
        { zone: 'signature', new: { html, ...(text === undefined ? {} : { text }) }, reply: 'same' },
      ],
      images: [...new Set(images)].map(imageNamed),
    },
    { inlineCss },
  );
  assert(compiled.kind === 'ok', JSON.stringify(compiled));
  const [section] = renderSignature(compiled.value, 'new', context);
  assert(section);
  return section;
}
