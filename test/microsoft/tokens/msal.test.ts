import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { makeCertificate } from '../../../src/make-certificate.ts';
import { thumbprintOf } from '../../../src/microsoft/tokens/msal.ts';

test('the thumbprint is what other readers compute of the certificate', async () => {
  const made = await makeCertificate({
    ...{ commonName: 'Signet directory', keyType: 'rsa', serial: Buffer.of(1) },
    ...{ validFrom: Date.UTC(2026, 7, 1), validUntil: Date.UTC(2056, 7, 1) },
  });
  const read = new X509Certificate(made.certificate);
  assert.equal(read.publicKey.asymmetricKeyDetails?.modulusLength, 3072);
  assert.equal(read.validToDate.getTime(), Date.UTC(2056, 7, 1));
  assert.equal(thumbprintOf(made.certificate), read.fingerprint256.replaceAll(':', '').toLowerCase());
});
