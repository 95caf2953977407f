/**
 * The server's certificate and key from their PEM files, tried before anything uses them: a certificate that cannot be
 * read or a key of another one is a problem here, not a failed handshake of every sender later.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { rootCertificates } from 'node:tls';
import type { TlsFiles } from './config.ts';
import { failed, type Result, systemReason } from './problem.ts';

/** PEM; `clientCa` holds the authorities of peers' certificates. */
export type ServerCertificate = {
  readonly certificate: string;
  readonly key: string;
  readonly clientCa: string;
  /** Authorities of Microsoft's certificate: the public ones, whatever peers have. */
  readonly microsoftCa: string;
  /** When the certificate ends, in milliseconds since 1970-01-01 UTC. */
  readonly validUntil: number;
};

/** All that Node ships: Microsoft changes authorities now and then, and mail must not stop for it. */
const publicAuthorities = rootCertificates.join('\n');

/** `microsoftCa` is another one for the simulated tenant and for tests; no setting leads there. */
export async function readServerCertificate(
  files: TlsFiles,
  microsoftCa = publicAuthorities,
  settings: Settings = { certificate: 'SIGNET_TLS_CERT', key: 'SIGNET_TLS_KEY' },
): Promise<Result<ServerCertificate>> {
  const certificate = await readPem(settings.certificate, files.certificateFile);
  if (certificate.kind === 'problem') return certificate;
  const key = await readPem(settings.key, files.keyFile);
  if (key.kind === 'problem') return key;
  const clientCa = await readAuthorities(files.clientCaFile);
  if (clientCa.kind === 'problem') return clientCa;

  const parsed = parseCertificate(certificate.value);
  if (!parsed) return refuse(settings.certificate, files.certificateFile, 'holds no PEM certificate');
  const whyNot = misfit(parsed, key.value);
  if (whyNot) return refuse(settings.key, files.keyFile, whyNot);
  return {
    kind: 'ok',
    value: serverCertificateOf(
      { certificate: certificate.value, key: key.value },
      microsoftCa,
      clientCa.value,
    ),
  };
}

/** Of PEM texts that are known to belong together. */
export function serverCertificateOf(
  { certificate, key }: { readonly certificate: string; readonly key: string },
  microsoftCa = publicAuthorities,
  clientCa = publicAuthorities,
): ServerCertificate {
  return {
    certificate,
    key,
    clientCa,
    microsoftCa,
    validUntil: Date.parse(new X509Certificate(certificate).validTo),
  };
}

async function readAuthorities(file: string | undefined): Promise<Result<string>> {
  if (file === undefined) return { kind: 'ok', value: publicAuthorities };
  const pem = await readPem('SIGNET_TLS_CLIENT_CA', file);
  if (pem.kind === 'problem' || parseCertificate(pem.value)) return pem;
  return refuse('SIGNET_TLS_CLIENT_CA', file, 'holds no PEM certificate');
}

/** Which settings named the files: a problem tells them. */
type Settings = {
  readonly certificate: 'SIGNET_TLS_CERT' | 'SIGNET_HTTPS_CERT';
  readonly key: 'SIGNET_TLS_KEY' | 'SIGNET_HTTPS_KEY';
};

type Setting = Settings['certificate'] | Settings['key'] | 'SIGNET_TLS_CLIENT_CA';

async function readPem(setting: Setting, file: string): Promise<Result<string>> {
  try {
    return { kind: 'ok', value: await readFile(file, 'utf8') };
  } catch (error) {
    return failed(
      'SIGNET_TLS_FILE',
      `${file} cannot be read (${systemReason(error)}): set ${setting} to a PEM file that Signet may read.`,
    );
  }
}

function parseCertificate(pem: string): X509Certificate | undefined {
  try {
    return pem.includes('-----BEGIN CERTIFICATE-----') ? new X509Certificate(pem) : undefined;
  } catch {
    return undefined;
  }
}

function misfit(certificate: X509Certificate, pem: string): string | undefined {
  try {
    const key = createPrivateKey(pem);
    return certificate.checkPrivateKey(key) ? undefined : 'holds the key of another certificate';
  } catch {
    return 'holds no PEM private key without a passphrase';
  }
}

function refuse(setting: Setting, file: string, why: string) {
  return failed('SIGNET_TLS_CERTIFICATE', `${file} ${why}: set ${setting} to the right PEM file.`);
}
