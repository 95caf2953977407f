import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import juice from 'juice';
import { compiled, personWith, render, warningsOf } from '../support/signatures.ts';

function kept(html: string) {
  return render({ html }, { person: personWith({ displayName: 'Jane', city: 'Berlin' }) }).html;
}

describe('HTML is kept by allow-list', () => {
  const table: readonly (readonly [what: string, html: string, want: string])[] = [
    ['scripts', 'a<script>alert(1)</script>b', 'ab'],
    ['a script in pieces', 'a<scr<script>ipt>x</script>b', 'aipt&gt;xb'],
    ['handlers', '<p onclick="x" ONLOAD=y on\u0000error="z">a</p>', '<p>a</p>'],
    ['htmx', '<p hx-get="/x" data-hx-on="y" hx-on:click="z">a</p>', '<p>a</p>'],
    [
      'forms',
      '<form action="https://e.example"><input name="a"><textarea>x</textarea><button>y</button>b</form>',
      'b',
    ],
    [
      'frames',
      'a<iframe src="https://e.example"><p>x</p></iframe><object data="x"><embed src="y"></object>b',
      'ab',
    ],
    [
      'SVG and MathML',
      'a<svg><a href="javascript:x"><text>t</text></a></svg><math><mtext>x</mtext></math>b',
      'ab',
    ],
    ['a nested SVG', 'a<svg><svg></svg>x</svg>b', 'ab'],
    [
      'base, link and meta',
      '<base href="https://e.example"><link rel="stylesheet" href="x"><meta http-equiv="refresh" content="0">a',
      'a',
    ],
    [
      'the frame of a page',
      '<!doctype html><html><head><title>t</title></head><body bgcolor="red"><p>a</p></body></html>',
      '<p>a</p>',
    ],
    ['comments', 'a<!-- b -->c<!x>d<?php e ?>f', 'acdf'],
    ['plaintext', 'a<plaintext>b<b>c', 'a'],
    [
      'unknown elements, but not their content',
      '<section><main>a</main><o:p>b</o:p><blink>c</blink></section>',
      'abc',
    ],
    [
      'bad addresses',
      '<a href="javascript:x">a</a><a href="&#106;avascript:x">b</a><a href=" java&Tab;script:x">c</a><a href="#top">d</a><a href="data:text/html,x">e</a>',
      '<a>a</a><a>b</a><a>c</a><a>d</a><a>e</a>',
    ],
    [
      'nothing of good ones',
      '<a href="https://e.example/?a=1&b=2">a</a><a href=tel:+49>b</a><a href=\'mailto:a@e.example?subject=x%20y\'>c</a>',
      '<a href="https://e.example/?a=1&amp;b=2">a</a><a href="tel:+49">b</a><a href="mailto:a@e.example?subject=x%20y">c</a>',
    ],
    ['the second of two equal attributes', '<p title="a" title="b" TITLE="c">x</p>', '<p title="a">x</p>'],
    ['class and id', '<p class="a" id="b" lang="de" dir="rtl">x</p>', '<p lang="de" dir="rtl">x</p>'],
    [
      'open elements get their end',
      '<table><tr><td>a<tr><td>b',
      '<table><tr><td>a</td></tr><tr><td>b</td></tr></table>',
    ],
    ['stray ends', '</div>a</p></b>', 'a'],
    ['crossed elements', '<b>a<i>b</b>c</i>', '<b>a<i>b</i></b>c'],
    [
      'text',
      'a < b && c > d &copy; &nbsp;&#x27; {x}',
      'a &lt; b &amp;&amp; c &gt; d © &nbsp;&#39; &#123;x&#125;',
    ],
  ];
  for (const [what, html, want] of table) it(what, () => assert.equal(kept(html), want));
});

describe('CSS is kept by allow-list', () => {
  const table: readonly (readonly [what: string, style: string, want: string])[] = [
    [
      'known properties',
      'color:red; font : bold 12px/1.5 Arial , sans-serif;MARGIN:0 auto',
      'color:red;font:bold 12px/1.5 Arial , sans-serif;margin:0 auto',
    ],
    [
      'mso properties',
      'mso-line-height-rule:exactly;mso-padding-alt:0cm 5.4pt',
      'mso-line-height-rule:exactly;mso-padding-alt:0cm 5.4pt',
    ],
    ['quoted names', 'font-family:\'Segoe UI\',"A;B"', 'font-family:\'Segoe UI\',"A;B"'],
    [
      'colours and sums',
      'color:rgba(1,2,3,.5);width:calc(100% - 2px)',
      'color:rgba(1,2,3,.5);width:calc(100% - 2px)',
    ],
    ['!important', 'color:red !important', 'color:red !important'],
    ['no positions', 'position:fixed;top:0;z-index:9;transform:none;color:red', 'color:red'],
    [
      'no fetching',
      'background:url(https://e.example/x);background-image:image-set("x" 1x);color:red',
      'color:red',
    ],
    ['no running', 'width:expression(alert(1));behavior:url(x);-moz-binding:url(x);color:red', 'color:red'],
    ['no escapes', 'background:u\\72l(x);c\\6flor:red;color:red', 'color:red'],
    ['no comments', 'col/**/or:red;color:/* x */red;width:exp/**/ression(1)', 'color:red'],
    ['no at-rules and braces', '@import "x";color:red}p{color:blue;width:1px', 'width:1px'],
    ['no hidden variables', '--x:url(y);color:var(--x);width:2px', 'width:2px'],
    ['an open string to the end', 'color:red;font-family:"a;b', 'color:red;font-family:"a;b'],
  ];
  for (const [what, style, want] of table)
    it(what, () => {
      const html = kept(`<p style="${style.replaceAll('"', '&quot;')}">x</p>`);
      assert.equal(html, `<p style="${want.replaceAll('"', '&quot;').replaceAll("'", '&#39;')}">x</p>`);
    });
});

