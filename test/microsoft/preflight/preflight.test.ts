import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { makeCertificate } from '../../../src/make-certificate.ts';
import { commentOf } from '../../../src/microsoft/connectors/marking.ts';
import type { Row } from '../../../src/microsoft/exchange/command.ts';
import { actualObjects } from '../../../src/microsoft/plan/actual.ts';
import { preflight } from '../../../src/microsoft/preflight/preflight.ts';
import type { PreflightFacts } from '../../../src/microsoft/preflight/preflight-types.ts';
import { relayTls } from '../../support/certificates.ts';
import { contosoSettings } from '../../support/connector-settings.ts';

const now = Date.parse('2026-11-25T10:00:00Z');
const dayMs = 86_400_000;
const nothing = { inbound: [], outbound: [], rules: [] };

const relay = {
  ...contosoSettings,
  relayHost: 'relay.example',
  identification: { kind: 'certificate', name: 'relay.example' },
} as const;

function facts(
  changes: Partial<PreflightFacts> = {},
  rows: Partial<Record<'inbound' | 'outbound' | 'rules', readonly Row[]>> = {},
): PreflightFacts {
  return {
    settings: relay,
    actual: actualObjects({ ...nothing, ...rows }),
    domains: ['contoso.com', 'relay.example'],
    certificate: relayTls.certificate,
    now,
    names: undefined,
    ...changes,
  };
}

/** `health: sentence` of the lights whose name begins so. */
function lights(name: string, given: PreflightFacts) {
  return preflight(given)
    .filter(light => light.name.startsWith(name))
    .map(({ health, sentence }) => `${health}: ${sentence}`);
}

const made = (changes: Partial<Parameters<typeof makeCertificate>[0]>) =>
  makeCertificate({
    commonName: 'relay.example',
    dnsNames: ['relay.example'],
    validFrom: now - dayMs,
    validUntil: now + 90 * dayMs,
    serial: randomBytes(16),
    keyType: 'p-256',
    purposes: ['server'],
    ...changes,
  });

test('a certificate must be there, be good, and name what Exchange looks for', async () => {
  const selfSigned = (await made({})).certificate;
  const ended = (await made({ validUntil: now - 1_000 })).certificate;
  for (const [changes, expected] of [
    [{}, /^well: The certificate covers relay\.example and is good until 2126-11-01/],
    [{ certificate: undefined }, /^broken: Signet has no certificate/],
    [{ certificate: 'nonsense' }, /^broken: The certificate cannot be read/],
    [{ certificate: ended }, /^broken: The certificate ended on 2026-11-25/],
    [
      { settings: { ...relay, relayHost: 'other.example' } },
      /^broken: The certificate does not name other\.example, and Exchange checks/,
    ],
    [
      { settings: { ...relay, identification: { kind: 'certificate', name: '*.example' } } },
      /^broken: The certificate does not name \*\.example/,
    ],
    [{ certificate: selfSigned }, /^broken: The certificate is signed by itself/],
    [{ certificate: selfSigned, settings: { ...relay, relayTls: 'encrypted' } }, /^well: /m],
    [{ now: Date.parse('2126-10-25T00:00:00Z') }, /^look: The certificate ends on 2126-11-01/],
  ] as readonly (readonly [Partial<PreflightFacts>, RegExp])[])
    assert.match(lights('certificate', facts(changes)).join('\n'), expected);
  const serverOnly = facts({ certificate: selfSigned, settings: { ...relay, relayTls: 'encrypted' } });
  assert.match(
    lights('certificate-purpose', serverOnly)[0] ?? 'none',
    /^look: .* made for servers and not for clients/,
  );
  assert.deepEqual(lights('certificate-purpose', facts()), []);
});

test("the certificate's name should be an accepted domain of the tenant", () => {
  const { settings } = facts();
  const named = (name: string) => ({
    settings: { ...settings, identification: { kind: 'certificate', name } } as const,
  });
  assert.match(lights('accepted-domain', facts())[0] ?? '', /^well/);
  assert.match(
    lights('accepted-domain', facts(named('mail.contoso.com')))[0] ?? '',
    /^look: .* only contoso\.com above it is/,
  );
  assert.match(lights('accepted-domain', facts(named('mail.fabrikam.com')))[0] ?? '', /^broken/);
  const byAddress = {
    ...settings,
    identification: { kind: 'addresses', addresses: ['203.0.113.9'] },
  } as const;
  assert.deepEqual(lights('accepted-domain', facts({ settings: byAddress })), []);
});

