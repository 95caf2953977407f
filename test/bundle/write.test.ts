import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Bundle } from '../../src/bundle/bundle.ts';
import { difference } from '../../src/bundle/difference.ts';
import { readBundle } from '../../src/bundle/read.ts';
import { writeBundle } from '../../src/bundle/write.ts';
import { arbitraryBundle } from '../support/arbitrary-bundle.ts';

const noFiles = async () => ({ kind: 'ok', bytes: Buffer.from('secret') }) as const;

async function reread(text: string): Promise<Bundle> {
  const result = await readBundle(text, noFiles);
  assert.equal(result.kind, 'ok', JSON.stringify({ result, text }, null, 1));
  return result.kind === 'ok' ? result.bundle : { version: 1, tenants: [] };
}

test('what is written reads back as the same, and is written again as the same bytes', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryBundle, async bundle => {
      const text = writeBundle(bundle);
      const again = await reread(text);
      assert.equal(writeBundle(again), text);
      assert.deepEqual(
        difference(bundle, again).filter(change => !/password|peer/.test(change)),
        [],
      );
    }),
    { numRuns: 100 },
  );
});

const tenant = 'name: contoso\n    domains: [contoso.com]\n    nextHop: {host: mail.contoso.com}\n';

test('words that an older YAML would misread are quoted, defaults are left out, and lines of text stay lines', async () => {
  const bundle = await reread(`version: 1
tenants:
  - mode: on
    ${tenant}    peers: [{user: exchange, passwordFile: secret.txt}]
    delivery: per-recipient
    signatures: [{name: 'off', zone: signature, html: "<p>Contoso</p>\\n<p>x</p>", reply: same, images: {logo: {base64: R0lGODlhAAAA}}}]
    rules: [{name: Night, senders: [{group: Sales}], recipients: {include: external, except: [a@b.de]}, time: {hours: '22:00-06:00'}, signatures: ['off'], then: stop}]
`);
  assert.equal(
    writeBundle(bundle),
    `version: 1
tenants:
  - name: contoso
    domains:
      - contoso.com
    peers:
      - user: exchange
        passwordFile: secret.txt
    nextHop:
      host: mail.contoso.com
    preferences:
      delivery: per-recipient
    signatures:
      - name: "off"
        html: |-
          <p>Contoso</p>
          <p>x</p>
        images:
          logo:
            base64: |
              R0lGODlhAAAA
    rules:
      - name: Night
        senders:
          group: Sales
        recipients:
          include: external
          except: a@b.de
        time:
          hours: 22:00-06:00
        signatures:
          - "off"
`,
  );
});

test('a secret never reaches the text, only the name of its file', async () => {
  const bundle = await reread(
    `version: 1\ntenants:\n  - ${tenant}    peers: [{user: exchange, passwordFile: pw}]\n`,
  );
  assert.doesNotMatch(writeBundle(bundle).replaceAll('passwordFile', ''), /secret/);
});

test('a directory in Graph needs no setting, and is written so that it reads back', async () => {
  const tenant = (graph: string) =>
    `version: 1\ntenants:\n  - name: contoso\n    kind: exchange-online\n    domains: [contoso.com]\n    directory: {graph: ${graph}}\n`;
  for (const [graph, photos] of [
    ['{}', true],
    ['{photos: false}', false],
  ] as const) {
    const bundle = await reread(tenant(graph));
    assert.deepEqual(bundle.tenants[0]?.directory?.source, { kind: 'graph', photos });
    assert.deepEqual((await reread(writeBundle(bundle))).tenants[0]?.directory, bundle.tenants[0]?.directory);
  }
});
