import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { makeCertificate } from '../../../src/microsoft/tokens/certificate.ts';
import { thumbprintOf } from '../../../src/microsoft/tokens/msal.ts';

const now = Date.UTC(2026, 7, 1, 10);

for (const [days, serial] of [
  [730, '00ff'],
  [30, '7f'],
  // Beyond 2049 the form of the dates changes.
  [365 * 30, '000000'],
] as const)
  test(`a certificate for ${days} days is what other readers read`, async () => {
    const made = await makeCertificate({
      name: 'Signet directory',
      now,
      days,
      serial: Buffer.from(serial, 'hex'),
    });
    const read = new X509Certificate(made.certificate);
    assert.equal(read.subject, 'CN=Signet directory');
    assert.equal(read.issuer, read.subject);
    assert.ok(read.verify(read.publicKey), 'signed by itself');
    assert.ok(read.checkPrivateKey(createPrivateKey(made.key)));
    assert.equal(read.publicKey.asymmetricKeyDetails?.modulusLength, 3072);
    assert.equal(Date.parse(read.validFrom), now - 3_600_000);
    assert.equal(Date.parse(read.validTo), now + days * 86_400_000);
    assert.equal(Number.parseInt(read.serialNumber, 16), Number.parseInt(serial, 16));
    assert.equal(thumbprintOf(made.certificate), read.fingerprint256.replaceAll(':', '').toLowerCase());
  });
