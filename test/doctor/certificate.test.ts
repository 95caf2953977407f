import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { before, test } from 'node:test';
import { type CertificateCase, examineCertificate } from '../../src/doctor/certificate.ts';
import { type CertificateWish, type MadeCertificate, makeCertificate } from '../../src/make-certificate.ts';

const now = Date.UTC(2026, 5, 1);
const day = 86_400_000;
const make = (wish: Partial<CertificateWish>) =>
  makeCertificate({
    commonName: 'signet.contoso.com',
    dnsNames: ['signet.contoso.com', '*.mail.contoso.com'],
    validFrom: now - day,
    validUntil: now + 90 * day,
    serial: randomBytes(16),
    keyType: 'p-256',
    ...wish,
  });

let root: MadeCertificate;
let middle: MadeCertificate;
let leaf: MadeCertificate;
const good = (): CertificateCase => ({
  owner: 'the relay',
  certificate: leaf.certificate + middle.certificate,
  key: leaf.key,
  hostname: 'signet.contoso.com',
  purposes: ['serverAuth', 'clientAuth'],
  authorities: [root.certificate],
  now,
});
before(async () => {
  root = await make({ commonName: 'Root', dnsNames: [], isAuthority: true });
  middle = await make({ commonName: 'Between', dnsNames: [], isAuthority: true, issuer: root });
  leaf = await make({ issuer: middle, purposes: ['server', 'client'] });
});

async function ended() {
  const old = await make({ issuer: middle, validFrom: now - 9 * day, validUntil: now - day });
  return { certificate: old.certificate + middle.certificate, key: old.key };
}

test('a certificate that fits in every way is fine', () => {
  assert.deepEqual(examineCertificate('relay.pem', good()), [
    {
      check: 'certificate',
      subject: 'relay.pem',
      state: 'fine',
      sentence: 'is good for 90 days and signet.contoso.com, *.mail.contoso.com',
    },
  ]);
});

const cases: readonly {
  readonly what: string;
  readonly change: () => Partial<CertificateCase> | Promise<Partial<CertificateCase>>;
  readonly says: RegExp;
  readonly state: string;
}[] = [
  {
    what: 'lacks the certificate between it and its authority',
    change: () => ({ certificate: leaf.certificate }),
    says: /does not lead to an authority: the certificate of "Between" is missing/,
    state: 'failure',
  },
  {
    what: 'has a chain out of order',
    change: async () => ({ certificate: leaf.certificate + root.certificate + middle.certificate }),
    says: /is good for/,
    state: 'fine',
  },
  {
    what: 'is of an authority that nobody knows',
    change: () => ({
      authorities: [],
      certificate: leaf.certificate + middle.certificate + root.certificate,
    }),
    says: /an authority of your own/,
    state: 'warning',
  },
  {
    what: 'is for another name',
    change: () => ({ hostname: 'mail.fabrikam.com' }),
    says: /is for signet\.contoso\.com, .*, not for mail\.fabrikam\.com/,
    state: 'failure',
  },
  {
    what: 'covers the name by a wildcard',
    change: () => ({ hostname: 'a.mail.contoso.com' }),
    says: /is good/,
    state: 'fine',
  },
  {
    what: 'has the key of another',
    change: () => ({ key: middle.key }),
    says: /belongs to another certificate/,
    state: 'failure',
  },
  { what: 'has a broken key', change: () => ({ key: 'x' }), says: /key cannot be read/, state: 'failure' },
  { what: 'ended', change: async () => ended(), says: /ended on/, state: 'failure' },
  {
    what: 'has not begun',
    change: () => ({ now: now - 2 * day }),
    says: /is good only from/,
    state: 'failure',
  },
  {
    what: 'ends in a week',
    change: () => ({ now: now + 84 * day }),
    says: /ends in 6 days|ends in 5 days/,
    state: 'failure',
  },
  {
    what: 'ends in a month',
    change: () => ({ now: now + 61 * day }),
    says: /ends in 29 days/,
    state: 'warning',
  },
  {
    what: 'is for servers alone',
    change: async () => {
      const server = await make({ issuer: middle, purposes: ['server'] });
      return { certificate: server.certificate + middle.certificate, key: server.key };
    },
    says: /shown by a client/,
    state: 'warning',
  },
  {
    what: 'is for clients alone',
    change: async () => {
      const client = await make({ issuer: middle, purposes: ['client'] });
      return { certificate: client.certificate + middle.certificate, key: client.key };
    },
    says: /shown by a server/,
    state: 'failure',
  },
  { what: 'is none', change: () => ({ certificate: 'hello' }), says: /no PEM certificate/, state: 'failure' },
];
for (const { what, change, says, state } of cases)
  test(`a certificate that ${what}: ${state}`, async () => {
    const [first, ...others] = examineCertificate('relay.pem', { ...good(), ...(await change()) });
    assert.match(first?.sentence ?? '', says);
    assert.equal(first?.state, state);
    assert.equal(first?.remedy === undefined, state === 'fine');
    assert.deepEqual(others, []);
  });
