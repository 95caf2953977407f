/**
 * A certificate for `localhost` from an authority of the sandbox's own, both made at every start and never written to disk. MSAL
 * refuses authorities without https (reference 3.4), so that clients are given the authority's certificate to trust.
 */
import { makeCertificate } from '../make-certificate.ts';
import type { Random } from './state.ts';

/** All PEM. */
export type HttpsCertificate = { readonly authority: string; readonly cert: string; readonly key: string };

const dayMs = 86_400_000;

/** @param now real time in milliseconds: real TLS libraries judge the certificate */
export async function makeHttpsCertificate(now: number, random: Random): Promise<HttpsCertificate> {
  const wish = { keyType: 'p-256', validFrom: now - dayMs, validUntil: now + 30 * dayMs } as const;
  const issuer = await makeCertificate({
    ...wish,
    commonName: 'Signet sandbox authority',
    serial: random(16),
    isAuthority: true,
  });
  const { certificate, key } = await makeCertificate({
    ...wish,
    commonName: 'localhost',
    dnsNames: ['localhost'],
    purposes: ['server'],
    serial: random(16),
    issuer,
  });
  return { authority: issuer.certificate, cert: certificate, key };
}
