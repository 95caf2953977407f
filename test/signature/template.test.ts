import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { personWith, problemsOf, render } from '../support/signatures.ts';

const person = personWith(
  { displayName: 'Jane Doe', jobTitle: 'Head of IT', city: 'Berlin', extensionAttribute3: 'three' },
  { custom: { room: '4.2', 'room-2': 'x' } },
);
const manager = personWith({ displayName: 'Max' }, { address: 'max@example.com' });
const context = { person, manager, tenant: { name: 'Example Ltd', fields: { street: 'Main St' } } };

function shown(template: string) {
  return render({ text: `[${template}]\n.` }, context)
    .text.replace(/\r\n\.$/, '')
    .replace(/^\.$/, '(gone)');
}

describe('Fields', () => {
  const table: readonly (readonly [template: string, want: string])[] = [
    ['{{person.displayName}}', '[Jane Doe]'],
    ['{{ person.displayName }}', '[Jane Doe]'],
    ['{{person.extensionAttribute3}}', '[three]'],
    ['{{person.custom.room}}', '[4.2]'],
    ['{{person.custom.room-2}}', '[x]'],
    ['{{person.email}}', '[jane@example.com]'],
    ['{{manager.displayName}} {{manager.email}}', '[Max max@example.com]'],
    ['{{sender.displayName}}', '(gone)'],
    ['{{tenant.name}}, {{tenant.street}}', '[Example Ltd, Main St]'],
    ['{{message.subject}}', '[Offer]'],
    ['{{message.date}}', '[1 March 2026]'],
    ['{{message.date | date:"yyyy"}}', '[2026]'],
    ['{{#first person.mobilePhone person.department person.city}}', '[Berlin]'],
    ['{{#first person.mobilePhone person.department | default:"none"}}', '[none]'],
    ['{{#first person.mobilePhone person.city | upper | replace:"B","b"}}', '[bERLIN]'],
  ];
  for (const [template, want] of table) it(template, () => assert.equal(shown(template), want));

  it('in the words of an HTML editor', () => {
    const html =
      '<p>{{person.state&nbsp;| default:&quot;a &amp; b&quot;}} {{person.state | default:“curly”}}</p>';
    assert.equal(render({ html }, context).html, '<p>a &amp; b curly</p>');
  });
});

describe('Conditions', () => {
  const table: readonly (readonly [condition: string, want: boolean])[] = [
    ['person.city', true],
    ['person.state', false],
    ['not person.state', true],
    ['not not person.city', true],
    ['person.state is empty', true],
    ['person.city is empty', false],
    ['not person.city is empty', true],
    ['person.city = "berlin"', true],
    ['person.city = " BERLIN "', true],
    ["person.city != 'Berlin'", false],
    ['person.state != "x"', true],
    ['"Berlin" = person.city', true],
    ['person.jobTitle contains "head"', true],
    ['person.jobTitle contains "CTO"', false],
    ['person.jobTitle contains ""', false],
    ['person.city = manager.city', false],
    ['person.email != manager.email', true],
    ['person.city and person.state', false],
    ['person.city or person.state', true],
    ['person.state or person.city and person.displayName', true],
    ['person.state and person.city or person.displayName', true],
    ['person.city and not person.state', true],
    ['message.date = "2026-03-01T10:15:00"', true],
    ['person.city = "a" or person.city = "b" or person.city = "Berlin"', true],
  ];
  for (const [condition, want] of table)
    it(condition, () =>
      assert.equal(shown(`{{#if ${condition}}}yes{{else}}no{{/if}}`), want ? '[yes]' : '[no]'),
    );

  it('nest', () => {
    assert.equal(shown('{{#if person.city}}{{#if person.state}}a{{else}}b{{/if}}{{else}}c{{/if}}'), '[b]');
  });

  it('stand inside of attributes', () => {
    const html =
      '<a href="{{#if person.state}}https://a.example{{else}}https://b.example/{{person.city}}{{/if}}">x</a>';
    assert.equal(render({ html }, context).html, '<a href="https://b.example/Berlin">x</a>');
  });
});

