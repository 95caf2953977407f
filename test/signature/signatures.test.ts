import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readSignatureFile, renderFixture, signatureNames } from '../support/signature-fixtures.ts';

describe('Whole signatures, looked at in a browser once, stay as they are', () => {
  for (const name of signatureNames)
    it(name, () => {
      const { html, text } = renderFixture(name);
      assert.equal(`${html}\n`, readSignatureFile(name, 'want.html'));
      assert.equal(`${text?.replaceAll('\r\n', '\n')}\n`, readSignatureFile(name, 'want.txt'));
    });
});