describe('Conditional comments', () => {
  const same = (html: string) => it(html, () => assert.equal(kept(`a${html}b`), `a${html}b`));
  same('<!--[if mso]><p>x</p><![endif]-->');
  same('<!--[if (gte mso 9)|(IE)]><table><tr><td>x</td></tr></table><![endif]-->');
  same('<!--[if !mso]><!--><p>x</p><!--<![endif]-->');
  same(
    '<!--[if mso]><v:roundrect arcsize="10%" href="https://e.example"><center>x</center></v:roundrect><![endif]-->',
  );

  const table: readonly (readonly [what: string, html: string, want: string])[] = [
    [
      'are sanitised inside',
      '<!--[if mso]><p onclick="x"><script>y</script>z</p><![endif]-->',
      '<!--[if mso]><p>z</p><![endif]-->',
    ],
    ['go with another condition', '<!--[if mso && constructor]>x<![endif]-->', ''],
    [
      'go when they open what is not closed in them',
      '<!--[if mso]><table><tr><td><![endif]-->x<!--[if mso]></td></tr></table><![endif]-->',
      'x',
    ],
    ['go without an end', '<!--[if mso]>x-->', ''],
    ['go in the form that only Internet Explorer reads', '<![if !mso]>x<![endif]>', 'x'],
    ['hold no VML outside', '<v:rect href="https://e.example">x</v:rect>', 'x'],
    ['cannot be ended from inside', '<!--[if mso]>a<!--b--><![endif]-->c', 'c'],
  ];
  for (const [what, html, want] of table) it(what, () => assert.equal(kept(`a${html}b`), `a${want}b`));
});

describe('What is removed is told, with its place', () => {
  const table: readonly (readonly [html: string, ...want: readonly string[]])[] = [
    ['<p>\n<script>x</script></p>', '2:1 <script> was removed with its content.'],
    ['<section>x</section>', '1:1 <section> was removed, its content was kept.'],
    ['<p onclick="x">x</p>', '1:4 The attribute "onclick" of <p> was removed.'],
    [
      '<p style="position:fixed;color:url(x)">x</p>',
      '1:11 The CSS property "position" of <p> was removed.',
      '1:11 The value of the CSS property "color" of <p> was removed with it.',
    ],
    [
      '<a href="javascript:x">x</a>',
      '1:4 The address in "href" of <a> was removed. (write the whole address with https:, mailto: or tel:)',
    ],
    ['a<!-- b -->', '1:2 A comment was removed.'],
    ['<!--[if foo]>b<![endif]-->', '1:1 A conditional comment was removed.'],
    [
      '<!--[if mso]><table><![endif]-->',
      '1:1 A conditional comment was removed: it opens or closes elements of the text around it.',
    ],
    [
      'a<svg>b',
      '1:2 <svg> was removed with its content.',
      '1:2 <svg> is not closed: all behind it was removed.',
    ],
    ['<style>p{color:red}</style>x', '1:1 <style> was removed: nothing here inlines style sheets.'],
  ];
  for (const [html, ...want] of table) it(html, () => assert.deepEqual(warningsOf({ html }), want));
});

describe('Style sheets are written into the elements', () => {
  const tools = { inlineCss: (html: string) => juice(html) };
  const inlined = (html: string) =>
    render(compiled([{ zone: 'signature', new: { html }, reply: 'none' }], { tools }), {
      person: personWith({ displayName: 'Jane', city: 'B' }),
    }).html;

  it('with tags of the template around and inside of them', () => {
    const html =
      '<style>.n{color:red} td{padding:1px}</style><table>{{#if person.city}}<tr><td class="n" title="{{person.displayName}}">{{person.displayName | default:"<>&"}}</td></tr>{{/if}}</table>';
    assert.equal(
      inlined(html),
      '<table><tr><td style="padding:1px;color:red" title="Jane">Jane</td></tr></table>',
    );
  });

  it('and are sanitised there', () => {
    assert.equal(
      inlined('<style>p{background:url(https://e.example/x);position:absolute;color:red}</style><p>x</p>'),
      '<p style="color:red">x</p>',
    );
  });

  it('without @media, which is told at the style sheet', () => {
    const html =
      'a\n<style>p{color:red} @media (max-width:600px){p{color:blue}} p{float:left}</style><p>x</p>';
    assert.equal(inlined(html), 'a\n<p style="color:red;float:left">x</p>');
    assert.deepEqual(warningsOf({ html }, { tools }), [
      '2:1 @media was removed: Outlook and Gmail drop it from replies, and it would meet the style of others.',
      '2:1 Outlook for Windows ignores the CSS property "float". (lay it out with a table)',
    ]);
  });
});
