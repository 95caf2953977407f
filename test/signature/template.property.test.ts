import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import juice from 'juice';
import { limits } from '../../src/limits.ts';
import type { Section } from '../../src/mail/report.ts';
import { compileSignature } from '../../src/signature/compile.ts';
import { renderSignature } from '../../src/signature/render.ts';
import { seenByParse5 } from '../support/html-shape.ts';
import { contextOf, personWith } from '../support/signatures.ts';

const piece = fc.constantFrom(
  ...[
    '<p>',
    '</p>',
    '<div style="color:red">',
    '</div>',
    '<br>',
    '<table>',
    '<tr>',
    '<td>',
    '</td>',
    '</tr>',
    '</table>',
  ],
  ...[
    '<ul>',
    '<li>',
    '</li>',
    '</ul>',
    '<b>',
    '</b>',
    '<a href="https://a.example/',
    '">',
    '</a>',
    '<img src="',
    ' alt="',
    '"',
  ],
  ...[
    '{{person.displayName}}',
    '{{person.city}}',
    '{{#if person.city}}',
    '{{else}}',
    '{{/if}}',
    '{{#line}}',
    '{{/line}}',
  ],
  ...[
    '{{#first person.city person.state | upper}}',
    '{{person.displayName | default:"}"}}',
    '{{',
    '}}',
    '{{#if',
    '{{person.x}}',
  ],
  ...[
    '<!--[if mso]>',
    '<![endif]-->',
    '<!--[if !mso]><!-->',
    '<!--<![endif]-->',
    '<!--',
    '-->',
    '<script>',
    '</script>',
    '<style>p{color:red}',
  ],
  ...[
    '</style>',
    '<svg>',
    '<plaintext>',
    '<textarea>',
    ' | ',
    ', ',
    '&nbsp;',
    '&am',
    'p;',
    '<',
    '>',
    '"',
    "'",
    '\n',
    '\uFDD0',
    '\uE000',
    'Text',
  ],
);
const source = fc
  .array(fc.oneof({ weight: 9, arbitrary: piece }, { weight: 1, arbitrary: fc.string({ maxLength: 8 }) }), {
    maxLength: 40,
  })
  .map(parts => parts.join(''));
/** Sound templates of nested elements, blocks and fields. */
const sound: fc.Arbitrary<string> = fc.letrec<{ node: string }>(tie => ({
  node: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(
      '{{person.displayName}}',
      '{{person.city}}',
      'Text',
      ' | ',
      ', ',
      '<br>',
      '&nbsp;',
      '<a href="mailto:{{person.city}}" title="{{person.displayName}}">{{person.city}}</a>',
    ),
    fc
      .tuple(
        fc.constantFrom('p', 'div', 'b', 'td', 'li', 'span', 'ul', 'table'),
        fc.array(tie('node'), { maxLength: 4 }),
      )
      .map(([name, inner]) => `<${name}>${inner.join('')}</${name}>`),
    fc.array(tie('node'), { maxLength: 3 }).map(inner => `{{#line}}${inner.join('')}{{/line}}`),
    fc
      .tuple(fc.array(tie('node'), { maxLength: 3 }), fc.array(tie('node'), { maxLength: 3 }))
      .map(([met, other]) => `{{#if person.city}}${met.join('')}{{else}}${other.join('')}{{/if}}`),
  ),
})).node;
const value = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom('<b>', '{{person.city}}', '"', "' x='", '-->', ' | ', '\r\n'),
);

function compile(html: string, text?: string) {
  return compileSignature(
    {
      id: 's',
      name: 's',
      images: [],
      sections: [
        { zone: 'signature', new: { html, ...(text === undefined ? {} : { text }) }, reply: 'same' },
      ],
    },
    { inlineCss: styled => styled },
  );
}

function rendered(
  html: string,
  fields: { readonly displayName?: string; readonly city?: string },
  text?: string,
): Partial<Section> | undefined {
  const result = compile(html, text);
  if (result.kind !== 'ok') return undefined;
  return renderSignature(result.value, 'new', contextOf({ person: personWith(fields) }))[0] ?? {};
}

