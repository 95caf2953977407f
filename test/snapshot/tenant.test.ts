import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readBundle } from '../../src/bundle/read.ts';
import { renderSignature } from '../../src/signature/render.ts';
import { createCompiler } from '../../src/snapshot/signature.ts';
import { compileTenant } from '../../src/snapshot/tenant.ts';
import { freshPace } from '../support/people.ts';

const noFiles = () => Promise.reject(new Error('no file is named'));

/** Signatures that Carla, whom no list of people names, gets for a mail to the outside. */
async function signaturesOfAStranger(more: string) {
  const text = `version: 1
tenants:
  - name: contoso
    domains: [contoso.com]
    peers: [127.0.0.1]
    nextHop: {host: mail.contoso.com}
    signatures: [{name: Corporate, text: Contoso}]
    rules: [{name: External, recipients: external, signatures: [Corporate]}]
${more}`;
  const read = await readBundle(text, noFiles);
  assert.equal(read.kind, 'ok');
  if (read.kind !== 'ok') return undefined;
  const [tenant] = read.bundle.tenants;
  assert.ok(tenant);
  const compiled = await compileTenant(tenant, {
    compile: createCompiler().compile,
    render: renderSignature,
    pace: freshPace(),
    timeZone: 'UTC',
  });
  assert.equal(compiled.kind, 'ok');
  if (compiled.kind !== 'ok') return undefined;
  const plan = compiled.value.signing.plan({
    facts: {
      from: { address: 'carla@contoso.com', name: 'Carla' },
      sender: undefined,
      subject: 'Hello',
      isReply: false,
      importance: 'normal',
      sizeBytes: 1000,
    },
    recipients: ['bob@example.org'],
    now: Date.UTC(2026, 4, 6),
  });
  return plan.variants.flatMap(variant => variant.signatures);
}

const people = '    people: [{address: anna@contoso.com}]\n';
const cases: readonly (readonly [name: string, more: string, signatures: readonly string[]])[] = [
  ['a tenant without any people signs every sender of its domains', '', ['Corporate']],
  ['a tenant that lists people signs only them', people, []],
  [
    'a tenant that lists people may sign others as well',
    `${people}    preferences: {unknownSenders: from-message}\n`,
    ['Corporate'],
  ],
  ['a tenant without people may refuse to sign', '    preferences: {unknownSenders: none}\n', []],
];
for (const [name, more, signatures] of cases)
  test(name, async () => assert.deepEqual(await signaturesOfAStranger(more), signatures));
