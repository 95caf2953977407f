/** People and groups from a real OpenLDAP server. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { createLdapSource, type LdapSource } from '../../src/directory/ldap.ts';
import { ldapDefaults } from '../../src/directory/ldap-settings.ts';
import { settle } from '../../src/directory/settle.ts';
import type { Reading } from '../../src/directory/source.ts';
import { freshPace } from '../support/people.ts';
import { noSlapd, type Slapd, startSlapd } from '../support/slapd.ts';

const base = 'dc=firm,dc=example';
const reader = `cn=reader,${base}`;
const crowdSize = 3_000;
const photoSize = 90_000;

const photoOf = (index: number) =>
  Buffer.concat([Buffer.from('ffd8ffe0', 'hex'), Buffer.alloc(photoSize, `photo ${index}`)]);

function entry(dn: string, lines: Readonly<Record<string, string | readonly string[]>>): string {
  const encode = (name: string, value: string) => `${name}:: ${Buffer.from(value).toString('base64')}`;
  const rest = Object.entries(lines).flatMap(([name, values]) =>
    [values].flat().map(value => encode(name, value)),
  );
  return [encode('dn', dn), ...rest, ''].join('\n');
}

function person(uid: string, others: Readonly<Record<string, string | readonly string[]>> = {}): string {
  const { ou = 'People', cn = uid, ...rest } = others as Record<string, string>;
  return entry(`uid=${uid},ou=${ou},${base}`, { objectClass: 'inetOrgPerson', uid, cn, sn: uid, ...rest });
}

const dnOf = (uid: string) => `uid=${uid},ou=People,${base}`;
const group = (name: string, member: readonly string[]) =>
  entry(`cn=${name},ou=Groups,${base}`, { objectClass: 'groupOfNames', cn: name, member });

const crowd = Array.from({ length: crowdSize }, (_, index) =>
  person(`p${index}`, { mail: `p${index}@firm.example`, title: `Title ${index % 10}` }),
);
const withPhotos = Array.from(
  { length: 30 },
  (_, index) =>
    `${person(`photo${index}`, { mail: `photo${index}@firm.example` }).trimEnd()}\njpegPhoto:: ${photoOf(index).toString('base64')}\n`,
);

const content = [
  entry(base, { objectClass: ['dcObject', 'organization'], dc: 'firm', o: 'Firm' }),
  ...['People', 'Groups', 'Weber, Söhne'].map(ou =>
    entry(`ou=${ou.replace(',', '\\,')},${base}`, { objectClass: 'organizationalUnit', ou }),
  ),
  ...['reader', 'small', 'blind'].map(cn =>
    entry(`cn=${cn},${base}`, {
      objectClass: ['organizationalRole', 'simpleSecurityObject'],
      cn,
      userPassword: 'sesame',
    }),
  ),
  ...crowd,
  ...withPhotos,
  person('anna', {
    cn: 'Anna Wéber',
    displayName: 'Anna Weber',
    givenName: 'Anna',
    mail: ['Anna.Weber@Firm.example', 'aw@firm.example'],
    telephoneNumber: ['+49 30 1', '+49 30 2'],
    mobile: '+49 170 1',
    facsimileTelephoneNumber: '+49 30 9',
    street: 'Allee 1',
    l: 'Berlin',
    st: 'BE',
    postalCode: '10115',
    o: 'Firm',
    departmentNumber: 'Sales',
    employeeNumber: '4711',
    preferredLanguage: 'de',
    manager: `UID=Boss , OU=Weber\\2C S\\C3\\B6hne,${base.toUpperCase()}`,
  }),
  entry(`uid=boss,ou=Weber\\, Söhne,${base}`, {
    objectClass: 'inetOrgPerson',
    uid: 'boss',
    cn: 'Bo',
    sn: 'B',
    mail: 'boss@münchen.example',
  }),
  person('twin', { mail: 'aw2@firm.example' }),
  person('twin2', { mail: 'AW2@firm.example' }),
  person('odd', { mail: 'not an address' }),
  person('mailless'),
  person('nopicture', { mail: 'nopicture@firm.example', jpegPhoto: 'BMxxxxxxxx' }),
  group('team', [dnOf('anna'), 'uid=gone,dc=elsewhere']),
  group('unit', [`cn=team,ou=groups,${base}`, dnOf('twin')]),
  group('firm', [`cn=unit,ou=Groups,${base}`, `cn=ring,ou=Groups,${base}`]),
  group('ring', [`cn=firm,ou=Groups,${base}`, `cn=ring,ou=Groups,${base}`]),
  group(
    'everybody',
    Array.from({ length: crowdSize }, (_, index) => dnOf(`p${index}`)),
  ),
  entry(`cn=unique,ou=Groups,${base}`, {
    objectClass: 'groupOfUniqueNames',
    cn: 'unique',
    uniqueMember: `uid=boss,ou=Weber\\, Söhne,${base}`,
  }),
  entry(`cn=posix,ou=Groups,${base}`, {
    objectClass: 'posixGroup',
    cn: 'posix',
    gidNumber: '7',
    memberUid: ['anna', 'gone'],
  }),
].join('\n');

const rules = [
  `limits dn.exact="${reader}" size=unlimited`,
  `limits dn.exact="cn=small,${base}" size=100 size.prtotal=100`,
  'access to attrs=userPassword by anonymous auth by * none',
  `access to * by dn.exact="${reader}" read by dn.exact="cn=small,${base}" read by * none`,
].join('\n');

let server: Slapd | undefined;
before(async () => {
  if (!noSlapd) server = await startSlapd(content, rules);
});
after(() => server?.close());

type Given = Partial<LdapSource> & { readonly password?: string };

async function read(others: Given = {}) {
  const { ldaps = '', ca = '' } = server ?? {};
  const { password = 'sesame', ...settings } = others;
  const source: LdapSource = { ...ldapDefaults, url: ldaps, ca, bindName: reader, base, ...settings };
  const dependencies = { password: async () => password, elapsed: () => performance.now() };
  return await createLdapSource(source, dependencies).read(new AbortController().signal, () => {});
}

async function readGood(others: Given = {}): Promise<Reading> {
  const result = await read(others);
  if (result.kind === 'problem') throw new Error(result.problem.sentence);
  return result.value;
}

for (const way of ['ldaps', 'ldap'] as const) {
  test(`everybody is read over ${way}, page by page, with all attributes`, { skip: noSlapd }, async () => {
    const reading = await readGood({ url: server?.[way] ?? '' });
    try {
      assert.equal(reading.people.length, crowdSize + 30 + 4);
      const anna = reading.people.find(({ address }) => address === 'anna.weber@firm.example');
      const boss = reading.people.find(({ address }) => address === 'boss@xn--mnchen-3ya.example');
      assert.ok(anna && boss);
      assert.match(anna.id, /^[0-9a-f]{8}-[0-9a-f-]{27}$/);
      assert.equal(anna.manager, boss.id);
      assert.deepEqual(anna.aliases, ['aw@firm.example']);
      assert.deepEqual(anna.fields, {
        email: 'Anna.Weber@Firm.example',
        displayName: 'Anna Weber',
        givenName: 'Anna',
        surname: 'anna',
        businessPhone: '+49 30 1',
        mobilePhone: '+49 170 1',
        faxNumber: '+49 30 9',
        streetAddress: 'Allee 1',
        city: 'Berlin',
        state: 'BE',
        postalCode: '10115',
        companyName: 'Firm',
        department: 'Sales',
        employeeId: '4711',
        preferredLanguage: 'de',
      });
      assert.deepEqual(anna.custom, { uid: 'anna' });
      assert.deepEqual(
        reading.rejections.first.map(({ place, reason }) => [place, reason]),
        [
          [dnOf('twin2'), 'duplicate-address'],
          [dnOf('odd'), 'bad-address'],
        ],
      );
      assert.deepEqual(reading.notes, ['Photos left out as too large or no picture: 1.']);
    } finally {
      await reading.close();
    }
  });
}

test('nested groups, cycles, uniqueMember, memberUid and large groups', { skip: noSlapd }, async () => {
  const reading = await readGood({ photos: false });
  await reading.close();
  const { people, groups } = await settle(reading, freshPace(), () => {});
  const names = new Map(groups.map(({ id, name }) => [id, name]));
  const groupsOf = (address: string) =>
    people
      .find(each => each.address === address)
      ?.groups.map(id => names.get(id))
      .sort();
  assert.deepEqual(groupsOf('anna.weber@firm.example'), ['firm', 'posix', 'ring', 'team', 'unit']);
  assert.deepEqual(groupsOf('aw2@firm.example'), ['firm', 'ring', 'unit']);
  assert.deepEqual(groupsOf('boss@xn--mnchen-3ya.example'), ['unique']);
  const everybody = groups.find(({ name }) => name === 'everybody')?.id ?? '';
  assert.equal(people.filter(each => each.groups.includes(everybody)).length, crowdSize);
});

test('photos are known by hash, and their bytes come one by one', { skip: noSlapd }, async () => {
  const reading = await readGood();
  try {
    const hashes = reading.people.flatMap(({ photo }) => photo ?? []);
    assert.equal(hashes.length, 30);
    const hash = createHash('sha256').update(photoOf(7)).digest('hex');
    assert.ok(hashes.includes(hash));
    assert.deepEqual(Buffer.from((await reading.photo(hash)) ?? []), photoOf(7));
    assert.equal(await reading.photo('00'), undefined);
  } finally {
    await reading.close();
  }
});

test('a filter, a base and attributes of the administrator’s own', { skip: noSlapd }, async () => {
  const filter = '(&(objectClass=inetOrgPerson)(|(uid=anna)(uid=mailless)))';
  const attributes = { department: 'l', jobTitle: '', 'custom.code': 'employeeNumber' };
  const reading = await readGood({
    filter,
    attributes,
    base: `ou=people,${base}`,
    groupBase: `ou=Groups,${base}`,
  });
  await reading.close();
  assert.deepEqual(
    reading.people.map(({ address, fields, custom }) => [address, fields.department, custom.code]),
    [['anna.weber@firm.example', 'Berlin', '4711']],
  );
  assert.equal(reading.groups.length, 7);
  assert.equal(reading.rejections.byReason['no-address'], 1);
});

const small = `cn=small,${base}`;
const blind = `cn=blind,${base}`;
const failures: readonly (readonly [string, () => Given, string, RegExp])[] = [
  [
    'an unknown authority',
    () => ({ ca: '' }),
    'CERTIFICATE',
    /issued by an authority that is not known here/,
  ],
  [
    'an unknown authority behind StartTLS',
    () => ({ url: server?.ldap ?? '', ca: '' }),
    'CERTIFICATE',
    /authority that is not known/,
  ],
  [
    'a certificate for another name',
    () => ({ url: server?.ldaps.replace('localhost', '127.0.0.1') ?? '' }),
    'CERTIFICATE',
    /is for another name/,
  ],
  [
    'a certificate for another name behind StartTLS',
    () => ({ url: server?.ldap.replace('localhost', '127.0.0.1') ?? '' }),
    'CERTIFICATE',
    /is for another name/,
  ],
  ['a wrong password', () => ({ password: 'wrong' }), 'CREDENTIALS', /does not accept the name "cn=reader/],
  ['a missing password', () => ({ password: '' }), 'CREDENTIALS', /password of "cn=reader.*missing/],
  [
    'a base that is not there',
    () => ({ base: 'dc=nowhere' }),
    'BASE',
    /has no dc=nowhere that this account may see/,
  ],
  ['a base that is no name', () => ({ base: 'firm' }), 'BASE', /correct the base/],
  ['an account that may see nothing', () => ({ bindName: blind }), 'BASE', /that this account may see/],
  ['the server’s size limit', () => ({ bindName: small }), 'LIMIT', /size limit/],
  [
    'ldaps at the plain port',
    () => ({ url: server?.ldap.replace('ldap:', 'ldaps:') ?? '' }),
    'UNREACHABLE',
    /TLS there/,
  ],
  [
    'a port where nothing listens',
    () => ({ url: 'ldaps://127.0.0.1:1' }),
    'UNREACHABLE',
    /nothing listens there/,
  ],
  ['a name that does not resolve', () => ({ url: 'ldaps://dc1.invalid' }), 'UNREACHABLE', /does not resolve/],
  [
    'plain text',
    () => ({ url: server?.ldap ?? '', allowPlain: true }),
    'SETTINGS',
    /asks for an encrypted connection/,
  ],
  ['a broken filter', () => ({ filter: '(mail=*' }), 'SETTINGS', /filter \(mail=\* cannot be read/],
  ['a web address', () => ({ url: 'https://dc1.firm.example' }), 'SETTINGS', /write ldaps:/],
  [
    'an address with a base',
    () => ({ url: 'ldaps://dc1.firm.example/dc=x' }),
    'SETTINGS',
    /name and a port only/,
  ],
  ['no base', () => ({ base: ' ' }), 'SETTINGS', /base is missing/],
];

for (const [name, given, code, sentence] of failures) {
  test(`${name} is a problem with a remedy`, { skip: noSlapd }, async () => {
    const result = await read(given());
    assert.ok(result.kind === 'problem', 'expected a problem');
    assert.match(result.problem.sentence, sentence);
    assert.equal(result.problem.code, `SIGNET_DIRECTORY_${code}`);
  });
}
