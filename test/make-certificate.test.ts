import assert from 'node:assert/strict';
import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { type CertificateWish, makeCertificate } from '../src/make-certificate.ts';

const wish: CertificateWish = {
  commonName: 'signet.contoso.com',
  dnsNames: ['signet.contoso.com', '*.mail.contoso.com'],
  validFrom: Date.UTC(2026, 0, 1),
  validUntil: Date.UTC(2027, 0, 1),
  serial: randomBytes(16),
  keyType: 'p-256',
};

for (const keyType of ['rsa', 'p-256'] as const)
  test(`a certificate with an ${keyType} key signs itself, and its key fits`, async () => {
    const made = await makeCertificate({ ...wish, keyType });
    const certificate = new X509Certificate(made.certificate);
    assert.equal(certificate.subject, 'CN=signet.contoso.com');
    assert.equal(certificate.issuer, 'CN=signet.contoso.com');
    assert.equal(certificate.subjectAltName, 'DNS:signet.contoso.com, DNS:*.mail.contoso.com');
    assert.equal(certificate.ca, false);
    assert.equal(certificate.validToDate.getTime(), wish.validUntil);
    assert.ok(certificate.verify(certificate.publicKey));
    assert.ok(certificate.checkPrivateKey(createPrivateKey(made.key)));
  });

test('an authority signs the certificate of another, for the purposes asked for', async () => {
  const authority = await makeCertificate({
    ...wish,
    commonName: 'Authority',
    dnsNames: [],
    keyType: 'rsa',
    isAuthority: true,
  });
  const made = await makeCertificate({ ...wish, purposes: ['server'], issuer: authority });
  const [parent, child] = [new X509Certificate(authority.certificate), new X509Certificate(made.certificate)];
  assert.equal(parent.ca, true);
  assert.ok(child.checkIssued(parent));
  assert.ok(child.verify(parent.publicKey));
  assert.deepEqual(child.keyUsage, ['1.3.6.1.5.5.7.3.1']);
});

test('a serial number is positive whatever its bytes are', async () => {
  const made = await makeCertificate({ ...wish, serial: new Uint8Array(20).fill(0xff) });
  assert.match(new X509Certificate(made.certificate).serialNumber, /^7F/);
});
