/** What Active Directory does otherwise than slapd, from a scripted server. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLdapSource, type LdapSource } from '../../src/directory/ldap.ts';
import { guidText } from '../../src/directory/ldap-person.ts';
import { ldapDefaults } from '../../src/directory/ldap-settings.ts';
import type { Reading } from '../../src/directory/source.ts';
import { type Script, type ScriptedEntry, startLdapServer } from '../support/ldap-server.ts';

const base = 'DC=firm,DC=example';
const guid = (index: number) =>
  Buffer.from(`00112233445566778899aabb${index.toString(16).padStart(8, '0')}`, 'hex');
const userDn = (name: string) => `CN=${name},OU=Staff,${base}`;
const groupDn = (name: string) => `CN=${name},OU=Groups,${base}`;

function user(name: string, index: number, others: ScriptedEntry['attributes'] = {}): ScriptedEntry {
  const usual = {
    objectGUID: guid(index),
    userAccountControl: '512',
    cn: name,
    mail: `${name}@firm.example`,
  };
  return { dn: userDn(name), attributes: { ...usual, ...others } };
}

const crowd = Array.from({ length: 4_200 }, (_, index) => user(`p${index}`, 1_000 + index));
const picture = Buffer.concat([Buffer.from('ffd8ffe0', 'hex'), Buffer.alloc(5_000, 7)]);

const entries: readonly ScriptedEntry[] = [
  ...crowd,
  user('Anna', 1, {
    proxyAddresses: [
      'SMTP:Anna@firm.example',
      'smtp:a.weber@firm.example',
      'sip:anna@firm.example',
      'X500:/o=Firm/ou=x',
    ],
    userPrincipalName: 'anna@corp.firm.example',
    displayName: 'Weber, Anna',
    sn: 'Weber',
    title: 'Engineer',
    department: 'R&D',
    company: 'Firm',
    physicalDeliveryOfficeName: 'B 12',
    co: 'Germany',
    c: 'DE',
    ipPhone: '4711',
    sAMAccountName: 'aweber',
    extensionAttribute1: 'one',
    extensionAttribute15: 'fifteen',
    manager: 'CN=boss\\, the,OU=Staff,DC=firm,DC=example',
    thumbnailPhoto: picture,
  }),
  {
    dn: `CN=Boss\\2C The,OU=Staff,${base}`,
    attributes: { objectGUID: guid(2), mail: 'boss@firm.example', cn: 'Boss, The' },
  },
  user('left', 3, { userAccountControl: '514' }),
  user('info', 4, { userAccountControl: '514', msExchRecipientTypeDetails: '4' }),
  user('remote', 5, { userAccountControl: '514', msExchRecipientTypeDetails: '34359738368' }),
  user('linked', 6, { userAccountControl: '514', msExchRecipientTypeDetails: '2' }),
  user('room', 7, { userAccountControl: '514', msExchRecipientTypeDetails: '16' }),
  { dn: groupDn('All'), attributes: { objectGUID: guid(20), cn: 'All', member: crowd.map(({ dn }) => dn) } },
  {
    dn: groupDn('Team'),
    attributes: { objectGUID: guid(21), cn: 'Team', mail: 'Team@firm.example', member: [userDn('Anna')] },
  },
  { dn: groupDn('Unit'), attributes: { objectGUID: guid(22), cn: 'Unit', member: [groupDn('Team')] } },
];

const script: Script = {
  name: 'reader@firm.example',
  password: 'sesame',
  root: { supportedCapabilities: ['1.2.840.113556.1.4.800', '1.2.840.113556.1.4.1670'] },
  entries,
  rangeSize: 1_500,
};

async function read(
  faults: Script['faults'] = {},
  others: Partial<LdapSource> = {},
  signal = new AbortController().signal,
) {
  const server = await startLdapServer({ ...script, faults });
  const source: LdapSource = {
    ...ldapDefaults,
    url: server.url,
    allowPlain: true,
    bindName: script.name,
    base,
    ...others,
  };
  const dependencies = { password: async () => script.password, elapsed: () => performance.now() };
  try {
    return { server, result: await createLdapSource(source, dependencies).read(signal, () => {}) };
  } finally {
    await server.close();
  }
}

async function readGood(others: Partial<LdapSource> = {}): Promise<Reading> {
  const { result } = await read({}, others);
  if (result.kind === 'problem') throw new Error(result.problem.sentence);
  await result.value.close();
  return result.value;
}

test('a GUID reads as Exchange and Entra show it', () => {
  const bytes = Buffer.from('33221100554477668899aabbccddeeff', 'hex');
  assert.equal(guidText(bytes), '00112233-4455-6677-8899-aabbccddeeff');
});

test('attributes, aliases, manager and photo of Active Directory, recognised by itself', async () => {
  const { people } = await readGood();
  const anna = people.find(({ address }) => address === 'anna@firm.example');
  assert.ok(anna);
  assert.equal(anna.id, guidText(guid(1)));
  assert.deepEqual(anna.aliases, ['a.weber@firm.example']);
  assert.deepEqual(anna.fields, {
    email: 'Anna@firm.example',
    userPrincipalName: 'anna@corp.firm.example',
    displayName: 'Weber, Anna',
    surname: 'Weber',
    jobTitle: 'Engineer',
    department: 'R&D',
    companyName: 'Firm',
    officeLocation: 'B 12',
    country: 'Germany',
    extensionAttribute1: 'one',
    extensionAttribute15: 'fifteen',
  });
  assert.deepEqual(anna.custom, { ipPhone: '4711', sAMAccountName: 'aweber' });
  assert.equal(anna.manager, guidText(guid(2)));
  assert.match(anna.photo ?? '', /^[0-9a-f]{64}$/);
});

test('disabled accounts are left out, but not the mailboxes behind them', async () => {
  const { people, rejections } = await readGood();
  const kindOf = (name: string) => people.find(({ address }) => address === `${name}@firm.example`)?.kind;
  assert.deepEqual(['left', 'info', 'remote', 'linked', 'room'].map(kindOf), [
    undefined,
    'shared',
    'shared',
    'user',
    undefined,
  ]);
  assert.deepEqual(rejections.byReason, { disabled: 2 });
  const all = await readGood({ includeDisabled: true });
  assert.ok(all.people.some(({ address }) => address === 'left@firm.example'));
});

test('a group of 4,200 is read range by range, and groups in groups are known', async () => {
  const { people, groups } = await readGood();
  const all = guidText(guid(20));
  assert.equal(people.filter(({ memberOf }) => memberOf.includes(all)).length, 4_200);
  assert.deepEqual(
    groups.map(({ name, address, memberOf }) => [name, address, memberOf]),
    [
      ['All', undefined, []],
      ['Team', 'team@firm.example', [guidText(guid(22))]],
      ['Unit', undefined, []],
    ],
  );
});

/** Searches: 1 the root, 2 to 54 people (in pages of 80), 55 groups, 56 the first further range. */
const faults: readonly (readonly [string, Script['faults'], Partial<LdapSource>, string])[] = [
  ['a connection that breaks between two pages', { 5: 'drop' }, {}, 'UNREACHABLE'],
  ['a server that falls silent', { 5: 'silence' }, { timeLimitSeconds: 0.2 }, 'TIME'],
  ['a time limit in the middle', { 5: 3 }, {}, 'TIME'],
  ['an administrative limit in the middle', { 5: 11 }, {}, 'LIMIT'],
  ['a busy server', { 1: 51 }, {}, 'UNREACHABLE'],
  ['a server that asks for signing', { 1: 8 }, {}, 'SETTINGS'],
  ['a range that cannot be read', { 56: 50 }, {}, 'CREDENTIALS'],
  ['a server without StartTLS', {}, { allowPlain: false }, 'CERTIFICATE'],
];

for (const [name, fault, others, code] of faults) {
  test(`${name} never delivers half a directory`, async () => {
    const { result, server } = await read(fault, others);
    assert.ok(result.kind === 'problem', 'expected a problem');
    assert.equal(result.problem.code, `SIGNET_DIRECTORY_${code}`);
    assert.equal(server.connections(), 1, 'a lost connection is not made anew without its account');
  });
}

test('the password never leaves in plain text unless that is allowed', async () => {
  const { server } = await read({}, { allowPlain: false });
  assert.equal(server.searches.length, 0);
  assert.equal(server.binds(), 0);
});

test('an aborted reading ends at once and rejects with the reason', async () => {
  const controller = new AbortController();
  const reading = read({ 4: 'silence' }, {}, controller.signal);
  setImmediate(() => controller.abort(new Error('stopped')));
  await assert.rejects(reading, /stopped/);
});
