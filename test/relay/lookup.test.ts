import assert from 'node:assert/strict';
import type { LookupFunction } from 'node:net';
import { test } from 'node:test';
import { createSharedLookup } from '../../src/relay/lookup.ts';

type Done = Parameters<LookupFunction>[2];

/** A system that answers when told. */
function scripted() {
  const asked: { readonly host: string; readonly done: Done }[] = [];
  const lookup = createSharedLookup((host, _options, done) => asked.push({ host, done }));
  const heard: string[] = [];
  const ask = (who: string, host: string, family = 0) =>
    lookup(host, { family }, (error, address) => heard.push(`${who}: ${error?.code ?? address}`));
  return { asked, heard, ask };
}

test('a name is asked for once, and everybody who waits hears the answer', () => {
  const { asked, heard, ask } = scripted();
  for (const who of ['a', 'b', 'c']) ask(who, 'silent.example');
  ask('d', 'other.example');
  assert.deepEqual(
    asked.map(({ host }) => host),
    ['silent.example', 'other.example'],
  );
  asked[1]?.done(null, '192.0.2.2', 4);
  assert.deepEqual(heard, ['d: 192.0.2.2']);
  asked[0]?.done(Object.assign(new Error('no'), { code: 'EAI_AGAIN' }), '', 4);
  assert.deepEqual(heard, ['d: 192.0.2.2', 'a: EAI_AGAIN', 'b: EAI_AGAIN', 'c: EAI_AGAIN']);
});

test('nothing is remembered: the next one asks again, also from inside the answer', () => {
  const { asked, ask } = scripted();
  ask('a', 'x.example');
  asked[0]?.done(null, '192.0.2.1', 4);
  ask('b', 'x.example');
  assert.equal(asked.length, 2);
});

test('another question about the same name is another question', () => {
  const { asked, ask } = scripted();
  ask('a', 'x.example', 4);
  ask('b', 'x.example', 6);
  assert.equal(asked.length, 2);
});
