import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Bundle } from '../../src/bundle/bundle.ts';
import { difference } from '../../src/bundle/difference.ts';
import { readBundle } from '../../src/bundle/read.ts';

const base = `version: 1
tenants:
  - name: contoso
    domains: [contoso.com]
    nextHop: {host: mail.contoso.com}
    peers: [10.0.0.0/8]
    signatures: [{name: A, text: a}, {name: B, text: b}]
    rules: [{name: One, signatures: [A]}, {name: Two, signatures: [B]}]
`;

async function read(text: string): Promise<Bundle> {
  const result = await readBundle(text, async () => ({ kind: 'failed', reason: 'no files here' }));
  assert.equal(result.kind, 'ok', JSON.stringify(result));
  return result.kind === 'ok' ? result.bundle : { version: 1, tenants: [] };
}

const changes: readonly [what: string, edit: (text: string) => string, sentences: readonly string[]][] = [
  ['nothing but the layout', text => text.replace('{name: A, text: a}', '{"text":  "a", name: A}'), []],
  ['a mode', text => `${text}    mode: shadow\n`, ['mode changes from "on" to "shadow".']],
  [
    'a domain',
    text => text.replace('[contoso.com]', '[contoso.com, contoso.de]'),
    ['domain "contoso.de" is added.'],
  ],
  [
    'a peer',
    text => text.replace('[10.0.0.0/8]', '[192.0.2.1]'),
    ['peer "10.0.0.0/8" is removed.', 'peer "192.0.2.1" is added.'],
  ],
  [
    'the next hop',
    text => text.replace('{host: mail', '{port: 587, host: mx'),
    [
      'next hop host changes from "mail.contoso.com" to "mx.contoso.com".',
      'next hop port becomes the number 587.',
    ],
  ],
  [
    'a preference',
    text => `${text}    delivery: per-recipient\n`,
    ['preference delivery becomes "per-recipient".'],
  ],
  ['a field of the tenant', text => `${text}    fields: {country: DE}\n`, ['field country becomes "DE".']],
  ['content', text => text.replace('text: a', 'text: aa'), ['signature "A" changes.']],
  ['a rule', text => text.replace('{name: One', '{name: One, enabled: false'), ['rule "One" changes.']],
  [
    'the order of rules',
    text => text.replace(/rules: \[(.*), (\{name: Two.*)\]\n/, 'rules: [$2, $1]\n'),
    ['the order of the rules changes.'],
  ],
  [
    'a new rule in front',
    text => text.replace('rules: [', 'rules: [{name: Zero, signatures: none}, '),
    ['rule "Zero" is added.'],
  ],
];

for (const [what, edit, sentences] of changes) {
  test(`a change of ${what} is told`, async () => {
    assert.notEqual(edit(base), base);
    const told = difference(await read(base), await read(edit(base)));
    assert.deepEqual([...told].sort(), sentences.map(sentence => `Tenant "contoso": ${sentence}`).sort());
  });
}

test('tenants come and go by name', async () => {
  const other = base.replace('name: contoso', 'name: fabrikam');
  assert.deepEqual(difference(await read(base), await read(other)), [
    'Tenant "contoso" is not in the new bundle.',
    'Tenant "fabrikam" is added.',
  ]);
});
