import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fieldsOf } from '../../src/signature/compile.ts';
import { compiled, contextOf, personWith, render } from '../support/signatures.ts';

describe('A signature is rendered', () => {
  it('with fields of the person, escaped for text, attributes and addresses', () => {
    const person = personWith({ displayName: '<b>"Jane"</b> & Co', email: 'jane+x@example.com' });
    const html =
      '<p title="{{person.displayName}}"><a href="mailto:{{person.email}}?subject={{person.displayName}}">{{person.displayName}}</a></p>';
    assert.equal(
      render({ html }, { person }).html,
      '<p title="&lt;b&gt;&quot;Jane&quot;&lt;/b&gt; &amp; Co"><a href="mailto:jane+x@example.com?subject=%3Cb%3E%22Jane%22%3C%2Fb%3E%20%26%20Co">&lt;b&gt;&quot;Jane&quot;&lt;/b&gt; &amp; Co</a></p>',
    );
  });

  it('in the form asked for, and not at all when there is none', () => {
    const signature = compiled([
      { zone: 'signature', new: { html: '<p>full</p>' }, reply: { html: '<p>short</p>' } },
      { zone: 'bottom', new: { html: '<p>legal</p>' }, reply: 'none' },
      { zone: 'top', new: { html: '<p>banner</p>' }, reply: 'same' },
    ]);
    const zones = (form: 'new' | 'reply') =>
      render(signature, {}, form).sections.map(({ zone, html }) => `${zone} ${html}`);
    assert.deepEqual(zones('new'), ['signature <p>full</p>', 'bottom <p>legal</p>', 'top <p>banner</p>']);
    assert.deepEqual(zones('reply'), ['signature <p>short</p>', 'top <p>banner</p>']);
  });

  it('and says which fields it shows', () => {
    const signature = compiled([
      {
        zone: 'top',
        new: { html: '<p>{{#if person.city}}{{#first person.mobilePhone manager.email}}{{/if}}</p>' },
        reply: { text: '{{tenant.name}}' },
      },
    ]);
    assert.deepEqual([...fieldsOf(signature)].sort(), ['manager.email', 'person.mobilePhone', 'tenant.name']);
  });

  it('with no section when nothing is left of it', () => {
    assert.deepEqual(render({ html: '<p>Tel {{person.businessPhone}}</p>' }, contextOf({})).sections, []);
  });
});
