import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createCssInliner } from '../../src/content/css.ts';
import { compileSignature } from '../../src/signature/compile.ts';

const inlineCss = createCssInliner();

describe('Style sheets go into the elements they apply to', () => {
  const table: readonly (readonly [name: string, html: string, want: string])[] = [
    [
      'by specificity, with what the element says itself as the strongest',
      '<style>.a{color:red;margin:0} p{color:blue;padding:1px}</style><p class="a" style="margin:2px">x</p>',
      '<p class="a" style="padding: 1px; color: red; margin: 2px;">x</p>',
    ],
    [
      'without a word about importance, which no mail client should be forced to',
      '<style>p{color:red !important} p{color:blue}</style><p>x</p>',
      '<p style="color: red;">x</p>',
    ],
    [
      'with the attributes that Word reads in tables, and the width of pictures',
      '<style>td{background-color:#eee;vertical-align:top} img{width:80px}</style><table><tr><td><img src="cid:a"></td></tr></table>',
      '<table><tr><td style="background-color: #eee; vertical-align: top;" bgcolor="#eee" valign="top"><img src="cid:a" style="width: 80px;" width="80"></td></tr></table>',
    ],
    [
      'and rows outside of a table body, entities and comments for Outlook stay as they are written',
      '<style>i{color:red}</style><!--[if mso]><table><tr><td><![endif]--><table><tr><td>A &amp; B&nbsp;&copy;<br></td></tr></table><!--[if mso]></td></tr></table><![endif]--><![if !mso]>y<![endif]>',
      '<!--[if mso]><table><tr><td><![endif]--><table><tr><td>A &amp; B&nbsp;&copy;<br></td></tr></table><!--[if mso]></td></tr></table><![endif]--><![if !mso]>y<![endif]>',
    ],
    [
      'with Word’s comment marks around the rules',
      '<style><!-- /* Style Definitions */\n p.M, li.M {mso-style-unhide:no; margin:0cm}\n@page S {size:595pt}\n--></style><p class=M>x</p>',
      '<p class="M" style="mso-style-unhide: no; margin: 0cm;">x</p>',
    ],
    [
      'with variables at their values',
      '<style>:root{--brand:#b45309} p{color:var(--brand)}</style><p>x</p>',
      '<p style="color: #b45309;">x</p>',
    ],
    [
      'and quotes of either kind stay inside the attribute',
      `<style>p{color:red}</style><p style='font-family:"Segoe UI"'>x</p><p style="font-family:&quot;A&quot;">y</p>`,
      `<p style="color: red; font-family: 'Segoe UI';">x</p><p style="color: red; font-family: 'A';">y</p>`,
    ],
    [
      'but not rules for a hovering mouse, print or loaded fonts',
      '<style>a:hover{color:red} @media print{a{color:black}} @font-face{font-family:X;src:url(https://e.example/x)} a{color:blue}</style><a>x</a>',
      '<a style="color: blue;">x</a>',
    ],
    [
      'and code of other template languages is text',
      '<style>p{color:red}</style><p><% x %> {{y}}</p>',
      '<p style="color: red;"><% x %> {{y}}</p>',
    ],
  ];
  for (const [name, html, want] of table) it(name, () => assert.equal(inlineCss(html), want));
});

describe('A bad style sheet is one sentence', () => {
  const table: readonly (readonly [name: string, css: string, sentence: string])[] = [
    ['unclosed block', 'p{color:red', 'The style sheet is broken in its line 1: unclosed block.'],
    [
      'no colon',
      'p{margin:0}\np { color red }',
      'The style sheet is broken in its line 2: unknown word color.',
    ],
    ['stray brace', 'p{margin:0}}', 'The style sheet is broken in its line 1: unexpected }.'],
  ];
  for (const [name, css, sentence] of table)
    it(name, () => assert.deepEqual(inlineCss(`<style>${css}</style><p>x</p>`), { kind: 'fault', sentence }));
});

describe('Whatever is pasted, an answer comes in bounded time', () => {
  const tooLong = 'The style sheet takes too long: use fewer rules and simpler selectors.';
  const table: readonly (readonly [name: string, html: string])[] = [
    ['a rule for each of many elements', `<style>${'*{a:b}'.repeat(5_000)}</style>${'<b>'.repeat(8_000)}`],
    [
      'selectors that search upwards',
      `<style>${'* * * * * * *{a:b}'.repeat(1_500)}</style>${'<b>'.repeat(8_000)}`,
    ],
    ['variables that name each other', '<style>p{--a:var(--b);--b:var(--a);color:var(--a)}</style><p>x</p>'],
    ['nested rules that multiply', `<style>${'a{&,&{'.repeat(500)}b:c${'}}'.repeat(500)}</style><a>x</a>`],
  ];
  for (const [name, html] of table)
    it(name, () => {
      const start = performance.now();
      assert.deepEqual(inlineCss(html), { kind: 'fault', sentence: tooLong });
      assert.ok(performance.now() - start < 5_000);
    });

  it('and the inliner works on as before', () => {
    assert.equal(inlineCss('<style>p{color:red}</style><p>y</p>'), '<p style="color: red;">y</p>');
  });

  it('where style sheets are opened again and again', () => {
    const start = performance.now();
    inlineCss('<style>'.repeat(9_000));
    assert.ok(performance.now() - start < 5_000);
  });
});

describe('The compiler tells faults of the style sheet at its place', () => {
  it('as a problem, not as a warning', () => {
    const html = '<p>x</p>\n<style>p{color:red</style>';
    const section = { zone: 'signature', new: { html }, reply: 'none' } as const;
    const result = compileSignature({ id: 's', name: 'S', sections: [section], images: [] }, { inlineCss });
    assert.equal(result.kind, 'problems');
    if (result.kind !== 'problems') return;
    assert.deepEqual(
      result.problems.map(({ line, column, sentence }) => ({ line, column, sentence })),
      [{ line: 2, column: 1, sentence: 'The style sheet is broken in its line 1: unclosed block.' }],
    );
  });
});
