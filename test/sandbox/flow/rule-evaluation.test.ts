import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TransportRule } from '../../../src/sandbox/exchange-objects.ts';
import { firstOf, readMessage } from '../../../src/sandbox/flow/message.ts';
import { organisationOf } from '../../../src/sandbox/flow/organisation.ts';
import { rulesInForce } from '../../../src/sandbox/flow/rule.ts';
import { evaluateRules, type Submission } from '../../../src/sandbox/flow/rule-evaluation.ts';
import { contoso, letter, sandboxGroup, transportRule } from '../../support/sandbox-mail.ts';

const now = Date.parse('2026-11-25T12:00:00Z');
const tenant = contoso(() => now);
tenant.directory.putGroup(sandboxGroup('dynamic', ['p-ann'], 'dynamic-distribution'));
tenant.directory.putGroup(sandboxGroup('guards', ['p-ann'], 'security'));
tenant.directory.putGroup(sandboxGroup('team', ['p-ann'], 'microsoft365'));

type Facts = Partial<Omit<Submission, 'message'>> & { readonly bytes?: Buffer };

function run(rules: readonly Partial<TransportRule>[], { bytes = letter(), ...facts }: Facts = {}) {
  const stored = rules.map((rule, Priority) =>
    transportRule({ Priority, Name: `rule ${Priority}`, PrependSubject: `[${Priority}] `, ...rule }),
  );
  const submission = {
    message: readMessage(bytes),
    sender: 'ann@contoso.com',
    recipients: ['bob@fabrikam.com'],
    isAuthenticated: true,
    ...facts,
  };
  return evaluateRules(submission, {
    rules: rulesInForce(stored, now),
    organisation: organisationOf(tenant),
    forking: 'per-recipient',
  });
}

const inside = { recipients: ['ben@contoso.com'] };
const withHead = (...lines: readonly string[]) => ({
  bytes: letter({ head: ['From: ann@contoso.com', ...lines] }),
});
const from = (address: string) => ({ bytes: letter({ head: [`From: ${address}`] }) });

const conditions: readonly [string, Partial<TransportRule>, Facts, boolean][] = [
  ['our own mail is from inside', { FromScope: 'InOrganization' }, {}, true],
  ['what came back as anonymous is not', { FromScope: 'InOrganization' }, { isAuthenticated: false }, false],
  ['it is from outside', { FromScope: 'NotInOrganization' }, { isAuthenticated: false }, true],
  ['a foreign sender is from outside', { FromScope: 'InOrganization' }, from('x@fabrikam.com'), false],
  ['a recipient outside', { SentToScope: 'NotInOrganization' }, {}, true],
  ['a recipient inside', { SentToScope: 'NotInOrganization' }, inside, false],
  ['a member', { FromMemberOf: ['sales@contoso.com'] }, {}, true],
  ['a member by an alias', { FromMemberOf: ['sales@contoso.com'] }, from('ann.alias@contoso.com'), true],
  ['a member of a group in the group', { FromMemberOf: ['everyone@contoso.com'] }, {}, true],
  ['one who is no member', { FromMemberOf: ['sales@contoso.com'] }, from('ben@contoso.com'), false],
  ['a Microsoft 365 group has members', { FromMemberOf: ['team@contoso.com'] }, {}, true],
  ['a dynamic group has none', { FromMemberOf: ['dynamic@contoso.com'] }, {}, false],
  ['a security group has none', { FromMemberOf: ['g-guards'] }, {}, false],
  ['a group that is gone has none', { FromMemberOf: ['gone@contoso.com'] }, {}, false],
  ['a person by address', { From: ['ann@contoso.com'] }, {}, true],
  ['a person by GUID', { From: ['p-ann'] }, {}, true],
  ['a recipient by address', { SentTo: ['ben@contoso.com'] }, inside, true],
  ['not by an alias', { SentTo: ['ben@contoso.com'] }, { recipients: ['ben.alias@contoso.com'] }, false],
  ['a recipient in a group', { SentToMemberOf: ['everyone@contoso.com'] }, inside, true],
  ['a domain of the sender', { SenderDomainIs: ['contoso.com'] }, {}, true],
  ['a domain below it', { SenderDomainIs: ['contoso.com'] }, from('x@mail.contoso.com'), true],
  ['a name that only ends alike', { SenderDomainIs: ['contoso.com'] }, from('x@notcontoso.com'), false],
  ['a domain of the recipient', { RecipientDomainIs: ['fabrikam.com'] }, {}, true],
  ['several values are alternatives', { SenderDomainIs: ['a.com', 'contoso.com'] }, {}, true],
  [
    'several conditions must all hold',
    { FromScope: 'InOrganization', SentToScope: 'InOrganization' },
    {},
    false,
  ],
  [
    'a header by pattern, in any case',
    { HeaderMatchesMessageHeader: 'x-mark', HeaderMatchesPatterns: ['TOK.N'] },
    withHead('X-Mark: token'),
    true,
  ],
  [
    'another token is no match',
    { HeaderMatchesMessageHeader: 'X-Mark', HeaderMatchesPatterns: ['token'] },
    withHead('X-Mark: true'),
    false,
  ],
  [
    '^ and $ do not work in header patterns',
    { HeaderMatchesMessageHeader: 'X-Mark', HeaderMatchesPatterns: ['^token$'] },
    withHead('X-Mark: token'),
    false,
  ],
  [
    '\\A and \\Z do',
    { HeaderMatchesMessageHeader: 'X-Mark', HeaderMatchesPatterns: ['\\Atoken\\Z'] },
    withHead('X-Mark: token'),
    true,
  ],
  [
    'a header by word',
    { HeaderContainsMessageHeader: 'X-Mark', HeaderContainsWords: ['true'] },
    withHead('X-Mark: is TRUE, so'),
    true,
  ],
  [
    'a part of a word is none',
    { HeaderContainsMessageHeader: 'X-Mark', HeaderContainsWords: ['true'] },
    withHead('X-Mark: trueish'),
    false,
  ],
  ['a word of the subject', { SubjectContainsWords: ['offer'] }, {}, true],
  ['a message over a size', { MessageSizeOver: '100 B (100 bytes)' }, {}, true],
  ['a message under it', { MessageSizeOver: '22.5 MB (23,592,960 bytes)' }, {}, false],
  [
    'a calendar message',
    { MessageTypeMatches: 'Calendaring' },
    { bytes: letter({ head: ['From: ann@contoso.com', 'Content-Type: text/calendar'] }) },
    true,
  ],
  ['an automatic reply', { MessageTypeMatches: 'OOF' }, withHead('Auto-Submitted: auto-replied'), true],
  [
    'a delivery report is none',
    { MessageTypeMatches: 'OOF' },
    withHead('Auto-Submitted: auto-generated'),
    false,
  ],
  [
    'a read receipt',
    { MessageTypeMatches: 'ReadReceipt' },
    withHead('Content-Type: multipart/report; report-type=disposition-notification; boundary=b'),
    true,
  ],
  [
    'a signed message',
    { MessageTypeMatches: 'Signed' },
    withHead('Content-Type: multipart/signed; protocol="application/pkcs7-signature"; boundary=b'),
    true,
  ],
  [
    'an encrypted one',
    { MessageTypeMatches: 'Encrypted' },
    withHead('Content-Type: application/pkcs7-mime; smime-type=enveloped-data'),
    true,
  ],
  [
    'a protected one',
    { MessageTypeMatches: 'PermissionControlled' },
    withHead('Content-Class: rpmsg.message'),
    true,
  ],
  [
    'the null sender by <> in the envelope',
    { FromAddressMatchesPatterns: ['<>'], SenderAddressLocation: 'HeaderOrEnvelope' },
    { sender: '' },
    true,
  ],
  ['not when only the header is looked at', { FromAddressMatchesPatterns: ['<>'] }, { sender: '' }, false],
  ['an expired rule', { ExpiryDate: '2026-11-25T11:59:59Z' }, {}, false],
  ['a rule before its time', { ActivationDate: '2026-11-25T12:00:01Z' }, {}, false],
  [
    'a rule in its time',
    { ActivationDate: '2026-11-25T11:00:00Z', ExpiryDate: '2026-11-25T13:00:00Z' },
    {},
    true,
  ],
  ['a disabled rule', { State: 'Disabled' }, {}, false],
];

