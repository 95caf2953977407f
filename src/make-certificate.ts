/**
 * Makes a key and its X.509 certificate (RFC 5280): signed by itself, for the applications by which Signet shows itself to
 * Entra, or by an authority that was made here as well, for the simulated tenant and the tests. Keys leave as PEM without a
 * passphrase and belong into the vault at once. Nobody's public mail server believes these certificates.
 *
 * The first import is a condition of the library's: its parts are wired by decorators.
 */
import 'reflect-metadata';
import { createPrivateKey, webcrypto, X509Certificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';

export type MadeCertificate = {
  /** PEM. */
  readonly certificate: string;
  /** PEM, PKCS #8. */
  readonly key: string;
};

export type CertificateWish = {
  /** Without a comma or other signs that mean something in a distinguished name (RFC 4514). */
  readonly commonName: string;
  /** Alternative names; wildcards as they are. */
  readonly dnsNames?: readonly string[];
  /** Milliseconds since 1970-01-01 UTC; whole seconds count. */
  readonly validFrom: number;
  readonly validUntil: number;
  /** Up to 20 random bytes (RFC 5280 4.1.2.2). */
  readonly serial: Uint8Array;
  /** Entra takes RSA; P-256 is quicker to make. */
  readonly keyType: 'rsa' | 'p-256';
  /** May sign certificates itself. */
  readonly isAuthority?: boolean;
  /** Without it the certificate is good for every purpose. */
  readonly purposes?: readonly ('server' | 'client')[];
  /** Without it the certificate signs itself. */
  readonly issuer?: MadeCertificate;
};

const rsa = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 3072,
  publicExponent: new Uint8Array([1, 0, 1]),
} as const;
const p256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

const purposeIds = { server: '1.3.6.1.5.5.7.3.1', client: '1.3.6.1.5.5.7.3.2' } as const;

/** Rejects when the issuer's PEM is none. The work is done in Node's own threads. */
export async function makeCertificate(wish: CertificateWish): Promise<MadeCertificate> {
  const { subtle } = webcrypto;
  const algorithm = wish.keyType === 'rsa' ? rsa : p256;
  const keys = (await subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
  const signer = wish.issuer
    ? await signerOf(wish.issuer)
    : {
        signingKey: keys.privateKey as CryptoKey,
        issuer: `CN=${wish.commonName}`,
        signingAlgorithm: algorithm,
      };
  // The library names the browser's type, whose list of uses is shorter than Node's.
  const publicKey = keys.publicKey as CryptoKey;
  const certificate = await x509.X509CertificateGenerator.create(
    {
      ...signer,
      subject: `CN=${wish.commonName}`,
      serialNumber: positive(wish.serial),
      notBefore: new Date(wish.validFrom),
      notAfter: new Date(wish.validUntil),
      publicKey,
      extensions: await extensionsOf(wish, publicKey),
    },
    webcrypto as never,
  );
  const key = Buffer.from(await subtle.exportKey('pkcs8', keys.privateKey));
  return { certificate: `${certificate.toString('pem')}\n`, key: pem('PRIVATE KEY', key) };
}

/** A request for a certificate (PKCS #10, DER) and the new key it is signed with (PEM, PKCS #8). */
export type MadeRequest = { readonly request: Buffer; readonly key: string };

/** For these DNS names, the first one as common name. P-256, which every mail server of the last ten years takes. */
export async function makeCertificateRequest(names: readonly [string, ...string[]]): Promise<MadeRequest> {
  const keys = (await webcrypto.subtle.generateKey(p256, true, [
    'sign',
    'verify',
  ])) as webcrypto.CryptoKeyPair;
  const alternatives = new x509.SubjectAlternativeNameExtension(
    names.map(value => ({ type: 'dns' as const, value })),
  );
  const request = await x509.Pkcs10CertificateRequestGenerator.create(
    {
      name: `CN=${names[0]}`,
      keys: keys as unknown as CryptoKeyPair,
      signingAlgorithm: p256,
      extensions: [alternatives],
    },
    webcrypto as never,
  );
  const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  return { request: Buffer.from(request.rawData), key: pem('PRIVATE KEY', key) };
}

async function extensionsOf(
  { dnsNames = [], isAuthority = false, purposes, issuer }: CertificateWish,
  publicKey: CryptoKey,
): Promise<x509.Extension[]> {
  const crypto = webcrypto as never;
  const parent = issuer && new x509.X509Certificate(issuer.certificate);
  return [
    new x509.BasicConstraintsExtension(isAuthority, undefined, true),
    await x509.SubjectKeyIdentifierExtension.create(publicKey, false, crypto),
    ...(parent ? [await x509.AuthorityKeyIdentifierExtension.create(parent.publicKey, false, crypto)] : []),
    ...(dnsNames.length > 0
      ? [new x509.SubjectAlternativeNameExtension(dnsNames.map(value => ({ type: 'dns' as const, value })))]
      : []),
    ...(purposes ? [new x509.ExtendedKeyUsageExtension(purposes.map(purpose => purposeIds[purpose]))] : []),
  ];
}

async function signerOf({ certificate, key }: MadeCertificate) {
  const parsed = createPrivateKey(key);
  const signingAlgorithm = parsed.asymmetricKeyType === 'rsa' ? rsa : p256;
  const pkcs8 = Uint8Array.from(parsed.export({ type: 'pkcs8', format: 'der' }));
  const signingKey = await webcrypto.subtle.importKey('pkcs8', pkcs8, signingAlgorithm, false, ['sign']);
  const issuer = new x509.X509Certificate(new X509Certificate(certificate).raw).subject;
  return { signingKey: signingKey as CryptoKey, issuer, signingAlgorithm };
}

/** Hexadecimal. A serial number is positive and has no leading zero byte. */
function positive(serial: Uint8Array): string {
  const bytes = Buffer.from(serial);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
