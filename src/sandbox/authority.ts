/**
 * The certificate authority of the simulated world: it stands for the public ones that issue Microsoft's and the customers'
 * certificates. Keys are made at each start and live in memory; nothing outside the sandbox trusts them.
 */
import { type MadeCertificate, makeCertificate } from '../make-certificate.ts';

export type Authority = {
  /** PEM of the authority's own certificate. */
  readonly certificate: string;
  /** A certificate with its key, for server and client use, valid for a year. The first name is the subject too. */
  readonly issue: (names: readonly string[]) => Promise<MadeCertificate>;
};

export type AuthorityNeeds = {
  readonly commonName: string;
  /** Real time in milliseconds: real TLS libraries judge the certificates. */
  readonly now: number;
  readonly random: (bytes: number) => Buffer;
};

const dayMs = 86_400_000;

export async function createAuthority({ commonName, now, random }: AuthorityNeeds): Promise<Authority> {
  const wish = { keyType: 'p-256', validFrom: now - dayMs, validUntil: now + 365 * dayMs } as const;
  const root = await makeCertificate({ ...wish, commonName, serial: random(16), isAuthority: true });
  return {
    certificate: root.certificate,
    issue: names =>
      makeCertificate({
        ...wish,
        commonName: names[0] ?? '',
        dnsNames: names,
        purposes: ['server', 'client'],
        serial: random(16),
        issuer: root,
      }),
  };
}
