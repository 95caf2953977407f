/** Connectors: what is stored, and what is refused (reference 1.4, 1.5, 4.1, 4.2, examples 02 to 06, 09, 13, 18, 19). */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { signInAs, startSandbox, type TestSandbox } from '../../support/sandbox.ts';
import { inbound, invoke, outbound, rule } from '../../support/sandbox-exchange.ts';

let test: TestSandbox;
let token: string;
before(async () => {
  test = await startSandbox();
  token = await signInAs(test);
});
beforeEach(() => {
  const { contoso, state } = test;
  state.faults.clear();
  for (const history of [contoso.inboundConnectors, contoso.outboundConnectors, contoso.transportRules])
    history.reset([]);
  contoso.delays = { readMs: 0, mailFlowMs: 0 };
  contoso.kind = 'paid';
  contoso.setOrganization({ IsDehydrated: false });
});
after(() => test.sandbox.close());

const run = (cmdlet: string, parameters: object = {}, more: object = {}) =>
  invoke(test, { token, cmdlet, parameters, ...more });
const plain = (object: object | undefined) =>
  Object.fromEntries(Object.entries(object ?? {}).filter(([name]) => !name.includes('@')));

describe('New-OutboundConnector', () => {
  it('answers with the object, and Get with IsTransportRuleScoped shows it', async () => {
    const made = await run('New-OutboundConnector', outbound);
    assert.equal(made.status, 200);
    const stored = plain(made.value[0]);
    for (const [name, value] of Object.entries(outbound)) assert.deepEqual(stored[name], value, name);
    assert.deepEqual(
      [
        stored.Identity,
        stored.ConnectorSource,
        stored.RecipientDomains,
        stored.TestMode,
        stored.SmtpDaneMode,
      ],
      ['Signet - to relay', 'Default', [], false, 'Opportunistic'],
    );
    const listed = await run('Get-OutboundConnector', {
      IsTransportRuleScoped: true,
      ResultSize: 'Unlimited',
    });
    assert.deepEqual(listed.value.map(plain), [stored]);
  });

  const refused: readonly [string, object, RegExp][] = [
    ['no name', { Name: undefined }, /missing mandatory parameters: Name/],
    ['a name of 65 characters', { Name: 'n'.repeat(65) }, /maximum length is 64/],
    ['an unknown parameter', { SmartHost: ['a.example'] }, /matches parameter name 'SmartHost'/],
    ['a text for a truth', { Enabled: 'true' }, /parameter 'Enabled'/],
    ['a truth for a text', { Name: true }, /parameter 'Name'/],
    ['null for a truth', { Enabled: null }, /parameter 'Enabled'/],
    ['an unknown enumeration value', { TlsSettings: 'Always' }, /parameter 'TlsSettings'/],
    ['no smart host without MX', { SmartHosts: [] }, /SmartHosts must be specified/],
    ['a port in a smart host', { SmartHosts: ['signet.contoso.com:2525'] }, /not a valid domain name/],
    [
      'a TLS domain with certificate validation alone',
      { TlsSettings: 'CertificateValidation' },
      /TlsDomain can only/,
    ],
    ['domain validation without a domain', { TlsDomain: null }, /TlsDomain must be/],
    ['a wildcard inside a TLS domain', { TlsDomain: 'relay.*.contoso.com' }, /not a valid TLS domain/],
    ['numbers for smart hosts', { SmartHosts: [1, 2] }, /parameter 'SmartHosts'/],
  ];
  for (const [what, change, problem] of refused) {
    it(`refuses ${what}`, async () => {
      const reply = await run('New-OutboundConnector', { ...outbound, ...change });
      assert.equal(reply.status, 400);
      assert.match(reply.problem, problem);
      assert.ok(reply.headers['x-exceptiontype']);
      assert.deepEqual(test.contoso.outboundConnectors.latest(), []);
    });
  }

  it('takes parameter names and enumeration values in any case, and one text for a list', async () => {
    const reply = await run('new-outboundconnector', {
      ...outbound,
      connectortype: 'onpremises',
      ConnectorType: undefined,
      SmartHosts: 'signet.contoso.com',
    });
    assert.deepEqual(
      [reply.value[0]?.ConnectorType, reply.value[0]?.SmartHosts],
      ['OnPremises', ['signet.contoso.com']],
    );
  });

  it('refuses a name that is taken, with an exception of its own and no id', async () => {
    await run('New-OutboundConnector', outbound);
    const reply = await run('New-OutboundConnector', { ...outbound, Name: 'SIGNET - TO RELAY' });
    assert.equal(reply.status, 400);
    assert.match(
      JSON.parse(reply.text).error.details[0].message,
      /^\|Microsoft.Exchange.Data.Directory.ADObjectAlreadyExistsException\|/,
    );
  });

  it('does nothing with WhatIf', async () => {
    assert.equal((await run('New-OutboundConnector', { ...outbound, WhatIf: true })).status, 200);
    assert.deepEqual(test.contoso.outboundConnectors.latest(), []);
  });
});