test('SPF is compared term by term, and what must be added is told exactly', () => {
  const names = (spf: string, relayAddresses = ['203.0.113.9']) => facts({ names: { relayAddresses, spf } });
  const [light] = lights('spf', names('v=spf1 include:spf.protection.outlook.com ip4:203.0.113.99 -all'));
  assert.match(
    light ?? '',
    /^look: The SPF record of contoso\.com does not name .*: add ip4:203\.0\.113\.9 to it/,
  );
  assert.match(lights('spf', names('v=spf1 +ip4:203.0.113.9/32 -all'))[0] ?? '', /^well/);
  assert.match(lights('spf', names(''))[0] ?? '', /^look: contoso\.com has no SPF record/);
  assert.match(lights('relay-name', names('', []))[0] ?? '', /^broken: relay\.example has no address/);
  assert.deepEqual(lights('spf', facts()), []);
});

test('other products and connectors for the same caller are found, and what Signet made is not', () => {
  const exclaimer = {
    Name: 'Send to Exclaimer Cloud',
    Guid: '1',
    Enabled: true,
    SmartHosts: ['smtp.eu1.exclaimer.net'],
  };
  assert.match(
    lights('other', facts({}, { outbound: [exclaimer] }))[0] ?? '',
    /^look: .*Exclaimer \("Send to Exclaimer Cloud"\)/,
  );
  assert.match(
    lights('other', facts({}, { outbound: [{ ...exclaimer, Enabled: false }] }))[0] ?? '',
    /^well/,
  );
  const rival = {
    Name: 'Inbound from hybrid',
    Guid: '2',
    Enabled: true,
    ConnectorType: 'OnPremises',
    TlsSenderCertificateName: '*.example',
  };
  assert.match(
    lights('inbound', facts({}, { inbound: [rival] }))[0] ?? '',
    /^broken: .*"Inbound from hybrid"/,
  );
  const own = { ...rival, Comment: commentOf({ ...contosoSettings, role: 'inbound' }) };
  assert.deepEqual(lights('inbound', facts({}, { inbound: [own] })), []);
});

test('of each rule it is told when it runs, and a rule that may no longer fire is warned of', () => {
  const route = {
    Name: 'Signet - route for signature',
    Guid: '9',
    State: 'Enabled',
    Priority: 1,
    Comments: commentOf({ ...contosoSettings, role: 'route' }),
  };
  const rule = (Priority: number, more: Row): Row => ({
    Name: 'Theirs',
    Guid: '8',
    State: 'Enabled',
    Mode: 'Enforce',
    Priority,
    ...more,
  });
  const settings = facts().settings;
  const loose = { settings: { ...settings, keepsHeaders: false } };
  const running = { settings: { ...settings, stopsOtherRules: false } };
  for (const [own, changes, expected] of [
    [
      rule(2, { ApplyOME: true, FromScope: 'InOrganization' }),
      {},
      /^look: The rule "Theirs" runs on the signed mail only and asks whether the sender is inside: .*signed but not encrypted\. Let it ask for the sender's domain/,
    ],
    [
      rule(2, { ApplyOME: true, FromScope: 'InOrganization' }),
      loose,
      /^broken: .*which does not hold for mail that comes back, and then it goes out signed but not encrypted/,
    ],
    [
      rule(0, { ApplyOME: true, FromScope: 'InOrganization' }),
      {},
      /^look: .*encrypts mail before Signet gets it: .* unsigned/,
    ],
    [
      rule(2, { ApplyOME: true, SenderDomainIs: ['contoso.com'] }),
      {},
      /^well: The rule "Theirs" runs on the signed mail only\.$/,
    ],
    [
      rule(2, { FromScope: 'InOrganization', SetSCL: -1 }),
      running,
      /^well: .*runs before Signet and again on the signed mail, as far as/,
    ],
    [rule(0, { StopRuleProcessing: true }), {}, /^look: .*stops further rules before Signet/],
    [rule(0, { ApplyHtmlDisclaimerText: '<p>x' }), {}, /^look: .*runs twice.*adds its text twice/],
    [rule(0, { RouteMessageOutboundConnector: 'To filter' }), {}, /^look: .*over the connector "To filter"/],
    [rule(0, { SetSCL: -1 }), {}, /^well: .*runs twice/],
  ] as readonly (readonly [Row, Partial<PreflightFacts>, RegExp])[])
    assert.match(lights('rule', facts(changes, { rules: [route, own] }))[0] ?? 'none', expected);
  for (const quiet of [
    rule(2, { State: 'Disabled', ApplyOME: true }),
    rule(2, { Mode: 'Audit', ApplyOME: true }),
  ])
    assert.deepEqual(lights('rule', facts({}, { rules: [route, quiet] })), []);
});

test('what is broken stands first, and many quiet rules are one light', () => {
  const rules = Array.from({ length: 12 }, (_, index) => ({
    Name: `Rule ${index}`,
    Guid: `r${index}`,
    State: 'Enabled',
    Priority: index,
  }));
  const all = preflight(facts({ certificate: undefined }, { rules }));
  assert.equal(all[0]?.health, 'broken');
  assert.equal(all.filter(({ name }) => name.startsWith('rule')).length, 0);
  assert.match(
    all.find(({ name }) => name === 'other-rules')?.sentence ?? '',
    /^12 other rules .* and 2 more\.$/,
  );
});
