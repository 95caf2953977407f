/** Mail of other projects' test data: Signet keeps its promises on all of it. The long look is scripts/proof/parsers.ts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { prove } from '../../scripts/proof/invariants.ts';
import { corpusIsMissing, corpusMessages } from '../support/corpus.ts';

const corpus = corpusMessages();

test('every message of the corpus is stamped or passed on by the rules', context => {
  if (!corpus) return context.skip(corpusIsMissing);
  const found = corpus.flatMap(({ name, bytes }) => {
    const breaches = prove(bytes).breaches;
    return breaches.map(breach => `${name}: ${breach}`);
  });
  assert.deepEqual(found, []);
});
