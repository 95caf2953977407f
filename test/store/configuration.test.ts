import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import type { Bundle } from '../../src/bundle/bundle.ts';
import { exportBundle } from '../../src/bundle/export.ts';
import { importBundle } from '../../src/bundle/import.ts';
import { readBundle } from '../../src/bundle/read.ts';
import { writeBundle } from '../../src/bundle/write.ts';
import type { Store } from '../../src/store/store.ts';
import { arbitraryBundle } from '../support/arbitrary-bundle.ts';
import { testStore } from '../support/store.ts';

const noFiles = async () => ({ kind: 'ok', bytes: Buffer.from('secret') }) as const;

async function read(text: string): Promise<Bundle> {
  const result = await readBundle(text, noFiles);
  assert.equal(result.kind, 'ok', JSON.stringify({ result, text }, null, 1));
  return result.kind === 'ok' ? result.bundle : assert.fail();
}

async function put({ configurations }: Store, bundle: Bundle, options = {}) {
  const imported = await importBundle({ configurations, random: randomBytes }, bundle, options);
  assert.equal(imported.kind, 'ok', JSON.stringify(imported));
  return imported.kind === 'ok' ? imported.value : assert.fail();
}

async function exported({ configurations }: Store): Promise<string> {
  return writeBundle(exportBundle(await configurations.listConfigurations()));
}

testStore('what is exported is imported and exported again as the same bytes', async store => {
  await fc.assert(
    fc.asyncProperty(arbitraryBundle, async bundle => {
      await put(store, { version: 1, tenants: [] }, { prune: true });
      await put(store, bundle);
      const first = await exported(store);
      assert.deepEqual((await put(store, await read(first))).changes, []);
      await put(store, { version: 1, tenants: [] }, { prune: true });
      await put(store, await read(first));
      assert.equal(await exported(store), first);
    }),
    { numRuns: 5, endOnFailure: true, seed: 20_261_125 },
  );
});

const contoso = (more = '') => `version: 1
tenants:
  - name: contoso
    domains: [contoso.com]
    peers: [{user: exchange, passwordFile: peer.txt}]
    nextHop: {host: mail.contoso.com, user: signet, passwordFile: hop.txt}
${more}`;

testStore('secrets are in no export, and an import without them keeps them', async store => {
  await put(store, await read(contoso()));
  const text = await exported(store);
  assert.doesNotMatch(text, /secret|passwordFile/);
  const imported = await put(store, await read(text.replace('mail.contoso.com', 'mx.contoso.com')));
  assert.deepEqual(imported.lacking, []);
  assert.deepEqual(imported.changes, [
    'Tenant "contoso": next hop host changes from "mail.contoso.com" to "mx.contoso.com".',
  ]);
  const [{ tenant } = assert.fail()] = await store.configurations.listConfigurations();
  assert.equal(tenant.nextHop.auth?.password.value, 'secret');
  await put(store, { version: 1, tenants: [] }, { prune: true });
  const restored = await put(store, await read(text));
  assert.deepEqual(restored.lacking, [
    {
      name: 'contoso',
      secrets: [
        'the password of peer "exchange" (passwordFile)',
        'the password for its next hop (passwordFile)',
      ],
    },
  ]);
});

testStore('a dry run tells and changes nothing; only pruning removes', async store => {
  const bundle = await read(contoso());
  assert.deepEqual((await put(store, bundle, { dryRun: true })).changes, ['Tenant "contoso" is added.']);
  assert.equal(await exported(store), 'version: 1\ntenants: []\n');
  await put(store, bundle);
  await put(store, { version: 1, tenants: [] });
  assert.match(await exported(store), /contoso/);
});

testStore(
  'a tenant that its file no longer holds takes no mail, and comes back with its token',
  async store => {
    const bundle = await read(contoso());
    await put(store, bundle, { managedBy: '/etc/signet.yaml' });
    const before = await exported(store);
    const other = await read(contoso().replaceAll('contoso', 'fabrikam'));
    await put(store, other, { managedBy: '/etc/signet.yaml' });
    assert.deepEqual([...(await store.tenants.tenantRevisions()).keys()].length, 1);
    await put(store, bundle, { managedBy: '/etc/signet.yaml' });
    assert.equal(await exported(store), before);
  },
);

testStore('equal things keep their versions, drafts stay, and what the bundle lacks goes', async store => {
  const signatures = `    signatures: [{name: A, text: one}, {name: B, text: two}]
    rules: [{name: R, signatures: [A, B]}]
`;
  await put(store, await read(contoso(signatures)));
  const [{ id } = assert.fail()] = await store.tenants.listTenants();
  const draft = { id: 'd', name: 'Draft', content: { sections: [], images: [] }, basedOn: 0, savedBy: 'x' };
  await store.signatures.save(id, draft);
  await put(store, await read(contoso(signatures.replace('two', 'three'))));
  const versions = async () =>
    (await store.signatures.list(id)).map(({ name, newestVersion }) => `${name} ${newestVersion}`);
  assert.deepEqual(await versions(), ['A 1', 'B 2', 'Draft 1']);
  await put(store, await read(contoso('    signatures: [{name: B, text: three}]\n')));
  assert.deepEqual(await versions(), ['B 2', 'Draft 1']);
  assert.deepEqual(await store.rules.listRules(id), []);
});

testStore('a domain of a tenant that the bundle does not hold is refused', async store => {
  await put(store, await read(contoso()));
  const other = await read(contoso().replace('name: contoso', 'name: fabrikam'));
  const refused = await importBundle(
    { configurations: store.configurations, random: randomBytes },
    other,
    {},
  );
  assert.equal(refused.kind === 'problem' && refused.problem.code, 'SIGNET_IMPORT_CONFLICT');
});