describe('Get-OutboundConnector', () => {
  it('hides connectors that are scoped to rules, unless it is asked for them', async () => {
    await run('New-OutboundConnector', outbound);
    assert.deepEqual((await run('Get-OutboundConnector')).value, []);
    test.state.faults.put('exchange-lists-scoped');
    assert.equal((await run('Get-OutboundConnector')).value.length, 1);
  });

  it('hides connectors in test mode', async () => {
    await run('New-OutboundConnector', { ...outbound, TestMode: true });
    const scoped = { IsTransportRuleScoped: true };
    assert.deepEqual((await run('Get-OutboundConnector', scoped)).value, []);
    assert.equal(
      (await run('Get-OutboundConnector', { ...scoped, IncludeTestModeConnectors: true })).value.length,
      1,
    );
  });

  it('lists everything for an identity that is null or unknown: the trap', async () => {
    await run('New-OutboundConnector', { ...outbound, IsTransportRuleScoped: false });
    for (const Identity of [null, 'no such connector']) {
      assert.equal((await run('Get-OutboundConnector', { Identity })).value.length, 1);
    }
  });
});

describe('New-InboundConnector', () => {
  it('keeps sender domains in the stored form', async () => {
    const { value } = await run('New-InboundConnector', inbound);
    const stored = plain(value[0]);
    assert.deepEqual(stored, {
      ...stored,
      ...inbound,
      SenderDomains: ['smtp:*;1'],
      SenderIPAddresses: [],
      EFSkipLastIP: false,
    });
  });

  const byAddress = {
    RestrictDomainsToCertificate: false,
    TlsSenderCertificateName: undefined,
    RestrictDomainsToIPAddresses: true,
  };
  const refused: readonly [string, object, RegExp][] = [
    ['no sender domains', { SenderDomains: undefined }, /missing mandatory parameters: SenderDomains/],
    ['an IPv6 address', { ...byAddress, SenderIPAddresses: ['2001:db8::1'] }, /not valid/],
    ['a network larger than /24', { ...byAddress, SenderIPAddresses: ['203.0.113.0/23'] }, /not valid/],
    [
      'internal treatment of a partner',
      { ConnectorType: 'Partner', CloudServicesMailEnabled: false, TreatMessagesAsInternal: true },
      /OnPremises/,
    ],
    [
      'internal treatment together with cloud services',
      { TreatMessagesAsInternal: true },
      /together with CloudServicesMailEnabled/,
    ],
    [
      'an inner wildcard in the certificate name',
      { TlsSenderCertificateName: 'a.*.com' },
      /not a valid certificate name/,
    ],
  ];
  for (const [what, change, problem] of refused) {
    it(`refuses ${what}`, async () => {
      const reply = await run('New-InboundConnector', { ...inbound, ...change });
      assert.equal(reply.status, 400);
      assert.match(reply.problem, problem);
    });
  }

  it('takes addresses and networks from /24, and may refuse cloud services with them', async () => {
    const wish = { ...inbound, ...byAddress, SenderIPAddresses: ['203.0.113.10', '203.0.113.0/24'] };
    test.state.faults.put('exchange-refuses-cloud-services-by-ip');
    assert.match((await run('New-InboundConnector', wish)).problem, /InvalidConnectorSettingException/);
    assert.equal(
      (await run('New-InboundConnector', { ...wish, CloudServicesMailEnabled: false })).status,
      200,
    );
  });

  it('is refused in a developer tenant', async () => {
    test.contoso.kind = 'developer';
    assert.match((await run('New-InboundConnector', inbound)).problem, /developer/);
    assert.equal((await run('New-OutboundConnector', outbound)).status, 200);
  });
});

