import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SourcePerson } from '../../src/directory/source.ts';
import { encode, readGood } from '../support/csv.ts';

type Export = {
  readonly name: string;
  readonly content: string | Uint8Array;
  readonly person: Partial<SourcePerson>;
  readonly notes?: readonly string[];
};

const exports: readonly Export[] = [
  {
    name: 'Microsoft 365 admin center',
    content: [
      'Block credential,City,Country,Department,Display name,Fax,First name,Last name,Licenses,Mobile Phone,Object Id,' +
        'Office,Phone number,Postal code,Preferred language,Proxy addresses,State,Street address,Title,User principal name',
      'False,Berlin,Germany,Sales,Anna Weber,+49 30 2,Anna,Weber,Microsoft 365 E3+Visio,+49 170 1,1f-2a,B 12,+49 30 1,' +
        '10115,de-DE,SMTP:Anna.Weber@Firm.example+smtp:aw+x@firm.example+sip:anna@firm.example,BE,Allee 1,Engineer,' +
        'anna@firm.onmicrosoft.com',
    ].join('\r\n'),
    person: {
      id: '1f-2a',
      kind: 'user',
      address: 'anna.weber@firm.example',
      aliases: ['aw+x@firm.example'],
      fields: {
        city: 'Berlin',
        country: 'Germany',
        department: 'Sales',
        displayName: 'Anna Weber',
        faxNumber: '+49 30 2',
        givenName: 'Anna',
        surname: 'Weber',
        mobilePhone: '+49 170 1',
        officeLocation: 'B 12',
        businessPhone: '+49 30 1',
        postalCode: '10115',
        preferredLanguage: 'de-DE',
        state: 'BE',
        streetAddress: 'Allee 1',
        jobTitle: 'Engineer',
        userPrincipalName: 'anna@firm.onmicrosoft.com',
        email: 'anna.weber@firm.example',
      },
    },
    notes: ['Columns not used: Block credential, Licenses.'],
  },
  {
    name: 'Entra bulk download',
    content:
      'userPrincipalName,displayName,surname,mail,givenName,id,userType,jobTitle,department,accountEnabled,' +
      'streetAddress,state,country,officeLocation,city,postalCode,telephoneNumber,mobilePhone,companyName\n' +
      '"anna@firm.example","Anna ""A"" Weber","Weber","Anna@firm.example","Anna","11-22","Member","CTO, CISO","IT",' +
      '"True","","","","","","","","","Firm"\n',
    person: {
      id: '11-22',
      address: 'anna@firm.example',
      fields: {
        userPrincipalName: 'anna@firm.example',
        displayName: 'Anna "A" Weber',
        surname: 'Weber',
        email: 'Anna@firm.example',
        givenName: 'Anna',
        jobTitle: 'CTO, CISO',
        department: 'IT',
        companyName: 'Firm',
      },
    },
    notes: ['Columns not used: accountEnabled.'],
  },
  {
    name: 'Exchange Get-User in PowerShell 5',
    content: encode(
      '\ufeff#TYPE Microsoft.Exchange.Data.Directory.Management.User\r\n' +
        '"Name","DisplayName","FirstName","LastName","Title","Company","Office","Phone","MobilePhone","StateOrProvince",' +
        '"CountryOrRegion","Manager","WindowsEmailAddress","RecipientTypeDetails","UserPrincipalName"\r\n' +
        '"info","Info Desk","","","","Firm","","+49 1","","BY","Germany","Weber, Anna","info@firm.example",' +
        '"SharedMailbox","info@firm.onmicrosoft.com"\r\n',
      'utf-16le',
    ),
    person: {
      kind: 'shared',
      id: 'info@firm.example',
      manager: 'Weber, Anna',
      fields: {
        displayName: 'Info Desk',
        companyName: 'Firm',
        businessPhone: '+49 1',
        state: 'BY',
        country: 'Germany',
        email: 'info@firm.example',
        userPrincipalName: 'info@firm.onmicrosoft.com',
      },
    },
    notes: ['Columns not used: Name.'],
  },
  {
    name: 'Exchange Get-Mailbox with custom attributes',
    content:
      'PrimarySmtpAddress,EmailAddresses,CustomAttribute1,CustomAttribute15\n' +
      'anna@firm.example,"SMTP:anna@firm.example smtp:a.weber@firm.example X500:/o=Firm/cn=a",4711,Z\n',
    person: {
      address: 'anna@firm.example',
      aliases: ['a.weber@firm.example'],
      fields: { email: 'anna@firm.example', extensionAttribute1: '4711', extensionAttribute15: 'Z' },
    },
  },
  {
    name: 'Active Directory Users and Computers, German, tabs, Windows-1252',
    content: encode(
      'Name\tTyp\tE-Mail-Adresse\tVorname\tNachname\tTelefon (geschäftlich)\tBüro\tBundesland/Kanton\tStraße\tPostleitzahl\n' +
        'Jörg Groß\tBenutzer\tjoerg@firm.example\tJörg\tGroß\t+49 89 1\tA 3\tBayern\tHauptstraße 1\t80331\n',
      'windows-1252',
    ),
    person: {
      address: 'joerg@firm.example',
      fields: {
        displayName: 'Jörg Groß',
        email: 'joerg@firm.example',
        givenName: 'Jörg',
        surname: 'Groß',
        businessPhone: '+49 89 1',
        officeLocation: 'A 3',
        state: 'Bayern',
        streetAddress: 'Hauptstraße 1',
        postalCode: '80331',
      },
    },
  },
  {
    name: 'our own names with groups, aliases, manager and custom columns, Excel in German',
    content:
      'sep=;\r\nemail;displayName;groups;proxyAddresses;manager;shared;custom.Zertifikat\r\n' +
      'anna@firm.example;Anna;"Sales; Berlin | Sales";"a@firm.example;  b@firm.example";boss@firm.example;nein;ISO 9001\r\n',
    person: {
      kind: 'user',
      aliases: ['a@firm.example', 'b@firm.example'],
      memberOf: ['sales', 'berlin', 'sales'],
      manager: 'boss@firm.example',
      custom: { Zertifikat: 'ISO 9001' },
    },
  },
];