describe('What is wrong is refused, with its place and what was meant', () => {
  const table: readonly (readonly [template: string, ...want: readonly string[]])[] = [
    ['{{person.jobtitle}}', '1:3 There is no field "person.jobtitle". (person.jobTitle)'],
    ['a\n b {{person.jobTitel}}', '2:6 There is no field "person.jobTitel". (person.jobTitle)'],
    ['{{jobTitle}}', '1:3 There is no field "jobTitle". (person.jobTitle)'],
    ['{{person.firstName}}', '1:3 There is no field "person.firstName". (person.givenName)'],
    ['{{manager.mobile}}', '1:3 There is no field "manager.mobile". (manager.mobilePhone)'],
    ['{{user.displayName}}', '1:3 There is no field "user.displayName". (person.displayName)'],
    ['{{person.custom}}', '1:3 There is no field "person.custom".'],
    ['{{person.displayName.length}}', '1:3 There is no field "person.displayName.length".'],
    ['{{person.city | uper}}', '1:17 There is no format "uper". (upper)'],
    [
      '{{person.city | phone:"short"}}',
      '1:17 There is no phone format "short": expected international, national, e164, rfc3966.',
    ],
    [
      '{{person.city | phone:nationl}}',
      '1:17 There is no phone format "nationl": expected international, national, e164, rfc3966. (national)',
    ],
    [
      '{{person.city | tel:"Germany"}}',
      '1:17 "Germany" is no country code: expected two capitals such as "DE".',
    ],
    ['{{person.city | upper:"x"}}', '1:17 The format "upper" takes no value, got 1.'],
    ['{{person.city | replace:"x"}}', '1:17 The format "replace" takes 2 values, got 1.'],
    ['{{person.city | replace:"","x"}}', '1:17 The text to be replaced is empty.'],
    ['{{person.city | default}}', '1:17 The format "default" takes 1 value, got 0.'],
    [
      '{{message.date | date:"d","xx-"}}',
      '1:18 "xx-" is no language: expected a code such as "de" or "en-GB".',
    ],
    ['{{person.city | }}', '1:17 Expected a format such as "upper" behind "|".'],
    ['{{person.city person.state}}', '1:15 Expected the end of the tag, got "person.state".'],
    [
      '{{person.city is empty}}',
      '1:15 Expected the end of the tag, got "is". (conditions stand in {{#if ...}})',
    ],
    ['{{person.city | default:"x}}', '1:25 The text that begins here has no closing quote.'],
    ['{{}}', '1:3 The tag is empty: expected a field such as {{person.displayName}}.'],
    ['{{person.city', '1:1 The tag that begins here is not closed with "}}".'],
    ['{{person.city {{person.state}}', '1:1 The tag that begins here is not closed with "}}".'],
    ['person.city}}', '1:12 "}}" stands here without "{{" before it.'],
    ['{{person.<b>city</b>}}', '1:9 "." has no meaning in a template tag.'],
    ['{{#if person.city}}x', '1:1 This {{#if}} has no {{/if}}. (add {{/if}} where the condition ends)'],
    ['x{{/if}}', '1:2 {{/if}} stands here without {{#if}} before it.'],
    ['x{{else}}', '1:2 {{else}} stands here without {{#if}} before it.'],
    ['{{#if person.city}}{{else}}{{else}}{{/if}}', '1:28 {{else}} stands here without {{#if}} before it.'],
    ['{{#line}}x', '1:1 This {{#line}} has no {{/line}}. (add {{/line}} where the span ends)'],
    [
      '{{#if person.city}}{{#line}}{{/if}}{{/line}}',
      '1:29 {{/if}} stands inside {{#line}}, but what it ends began outside of it. (close {{#line}} before it, or end both in the order in which they began)',
      '1:36 {{/line}} stands here without {{#line}} before it.',
    ],
    ['{{#if}}x{{/if}}', '1:6 Expected a field such as person.displayName.'],
    ['{{#if person.city = }}x{{/if}}', '1:21 Expected a field such as person.displayName.'],
    [
      '{{#if person.city is not empty}}x{{/if}}',
      '1:22 Expected "empty" behind "is". (write "not" in front of the field)',
    ],
    [
      '{{#if (person.city)}}x{{/if}}',
      '1:7 "(" has no meaning in a template tag. (nest one {{#if}} in another instead of parentheses)',
    ],
    [
      '{{#if person.city}}{{else if person.state}}{{/if}}',
      '1:27 Expected the end of the tag, got "if". (nest an {{#if}} behind {{else}})',
    ],
    [
      '{{#unless person.city}}{{/unless}}',
      '1:3 There is no tag {{#unless}}.',
      '1:26 There is no tag {{/unless}}.',
    ],
    ['{{#each person.city}}', '1:3 There is no tag {{#each}}.'],
    ['{{person.photo}}', '1:1 A photo or vCard is a picture: it can only be the whole "src" of an <img>.'],
  ];
  for (const [template, ...want] of table)
    it(template, () => {
      const withoutHint = problemsOf({ html: template }).map(told =>
        told.replace(/ \(write <img src=.*\)$/, ''),
      );
      assert.deepEqual(withoutHint, want);
    });

  it('in plain text as in HTML', () => {
    assert.deepEqual(problemsOf({ text: 'a\r\n{{person.jobtitle}}' }), [
      '2:3 There is no field "person.jobtitle". (person.jobTitle)',
    ]);
  });

  it('against the custom and tenant fields that there are', () => {
    const tools = { customFields: ['room'], tenantFields: ['street'] };
    assert.deepEqual(
      problemsOf(
        { html: '{{person.custom.rooom}} {{tenant.streat}} {{manager.custom.room}} {{tenant.name}}' },
        { tools },
      ),
      [
        '1:3 There is no field "person.custom.rooom". (person.custom.room)',
        '1:27 There is no field "tenant.streat". (tenant.street)',
      ],
    );
  });

  it('when it is too long', () => {
    assert.deepEqual(problemsOf({ html: 'x'.repeat(70_000) }), [
      '1:1 The template is longer than 65536 characters.',
    ]);
  });

  it('when it nests too deeply', () => {
    assert.match(
      problemsOf({ html: '<div>'.repeat(200) })[0] ?? '',
      /^1:\d+ Elements and conditions nest deeper than 100 levels\.$/,
    );
  });
});

