import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseTenant, createDoor, judgeLoop } from '../../src/relay/admission.ts';
import type { Session } from '../../src/relay/message.ts';
import { makeTenant, type TenantFacts } from '../support/relay.ts';

const hop = (host: string, facts: Partial<ReturnType<typeof makeTenant>['nextHop']> = {}): TenantFacts => ({
  nextHop: { target: { kind: 'host', host }, port: 25, tls: 'required', ...facts },
});
const contoso = makeTenant({ id: 'contoso', domains: ['contoso.com', 'contoso.net'], ...hop('one.example') });
const fabrikam = makeTenant({ id: 'fabrikam', domains: ['fabrikam.com'], ...hop('two.example') });
const tailspin = makeTenant({ id: 'tailspin', domains: ['tailspin.com'], ...hop('TWO.example') });

type Case = {
  readonly name: string;
  readonly among: readonly ReturnType<typeof makeTenant>[];
  readonly from: string;
  readonly recipients?: readonly string[];
  readonly fromDomain?: string;
  readonly wanted: string;
};

const cases: readonly Case[] = [
  { name: 'the only tenant takes its own mail', among: [contoso], from: 'a@contoso.com', wanted: 'contoso' },
  { name: 'the only tenant takes foreign mail', among: [contoso], from: 'a@x.example', wanted: 'contoso' },
  { name: 'the only tenant takes the null sender', among: [contoso], from: '', wanted: 'contoso' },
  {
    name: 'the envelope sender decides',
    among: [contoso, fabrikam],
    from: 'a@fabrikam.com',
    wanted: 'fabrikam',
  },
  {
    name: 'the envelope sender comes before the From field',
    among: [contoso, fabrikam],
    from: 'a@fabrikam.com',
    fromDomain: 'contoso.com',
    wanted: 'fabrikam',
  },
  {
    name: 'a foreign envelope sender leaves it to the From field',
    among: [contoso, fabrikam],
    from: 'srs=x@bounce.example',
    fromDomain: 'contoso.net',
    wanted: 'contoso',
  },
  {
    name: 'the null sender goes by recipients, if all are of one tenant',
    among: [contoso, fabrikam],
    from: '',
    recipients: ['a@contoso.com', 'b@contoso.net'],
    wanted: 'contoso',
  },
  {
    name: 'recipients of two tenants decide nothing',
    among: [contoso, fabrikam],
    from: '',
    recipients: ['a@contoso.com', 'b@fabrikam.com'],
    wanted: 'ambiguous',
  },
  {
    name: 'a subdomain is another domain',
    among: [contoso, fabrikam],
    from: 'a@x.fabrikam.com',
    wanted: 'ambiguous',
  },
  {
    name: 'one next hop for all that are left: the first, since the mail arrives in the same place',
    among: [fabrikam, tailspin],
    from: 'a@x.example',
    wanted: 'fabrikam',
  },
  {
    name: 'the same host by another identity is another next hop',
    among: [
      fabrikam,
      makeTenant({
        id: 'other',
        domains: [],
        ...hop('two.example', { clientCertificate: { certificate: 'c', key: 'k' } }),
      }),
    ],
    from: 'a@x.example',
    wanted: 'ambiguous',
  },
  {
    name: 'a tenant that does not know the peer gets nothing, whatever the sender says',
    among: [contoso],
    from: 'a@fabrikam.com',
    fromDomain: 'fabrikam.com',
    recipients: ['b@fabrikam.com'],
    wanted: 'contoso',
  },
];

for (const { name, among, from, recipients = ['x@x.example'], fromDomain, wanted } of cases) {
  test(name, () => {
    const choice = chooseTenant(among, { from, recipients }, fromDomain);
    assert.equal(choice.kind === 'tenant' ? choice.tenant.id : choice.kind, wanted);
  });
}

const session = (facts: Partial<Session>): Session => ({
  id: 's',
  address: '192.0.2.1',
  helo: 'x',
  isSecure: true,
  user: undefined,
  certificateNames: [],
  ...facts,
});

test('candidates are those whose peers know the session, in the order of the configuration', () => {
  const one = makeTenant({ id: 'one', peers: [{ kind: 'address', block: '192.0.2.0/24' }] });
  const two = makeTenant({ id: 'two', peers: [{ kind: 'certificate', name: 'mail.example' }] });
  const door = createDoor([one, two]);
  const ids = (facts: Partial<Session>) => door.candidates(session(facts)).map(({ id }) => id);
  assert.deepEqual(ids({}), ['one']);
  assert.deepEqual(ids({ certificateNames: ['mail.example'] }), ['one', 'two']);
  assert.deepEqual(ids({ address: '198.51.100.1' }), []);
});

test('a tenant of Exchange Online is never admitted by its peers', () => {
  const online = makeTenant({ kind: 'exchange-online', peers: [{ kind: 'address', block: '0.0.0.0/0' }] });
  assert.deepEqual(createDoor([online]).candidates(session({})), []);
});

test('credentials prove a name for those tenants only whose password it is', () => {
  const user = (id: string, password: string) =>
    makeTenant({ id, peers: [{ kind: 'user', user: 'mail', password }] });
  const door = createDoor([user('one', 'a'), user('two', 'b'), user('three', 'a')]);
  assert.deepEqual(door.authenticate('mail', 'a'), { user: 'mail', tenants: ['one', 'three'] });
  assert.deepEqual(door.authenticate('mail', 'b'), { user: 'mail', tenants: ['two'] });
  assert.equal(door.authenticate('mail', 'c'), undefined);
  assert.equal(door.authenticate('Mail', 'a'), undefined);
  assert.equal(door.authenticate('', ''), undefined);
});

const token = '0123456789abcdef0123456789abcdef';
for (const [processed, ownReceived, wanted] of [
  [[], 0, 'none'],
  [['ffffffffffffffffffffffffffffffff'], 0, 'none'],
  [['ffffffffffffffffffffffffffffffff', token], 1, 'processed-before'],
  [[], 2, 'none'],
  [[], 3, 'too-many-hops'],
  [[token], 3, 'too-many-hops'],
] as const) {
  test(`${ownReceived} own trace lines and tokens [${processed}] are "${wanted}"`, () => {
    assert.equal(judgeLoop({ token, processed, ownReceived }), wanted);
  });
}
