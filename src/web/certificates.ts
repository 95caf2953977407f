/** What a certificate says, for people who look at it. */
import { X509Certificate } from 'node:crypto';

export type CertificateFacts = {
  /** Names it is good for. */
  readonly names: readonly string[];
  readonly issuer: string;
  readonly isSelfSigned: boolean;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly until: number;
  /** SHA-256. */
  readonly fingerprint: string;
};

/** `pem`: the first one counts. Undefined for what is no certificate. */
export function certificateFacts(pem: string): CertificateFacts | undefined {
  try {
    const certificate = new X509Certificate(pem);
    const { subjectAltName = '', subject, issuer } = certificate;
    const names = [...subjectAltName.matchAll(/(?:DNS|IP Address):([^,\s]+)/g)].map(([, name = '']) => name);
    return {
      names: names.length > 0 ? names : [commonNameOf(subject)],
      issuer: commonNameOf(issuer),
      isSelfSigned: certificate.checkIssued(certificate),
      from: Date.parse(certificate.validFrom),
      until: Date.parse(certificate.validTo),
      fingerprint: certificate.fingerprint256,
    };
  } catch {
    return undefined;
  }
}

/** Of the lines of a distinguished name the common name, else the organisation. */
function commonNameOf(name: string) {
  const lines = name.split('\n');
  const find = (key: string) => lines.find(line => line.startsWith(`${key}=`))?.slice(key.length + 1);
  return find('CN') ?? find('O') ?? name.replaceAll('\n', ', ');
}
