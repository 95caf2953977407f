import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cloudNames, cloudOf, isCloudName } from '../../../src/microsoft/cloud.ts';
import {
  type Application,
  clientIdOf,
  type Flow,
  type Purpose,
  supports,
} from '../../../src/microsoft/tokens/application.ts';

const flows: readonly Flow[] = ['device-code', 'authorization-code', 'app-only'];
const purposes: readonly Purpose[] = ['connectors', 'directory', 'watch', 'lease'];
const standing = ['directory by app-only', 'watch by app-only', 'lease by app-only'];
const people = ['connectors by device-code', 'connectors by authorization-code'];

for (const [application, can] of [
  [{ kind: 'microsoft-exchange' }, ['connectors by device-code']],
  [{ kind: 'single-tenant', clientId: 'c' }, [...people, ...standing]],
  [{ kind: 'multi-tenant', clientId: 'c' }, [...people, ...standing]],
] as const satisfies readonly (readonly [Application, readonly string[]])[])
  test(`${application.kind} signs in for: ${can.join(', ')}, and nothing else`, () => {
    const found = purposes.flatMap(purpose =>
      flows.filter(flow => supports(application, flow, purpose)).map(flow => `${purpose} by ${flow}`),
    );
    assert.deepEqual(found, can);
    assert.match(clientIdOf(application), /^(c|fb78d390-.*)$/);
  });

test('no name of a setting leads to a simulated tenant, and every cloud is reached over TLS', () => {
  assert.ok(!isCloudName('sandbox'));
  for (const name of cloudNames) {
    const { login, exchange, graph, mailHosts } = cloudOf(name);
    for (const origin of [login, exchange, graph]) {
      assert.equal(new URL(origin).origin, origin);
      assert.equal(new URL(origin).protocol, 'https:');
    }
    assert.ok(mailHosts.startsWith('.mail.protection.'));
  }
});
