import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cleanValue } from '../../src/signature/escape.ts';
import { seenByParse5 } from '../support/html-shape.ts';
import { personWith, render } from '../support/signatures.ts';

const hostile: Readonly<Record<string, string>> = {
  'a script': '<script>alert(1)</script>',
  'an image that runs': '"><img src=x onerror=alert(1)>',
  'quotes of both kinds': `a"b'c\`d`,
  'the end of an attribute': `" onmouseover="alert(1)`,
  'the end of a comment': '--><b>x</b><!--',
  'the end of a conditional comment': '<![endif]--><script>x</script>',
  'character references': '&lt;b&gt;&#60;&amp;amp;',
  'half a reference': '&am',
  'line ends': 'a\r\nb\nc\rd\u2028e',
  'a header injection': 'x\r\nBcc: victim@example.com\r\n\r\nbody',
  'right-to-left override': 'gpj.\u202Eexe\u2066x\u2069',
  'marks and zero width': 'a\u200F\u200Eb\u061Cc\uFEFFd\u200Be',
  NUL: 'a\u0000b\u0001c\u009Fd',
  'lone surrogates': 'a\uD800b\uDC00c',
  'noncharacters of the masks': 'a\uFDD0\uE000\uE000\uFDD1b\uFFFEc',
  '10,000 characters': '<&">'.repeat(2500),
  'more than a value may be': 'x'.repeat(50_000),
  'a template token': '{{person.displayName}} {{#if x}} }}{{',
  'an address that runs': 'javascript:alert(1)',
  'the same, in disguise': ' \tjava\nscript\u0000:alert(1)',
  'a data address': 'data:text/html,<script>x</script>',
  'CSS that runs': 'red;background:url(javascript:x);width:expression(1)',
  'an exploit of templates': ['$', '#', '{', ''].map(sign => `${sign}{7*7}`).join('<%= 7*7 %>'),
  'a document': '</table></td></div></body></html><plaintext>',
  'emoji and combining marks': '👩‍👩‍👧 Zoë Zoë ﷽',
};

const contexts: Readonly<Record<string, string>> = {
  text: '<p>{{person.displayName}}</p>',
  'text between tags': '<table><tr><td>a{{person.displayName}}b</td></tr></table>',
  'a double-quoted attribute': '<p title="{{person.displayName}}">x</p>',
  'a single-quoted attribute': "<p title='{{person.displayName}}'>x</p>",
  'alt, in a condition':
    '<img src="https://e.example/i" alt="{{#if person.displayName}}of {{person.displayName}}{{/if}}">',
  'text that was upper-cased': '<b>{{person.displayName | upper}}</b>',
  'text that was replaced': '<b>{{person.displayName | replace:"x","<i>"}}</b>',
  'a mail address': '<p>.<a href="mailto:{{person.displayName}}">x</a></p>',
  'a telephone number':
    '<p>.<a href="tel:{{person.displayName | tel}}">{{person.displayName | phone}}</a></p>',
  'part of an address': '<a href="https://e.example/{{person.displayName}}/x">x</a>',
  'part of a query':
    '<a href="https://e.example/?q={{person.displayName}}&amp;r={{person.displayName | url}}">x</a>',
  'a conditional comment':
    '<p>x</p><!--[if mso]><v:rect href="https://e.example/{{person.displayName}}">{{person.displayName}}</v:rect><![endif]-->',
};

describe('A hostile value stays text, wherever it stands', () => {
  for (const [what, template] of Object.entries(contexts))
    it(`in ${what}`, () => {
      const { shape } = seenByParse5(htmlWith(template, 'x'));
      for (const [name, value] of Object.entries(hostile)) {
        const { html, text } = renderWith(template, value);
        const label = `${name}: ${html.slice(0, 300)}`;
        if (cleanValue(value) !== '' && !/tel:/.test(template))
          assert.equal(seenByParse5(html).shape, shape, label);
        assert.doesNotMatch(html, /<script|<img(?! src="https:\/\/e\.example)|\{\{|\}\}/, label);
        assert.doesNotMatch(
          html + text,
          /[\u0000-\u0009\u000B\u000C\u000E-\u001F\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/,
          label,
        );
        assert.doesNotMatch(text, /\{\{|\}\}/, label);
      }
    });

  it('and is there whole: text and attributes are the value, cleaned', () => {
    for (const [name, value] of Object.entries(hostile)) {
      const want = cleanValue(value.slice(0, 10_000));
      assert.equal(seenByParse5(htmlWith('<p>{{person.displayName}}</p>', value)).text, want, name);
      assert.equal(
        seenByParse5(htmlWith('<p title="{{person.displayName}}">x</p>', value)).attributes.get('title'),
        want,
        name,
      );
    }
  });

  it('in plain text, as one line', () => {
    for (const [name, value] of Object.entries(hostile)) {
      const { text } = render(
        { text: 'A\n{{person.displayName}}.\nB' },
        { person: personWith({ displayName: value }) },
      );
      assert.equal(text.split(/\r\n|\r|\n/).length, 3, name);
    }
  });

  it('as an address of its own: only https, http, mailto and tel, and the link goes without', () => {
    const table: readonly (readonly [value: string, want: string | undefined])[] = [
      ['https://a.example/x?y=1&z', 'https://a.example/x?y=1&z'],
      ['HTTP://a.example', 'HTTP://a.example'],
      ['www.a.example/x', 'https://www.a.example/x'],
      ['a.example:8443/x', 'https://a.example:8443/x'],
      ['mailto:a@example.com', 'mailto:a@example.com'],
      ['tel:+49', 'tel:+49'],
      ['javascript:alert(1)', undefined],
      ['JaVaScRiPt:alert(1)', undefined],
      ['java\tscript:alert(1)', undefined],
      ['\u0001javascript:alert(1)', undefined],
      ['javascript&colon;alert(1)', undefined],
      ['vbscript:x', undefined],
      ['data:text/html,x', undefined],
      ['file:///etc/passwd', undefined],
      ['//a.example', undefined],
      ['/x', undefined],
      ['https:a.example', undefined],
      ['https:///x', undefined],
      ['cid:x', undefined],
      ['x', undefined],
      ['', undefined],
    ];
    for (const [value, want] of table) {
      const html = render(
        { html: '<p>a<a href="{{person.custom.page}}">{{person.displayName}}</a></p>' },
        { person: personWith({ displayName: 'x' }, { custom: { page: value } }) },
      ).html;
      assert.equal(seenByParse5(html).attributes.get('href'), want, `${value}: ${html}`);
    }
  });

  it('and no name of a field reaches what every object has', () => {
    for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty'])
      assert.equal(
        render({ html: `<p>a {{person.custom.${name}}}</p>{{tenant.${name}}}.` }, { person: personWith({}) })
          .html,
        '',
      );
  });
});

function htmlWith(template: string, value: string) {
  return renderWith(template, value).html;
}

function renderWith(template: string, value: string) {
  return render({ html: template }, { person: personWith({ displayName: value }) });
}