describe('a dehydrated tenant', () => {
  it('refuses connectors and rules until it is customised, which takes its time', async () => {
    test.contoso.setOrganization({ IsDehydrated: true });
    for (const [cmdlet, parameters] of [
      ['New-InboundConnector', inbound],
      ['New-OutboundConnector', outbound],
      ['New-TransportRule', rule],
    ] as const) {
      const reply = await run(cmdlet, parameters);
      assert.match(reply.problem, /TenantDehydratedException\|.*Enable-OrganizationCustomization/);
    }
    test.contoso.delays = { readMs: 60_000, mailFlowMs: 0 };
    test.clock.advance(60_000);
    assert.equal((await run('Get-OrganizationConfig')).value[0]?.IsDehydrated, true);
    assert.equal((await run('Enable-OrganizationCustomization')).status, 200);
    assert.match((await run('New-InboundConnector', inbound)).problem, /Dehydrated/);
    test.clock.advance(60_000);
    assert.equal((await run('New-InboundConnector', inbound)).status, 200);
    assert.match((await run('Enable-OrganizationCustomization')).problem, /not required/);
  });
});

describe('Set- and Remove-', () => {
  beforeEach(async () => {
    await run('New-OutboundConnector', outbound);
    await run('New-InboundConnector', inbound);
  });

  it('changes what is given, keeps the rest and answers nothing', async () => {
    const guid = test.contoso.outboundConnectors.latest()[0]?.Guid;
    const reply = await run('Set-OutboundConnector', {
      Identity: guid,
      SmartHosts: ['signet2.contoso.com'],
      TlsDomain: 'signet2.contoso.com',
    });
    assert.deepEqual([reply.status, reply.value], [200, []]);
    const [after] = test.contoso.outboundConnectors.latest();
    assert.deepEqual(
      [after?.SmartHosts, after?.Comment, after?.Guid],
      [['signet2.contoso.com'], outbound.Comment, guid],
    );
  });

  it('checks the combination that comes out', async () => {
    const reply = await run('Set-OutboundConnector', {
      Identity: outbound.Name,
      TlsSettings: 'EncryptionOnly',
    });
    assert.match(reply.problem, /TlsDomain can only/);
    assert.equal(
      (
        await run('Set-OutboundConnector', {
          Identity: outbound.Name,
          TlsSettings: 'EncryptionOnly',
          TlsDomain: null,
        })
      ).status,
      200,
    );
  });

  it('adds to and removes from a list with a hashtable, and an empty one clears it', async () => {
    const table = (changes: object) => ({ '@odata.type': '#Exchange.GenericHashTable', ...changes });
    const change = (SmartHosts: object) =>
      run('Set-OutboundConnector', { Identity: outbound.Name, SmartHosts });
    await change(table({ Add: ['b.contoso.com'], Remove: ['signet.contoso.com'] }));
    assert.deepEqual(test.contoso.outboundConnectors.latest()[0]?.SmartHosts, ['b.contoso.com']);
    assert.match((await change(table({}))).problem, /SmartHosts must be specified/);
    assert.match((await change({ Add: ['c.contoso.com'] })).problem, /parameter 'SmartHosts'/);
  });

  it('removes only with Confirm false', async () => {
    for (const [cmdlet, Identity, status] of [
      ['Remove-InboundConnector', inbound.Name, 204],
      ['Remove-OutboundConnector', outbound.Name, 200],
    ] as const) {
      assert.match((await run(cmdlet, { Identity })).problem, /confirmation/);
      assert.equal((await run(cmdlet, { Identity, Confirm: false })).status, status);
      assert.equal((await run(cmdlet, { Identity, Confirm: false })).status, 404);
    }
  });

  it('keeps a connector that a rule routes to', async () => {
    await run('New-TransportRule', rule);
    const gone = { Identity: outbound.Name, Confirm: false };
    assert.match((await run('Remove-OutboundConnector', gone)).problem, /used by the transport rule/);
    await run('Remove-TransportRule', { Identity: rule.Name, Confirm: false });
    assert.equal((await run('Remove-OutboundConnector', gone)).status, 200);
  });

  it('reports what is not there in the shape of the real service, with 404 or with 400', async () => {
    const reply = await run('Set-InboundConnector', { Identity: 'no such', Enabled: false });
    const { error } = JSON.parse(reply.text);
    assert.equal(reply.status, 404);
    assert.deepEqual(
      [error.code, error.message, error.details[0].code],
      ['NotFound', 'Error executing cmdlet', 'Context'],
    );
    assert.match(
      error.details[0].message,
      /^Ex6F9304\|.*ManagementObjectNotFoundException\|.*'no such' couldn't be found/,
    );
    test.state.faults.put('exchange-not-found-400');
    assert.equal((await run('Set-InboundConnector', { Identity: 'no such' })).status, 400);
  });
});