for (const { name, content, person, notes = [] } of exports) {
  test(`an export is read without any mapping: ${name}`, async () => {
    const reading = await readGood(content);
    assert.equal(reading.rejections.total, 0, JSON.stringify(reading.rejections.first));
    const [found] = reading.people;
    assert.ok(found);
    assert.deepEqual({ ...found, ...person }, found);
    assert.deepEqual(reading.notes, notes);
  });
}

test('a mapping goes before known names, in any case, and an empty one leaves a field out', async () => {
  const text = 'mail,title,ROLLE,department\na@firm.example,Dr.,Engineer,IT\n';
  const columns = { jobTitle: 'rolle', 'custom.degree': 'Title', department: '' } as const;
  const { people, notes } = await readGood(text, { columns });
  assert.deepEqual(people[0]?.fields, { email: 'a@firm.example', jobTitle: 'Engineer' });
  assert.deepEqual(people[0]?.custom, { degree: 'Dr.' });
  assert.deepEqual(notes, ['Columns not used: department.']);
});

test('groups may be spread over several columns and written as distinguished names', async () => {
  const text = 'email;G1;G2\na@firm.example;Sales;"CN=All\\, really,OU=Groups,DC=firm,DC=example"\n';
  const { people, groups } = await readGood(text, { columns: { groups: ['G1', 'G2'] } });
  assert.deepEqual(people[0]?.memberOf, ['sales', 'all, really']);
  assert.deepEqual(groups, [
    { id: 'sales', name: 'Sales', memberOf: [] },
    { id: 'all, really', name: 'All, really', memberOf: [] },
  ]);
});

test('the user principal name stands for the address only when the file has no address column', async () => {
  const { people, rejections } = await readGood('mail,upn\n,a@firm.example\nb@firm.example,b@x.example\n');
  assert.deepEqual(
    people.map(({ address }) => address),
    ['b@firm.example'],
  );
  assert.equal(rejections.first[0]?.reason, 'no-address');
  const byName = await readGood('upn,name\na@firm.example,A\n');
  assert.equal(byName.people[0]?.address, 'a@firm.example');
});

test('control characters go, long values are cut', async () => {
  const { people } = await readGood(`email,name,city\na@firm.example,A\x00\x1b[31m,${'x'.repeat(5_000)}\n`);
  assert.equal(people[0]?.fields.displayName, 'A[31m');
  assert.equal(people[0]?.fields.city?.length, 2_000);
});

test('custom columns get names that templates can write', async () => {
  const header = 'email,custom.Cost centre,custom:Straße,custom.__proto__,custom.1st';
  const { people, notes } = await readGood(`${header}\na@firm.example,4711,b,c,d\n`);
  assert.deepEqual(people[0]?.custom, { Cost_centre: '4711', Stra_e: 'b' });
  assert.deepEqual(notes, ['Columns not used: custom.__proto__, custom.1st.']);
});