describe('A tag where no value can be made safe is refused', () => {
  const table: readonly (readonly [html: string, want: string])[] = [
    ['<{{person.city}}>x', '1:2 A template tag cannot be the name of an element.'],
    ['<b{{person.city}}>x', '1:1 A template tag cannot be part of the name of an element.'],
    ['</b{{person.city}}>', '1:1 A template tag cannot be the name of an element.'],
    [
      '<p {{person.city}}="x">x</p>',
      '1:4 A template tag cannot stand among the attributes of <p>. (put it inside a quoted value)',
    ],
    [
      '<p {{#if person.city}}title="x"{{/if}}>x</p>',
      '1:4 A template tag cannot stand among the attributes of <p>. (put it inside a quoted value)',
    ],
    [
      '<p title={{person.city}}>x</p>',
      '1:10 A template tag cannot stand in the unquoted value of "title". (write title="...")',
    ],
    [
      '<p style="color:{{person.city}}">x</p>',
      '1:11 A template tag cannot stand in "style". (put {{#if}} around the whole element)',
    ],
    [
      '<!-- {{person.city}} -->',
      '1:1 A template tag cannot stand in a comment. (take the comment away, or move the tag out of it)',
    ],
    [
      '<!--[if mso]>x-->{{person.city}}<!-- {{person.city}} -->',
      '1:33 A template tag cannot stand in a comment. (take the comment away, or move the tag out of it)',
    ],
    ['<script>{{person.city}}</script>', '1:9 A template tag cannot stand in <script>.'],
    ['<style>p{color:{{person.city}}}</style>', '1:16 A template tag cannot stand in <style>.'],
    ['<svg><a title="{{person.city}}"/></svg>', '1:9 A template tag cannot stand in <a>, which is removed.'],
    ['<form action="{{person.city}}">', '1:7 A template tag cannot stand in <form>, which is removed.'],
    ['<!doctype {{person.city}}>', '1:3 A template tag cannot stand in a declaration.'],
    [
      '<a href="javascript:{{person.city}}">x</a>',
      '1:4 An address in "href" cannot begin with "javascript:". (write the whole address with https:, mailto: or tel:)',
    ],
    [
      '<a href="/x/{{person.city}}">x</a>',
      '1:4 An address in "href" cannot begin with "/x/". (write the whole address with https:, mailto: or tel:)',
    ],
    [
      '<img alt="" width="1" src="cid:{{person.city}}">',
      '1:23 The name of a picture cannot come from a field. (put {{#if}} around the whole <img>)',
    ],
    ['<p title="{{#line}}x{{/line}}">x</p>', '1:11 {{#line}} cannot stand in an attribute.'],
    [
      '<p title="{{#if person.city}}x">x</p>{{/if}}',
      '1:11 This {{#if}} has no {{/if}} inside the attribute.',
    ],
    [
      '<b>{{#if person.city}}</b>{{/if}}',
      '1:23 </b> stands inside {{#if}}, but what it ends began outside of it. (close {{#if}} before it, or end both in the order in which they began)',
    ],
    [
      '{{#if person.city}}<b>{{/if}}</b>',
      '1:23 {{/if}} stands inside <b>, but what it ends began outside of it. (close <b> before it, or end both in the order in which they began)',
    ],
    [
      '<p>a{{#if person.city}}<p>b</p>{{/if}}',
      '1:24 <p>, which ends <p>, stands inside {{#if}}, but what it ends began outside of it. (close {{#if}} before it, or end both in the order in which they began)',
    ],
  ];
  for (const [html, want] of table) it(html, () => assert.equal(problemsOf({ html })[0], want));
});