describe('Validate-OutboundConnector', () => {
  beforeEach(() => run('New-OutboundConnector', outbound));
  const ask = { Identity: outbound.Name, Recipients: ['postmaster@signet.contoso.com'] };

  it('tells of each smart host and each recipient, and that nobody is there', async () => {
    const { value } = await run('Validate-OutboundConnector', ask);
    assert.deepEqual(
      value.map(({ TaskName, IsTaskSuccessful, TaskDetail }) => [TaskName, IsTaskSuccessful, TaskDetail]),
      [
        "Check connectivity to 'signet.contoso.com'",
        "Send test email to 'postmaster@signet.contoso.com'",
      ].map(name => [name, false, '450 4.4.312 DNS query failed [signet.contoso.com]']),
    );
  });

  it('fails in a 200 when the relay refuses the mail or cannot be reached', async () => {
    const outcomes = async (fault: string) => {
      test.state.faults.clear();
      test.state.faults.put(fault);
      return (await run('Validate-OutboundConnector', ask)).value.map(
        ({ IsTaskSuccessful }) => IsTaskSuccessful,
      );
    };
    assert.deepEqual(await outcomes('connector-refuses-mail'), [true, false]);
    assert.deepEqual(await outcomes('connector-unreachable'), [false, false]);
  });

  it('asks mail flow where there is one, and needs recipients', async () => {
    const real = test.state.hooks.validateConnector;
    test.state.hooks.validateConnector = async (_tenant, { Name }, recipients) => [
      { TaskName: `${Name} ${recipients}`, IsTaskSuccessful: true, TaskDetail: '' },
    ];
    assert.equal(
      (await run('Validate-OutboundConnector', ask)).value[0]?.TaskName,
      `${outbound.Name} ${ask.Recipients}`,
    );
    if (real) test.state.hooks.validateConnector = real;
    assert.match(
      (await run('Validate-OutboundConnector', { Identity: outbound.Name })).problem,
      /Recipients/,
    );
  });
});