describe('For any template and any value', () => {
  // Two braces that close are no token: they may be the ends of two values.
  it('compiling and rendering never throw, and no token reaches the output', () => {
    fc.assert(
      fc.property(source, value, value, (template, displayName, city) => {
        const section = rendered(template, { displayName, city }, template);
        assert.doesNotMatch(section?.html ?? '', /\{\{|[\uFDD0\uFDD1]|<script|<svg|<style|<plaintext/i);
        assert.doesNotMatch(section?.text ?? '', /\{\{|[\uFDD0\uFDD1\u0000-\u0008]/);
      }),
      { numRuns: 3000 },
    );
  });

  it('the same with a style sheet that is really inlined', () => {
    const styled = '<style>p, b, td { color: red; position: fixed } a { background: url(x) }</style>';
    fc.assert(
      fc.property(source, value, (template, displayName) => {
        const result = compileSignature(
          {
            id: 's',
            name: 's',
            images: [],
            sections: [{ zone: 'signature', new: { html: styled + template }, reply: 'same' }],
          },
          { inlineCss: html => juice(html) },
        );
        if (result.kind !== 'ok') return;
        const [section] = renderSignature(
          result.value,
          'new',
          contextOf({ person: personWith({ displayName }) }),
        );
        assert.doesNotMatch(
          section?.html ?? '',
          /\{\{|[\uFDD0\uFDD1]|<script|<svg|<style|<plaintext|position|url\(/i,
        );
      }),
      { numRuns: 300 },
    );
  });

  it('problems have a place inside the source', () => {
    fc.assert(
      fc.property(source, template => {
        const result = compile(template);
        const lines = template.split(/\r\n|\r|\n/);
        for (const { line, column } of result.kind === 'ok' ? result.warnings : result.problems)
          assert(
            line >= 1 && line <= lines.length && column >= 1 && column <= (lines[line - 1] ?? '').length + 1,
          );
      }),
      { numRuns: 1000, examples: [['<?'], ['<?x'], ['<!']] },
    );
  });

  it('a value that is there never changes the elements, as parse5 sees them', () => {
    const filled = value.map(text => `x${text}`);
    fc.assert(
      fc.property(sound, filled, filled, (template, displayName, city) => {
        const plain = rendered(template, { displayName: 'x', city: 'y' });
        const hostile = rendered(template, { displayName, city });
        assert.equal(seenByParse5(hostile?.html ?? '').shape, seenByParse5(plain?.html ?? '').shape);
      }),
      { numRuns: 1500 },
    );
  });

  it('what is sound renders the same when it is compiled from its own output', () => {
    fc.assert(
      fc.property(sound, template => {
        const first = rendered(template, { displayName: 'x', city: 'y' })?.html ?? '';
        assert.equal(rendered(first, {})?.html ?? '', first);
      }),
      { numRuns: 1000 },
    );
  });

  it('the output is bounded, and structure and literal text stay whole', () => {
    const fields = '{{person.displayName}}<br>'.repeat(2000);
    const section = rendered(`<div>${fields}</div><p>Legal text</p>`, { displayName: '<'.repeat(20_000) });
    assert((section?.html?.length ?? 0) <= limits.signature.outputCharacters);
    assert(section?.html?.endsWith('<p>Legal text</p>'));
  });
});

describe('Time is linear', () => {
  const patterns: Readonly<Record<string, (n: number) => string>> = {
    'open braces': n => '{{'.repeat(n / 2),
    'tags never closed': n => '{{person.displayName '.repeat(n / 21),
    'open elements': n => '<b>'.repeat(n / 3),
    'open elements and strange ends': n => '<b></i>'.repeat(n / 7),
    'nested tables': n => '<table><tr><td>'.repeat(n / 15),
    conditions: n => '{{#if person.city}}'.repeat(n / 19),
    'fields and separators': n => '{{person.city}} | '.repeat(n / 18),
    'separators only': n => ' | , '.repeat(n / 5),
    'blank text': n => ' '.repeat(n),
    'dashes before a field': n => `${'- '.repeat(n / 2)}{{person.city}}`,
    attributes: n => `<p ${'title="{{person.city}}" '.repeat(n / 24)}>`,
    'conditions in attributes': n =>
      `<p title="${'{{#if person.city}}'.repeat(n / 38)}${'{{/if}}'.repeat(n / 38)}">`,
    'style declarations': n => `<p style="${'color:red;'.repeat(n / 10)}">`,
    'functions in a style': n => `<p style="color:${'a('.repeat(n / 2)}">`,
    'comments never closed': n => '<!--[if mso]>'.repeat(n / 13),
    'conditional comments': n => '<!--[if mso]>a<![endif]-->'.repeat(n / 26),
    'lists in lists': n => '<ul><li>a{{person.city}}'.repeat(n / 24),
    'paragraphs without end': n => '<p>{{person.city}}'.repeat(n / 18),
    'character references': n => '&amp'.repeat(n / 4),
    'quotes in a tag': n => `{{person.city | default:${'“'.repeat(n)}}}`,
    'or and and': n => `{{#if ${'person.city or '.repeat(n / 15)}person.city}}x{{/if}}`,
    formats: n => `{{person.city${' | upper'.repeat(n / 8)}}}`,
  };
  for (const [name, make] of Object.entries(patterns))
    it(`with ${name}`, () => {
      const html = make(limits.signature.sourceCharacters - 100);
      const start = performance.now();
      const result = compile(html, html);
      if (result.kind === 'ok') renderSignature(result.value, 'new', contextOf({ person: personWith({}) }));
      const ms = performance.now() - start;
      assert(ms < 1500, `${Math.round(ms)} ms`);
    });
});
