import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cloudNames, cloudOf } from '../../../src/microsoft/cloud.ts';
import { checkSettings } from '../../../src/microsoft/connectors/check.ts';
import { desiredObjects } from '../../../src/microsoft/connectors/desired.ts';
import type { ConnectorSettings } from '../../../src/microsoft/connectors/settings.ts';
import { emergencyPage } from '../../../src/microsoft/script/emergency.ts';
import { manualSteps, removalScript, setupScript } from '../../../src/microsoft/script/manual.ts';
import { contosoSettings } from '../../support/connector-settings.ts';
import { createPowershellReader } from '../../support/powershell.ts';

const read = await createPowershellReader();
const worldwide = cloudOf('worldwide');

const shapes: readonly (readonly [string, ConnectorSettings])[] = [
  ['everyone, external only', contosoSettings],
  [
    'a group with an odd address',
    {
      ...contosoSettings,
      scope: {
        senders: { kind: 'group', address: "o'brien$(x)`&co|@contoso.com".replace('(x)', '') },
        isInternalToo: true,
      },
    },
  ],
  [
    'addresses, no public certificate',
    {
      ...contosoSettings,
      identification: { kind: 'addresses', addresses: ['203.0.113.10', '198.51.100.0/24'] },
      relayTls: 'encrypted',
      leaseUntil: Date.UTC(2026, 8, 1),
    },
  ],
];

for (const [name, settings] of shapes)
  test(`${name}: the script makes exactly the desired objects`, () => {
    assert.equal(checkSettings(settings).kind, 'ok');
    const commands = read(setupScript(settings, worldwide));
    const made = commands.filter(command => command.name.startsWith('New-'));
    const set = commands.filter(command => command.name.startsWith('Set-'));
    const desired = desiredObjects(settings, { isEnabled: false });
    assert.equal(made.length, desired.length);
    for (const [i, object] of desired.entries()) {
      const expected = Object.entries(object.parameters).map(([parameter, value]) => [
        parameter,
        typeof value === 'object' && value !== null && 'secret' in value ? settings.routeSecret : value,
      ]);
      const isSet = ([, value]: readonly unknown[]) => value !== null;
      const { Name, Comment, Comments, Enabled, Priority, ...rest } = made[i]?.arguments ?? {};
      assert.equal(Name, object.name);
      assert.equal(Comment ?? Comments, object.comment);
      assert.equal(Enabled, object.isEnabled);
      assert.deepEqual(rest, Object.fromEntries(expected.filter(isSet)));
      assert.equal(Priority, object.kind === 'transport-rule' ? i - 2 : undefined);
      const changed = set[i]?.arguments ?? {};
      for (const [parameter, value] of expected) assert.deepEqual(changed[String(parameter)], value);
    }
  });

test('the script switches the routing rule on only when asked, as its last act', () => {
  const script = setupScript(contosoSettings, worldwide);
  const names = read(script).map(({ name }) => name);
  assert.equal(names.at(-1), 'Enable-TransportRule');
  assert.match(script, /if \(\$Enable\) \{ Enable-TransportRule [^\n]+ \}\n$/);
  assert.doesNotMatch(names.join(' '), /Remove-/);
});

test('steps by hand name what is typed where, and end with switching on', () => {
  const steps = manualSteps(contosoSettings);
  assert.deepEqual(
    steps.map(({ title }) => title),
    [
      '1. Signet - from relay',
      '2. Signet - to relay',
      '3. Signet - out of office mail stays',
      '4. Signet - recall mail stays',
      '5. Signet - route for signature',
      'Switch the routing rule on',
    ],
  );
  const route = steps[4];
  assert.ok(
    route?.values.some(
      ({ label, value }) => label === 'SetHeaderValue' && value === contosoSettings.routeSecret,
    ),
  );
  assert.ok(route?.values.some(({ label, value }) => label === 'Enabled' && value === 'no'));
  for (const { command } of steps) assert.equal(read(command).length, 1);
});

test('the removal script finds things by installation and takes rules first', () => {
  const script = removalScript(contosoSettings, worldwide);
  const names = read(script).map(({ name }) => name);
  assert.deepEqual(
    names.filter(name => name.startsWith('Remove-')),
    ['Remove-TransportRule', 'Remove-OutboundConnector', 'Remove-InboundConnector'],
  );
  assert.equal(script.match(new RegExp(contosoSettings.installationId, 'g'))?.length, 3);
});

for (const name of cloudNames)
  test(`${name}: the scripts connect to its Exchange`, () => {
    const [connect] = read(setupScript(contosoSettings, cloudOf(name))).filter(
      command => command.name === 'Connect-ExchangeOnline',
    );
    assert.equal('ExchangeEnvironmentName' in (connect?.arguments ?? {}), name !== 'worldwide');
  });

test('the emergency page is complete without Signet and holds no secret', () => {
  const settings = { ...contosoSettings, previousRouteSecret: 'older-route-secret-0123456789_abcdef' };
  const page = emergencyPage(settings, { cloud: worldwide, tenantName: 'Contoso' });
  const text = JSON.stringify(page);
  assert.doesNotMatch(text, /route-secret/);
  assert.doesNotMatch(text, new RegExp(settings.token));
  const commands = page.sections.flatMap(section => section.commands.flatMap(line => read(line)));
  assert.ok(commands.some(command => command.name === 'Disable-TransportRule'));
  assert.ok(commands.some(command => command.name === 'Remove-TransportRule'));
});