for (const [what, rule, facts, isMatch] of conditions)
  test(`rules: ${what}: ${isMatch ? 'taken' : 'left'}`, () => {
    const [copy] = run([rule], facts);
    assert.equal(copy?.matched.length, isMatch ? 1 : 0);
    const exception = Object.fromEntries(
      Object.entries(rule).map(([name, value]) => [
        /^(SenderAddressLocation|State|ActivationDate|ExpiryDate)$/.test(name) ? name : `ExceptIf${name}`,
        value,
      ]),
    );
    if (Object.keys(exception).some(name => name.startsWith('ExceptIf')) && Object.keys(rule).length === 1)
      assert.equal(run([exception], facts)[0]?.matched.length, isMatch ? 0 : 1, 'and as an exception');
  });

test('rules run by priority, each on what the others left, until one stops', () => {
  const [copy] = run([
    { SetHeaderName: 'X-Mark', SetHeaderValue: 'one' },
    { HeaderContainsMessageHeader: 'X-Mark', HeaderContainsWords: ['one'], StopRuleProcessing: true },
    {},
  ]);
  assert.deepEqual(copy?.matched, ['rule 0', 'rule 1']);
  assert.equal(firstOf(copy?.message ?? { fields: [] }, 'Subject'), '[1] [0] Offer');
});

test('a header that a rule sets replaces the sender’s own of that name', () => {
  const [copy] = run(
    [{ SetHeaderName: 'X-Signet-Route', SetHeaderValue: 'secret' }],
    withHead('X-Signet-Route: guess'),
  );
  assert.deepEqual(
    copy?.message.fields.filter(({ name }) => name === 'x-signet-route').map(({ raw }) => raw),
    ['X-Signet-Route: secret\r\n'],
  );
});

test('a rule under test is recorded, changes nothing and stops nothing', () => {
  const [copy] = run([{ Mode: 'Audit', StopRuleProcessing: true, RouteMessageOutboundConnector: 'x' }, {}]);
  assert.deepEqual(copy?.matched, ['rule 0', 'rule 1']);
  assert.equal(copy?.route, undefined);
});

test('a predicate about recipients forks the message, and each copy goes its way', () => {
  const copies = run(
    [
      { SentToScope: 'NotInOrganization', RouteMessageOutboundConnector: 'out', StopRuleProcessing: true },
      {},
    ],
    { recipients: ['bob@fabrikam.com', 'ben@contoso.com', 'eve@fabrikam.com'] },
  );
  assert.deepEqual(
    copies.map(({ recipients, route, matched }) => [recipients, route?.connector, matched]),
    [
      [['bob@fabrikam.com', 'eve@fabrikam.com'], 'out', ['rule 0']],
      [['ben@contoso.com'], undefined, ['rule 1']],
    ],
  );
});
