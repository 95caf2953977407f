/**
 * Whether a certificate will be believed by those it is shown to: in time, for this name, for the purpose, with the
 * certificates between it and an authority. The last is what breaks most often and what browsers hide, since they fetch
 * missing ones; mail servers do not.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { type Finding, findingsOf } from './finding.ts';

export type CertificateCase = {
  /** What it is for, in words: "the relay". */
  readonly owner: string;
  /** PEM: the certificate, then those that lead to an authority. */
  readonly certificate: string;
  /** PEM without a passphrase. */
  readonly key?: string;
  /** The name by which others connect. */
  readonly hostname?: string;
  /** OIDs of RFC 5280 4.2.1.12. */
  readonly purposes: readonly ('serverAuth' | 'clientAuth')[];
  /** PEM of each authority that is believed. */
  readonly authorities: readonly string[];
  /** Milliseconds since 1970. */
  readonly now: number;
};

const purposeIds = { serverAuth: '1.3.6.1.5.5.7.3.1', clientAuth: '1.3.6.1.5.5.7.3.2' } as const;
const dayMs = 86_400_000;
const [soonDays, verySoonDays] = [30, 7];
/** A chain is never this long; a loop of certificates would be. */
const mostLinks = 10;

export function examineCertificate(subject: string, examined: CertificateCase): readonly Finding[] {
  const is = findingsOf('certificate', subject);
  const chain = readChain(examined.certificate);
  const [leaf] = chain;
  if (!leaf)
    return [is.failure('holds no PEM certificate', `give ${examined.owner} a PEM file with its certificate`)];
  const faults = [
    keyFault(leaf, examined, is),
    timeFault(leaf, examined, is),
    nameFault(leaf, examined, is),
    ...purposeFaults(leaf, examined, is),
    chainFault(chain, examined, is),
  ].filter(fault => fault !== undefined);
  if (faults.length > 0) return faults;
  return [is.fine(`is good for ${daysLeft(leaf, examined.now)} days and ${namesOf(leaf)}`)];
}

type Says = ReturnType<typeof findingsOf>;

function keyFault(leaf: X509Certificate, { key, owner }: CertificateCase, is: Says) {
  if (key === undefined) return undefined;
  try {
    if (leaf.checkPrivateKey(createPrivateKey(key))) return undefined;
  } catch {
    return is.failure('its key cannot be read', `give ${owner} a PEM key without a passphrase`);
  }
  return is.failure('its key belongs to another certificate', `give ${owner} the key that was made for it`);
}

function timeFault(leaf: X509Certificate, { now, owner }: CertificateCase, is: Says) {
  const days = daysLeft(leaf, now);
  if (Date.parse(leaf.validFrom) > now)
    return is.failure(`is good only from ${leaf.validFrom}`, 'set the clock, or use the certificate later');
  if (days < 0) return is.failure(`ended on ${leaf.validTo}`, `give ${owner} a new one`);
  if (days <= verySoonDays) return is.failure(`ends in ${days} days`, `give ${owner} a new one now`);
  return days <= soonDays ? is.warning(`ends in ${days} days`, `give ${owner} a new one`) : undefined;
}

function nameFault(leaf: X509Certificate, { hostname }: CertificateCase, is: Says) {
  if (hostname === undefined || leaf.checkHost(hostname)) return undefined;
  return is.failure(
    `is for ${namesOf(leaf)}, not for ${hostname}`,
    'use a certificate for that name, or set the name to one that it covers',
  );
}

function purposeFaults(leaf: X509Certificate, { purposes }: CertificateCase, is: Says) {
  const allowed = leaf.keyUsage as readonly string[] | undefined;
  if (!allowed) return [];
  return purposes
    .filter(purpose => !allowed.includes(purposeIds[purpose]))
    .map(purpose =>
      purpose === 'serverAuth'
        ? is.failure('does not allow to be shown by a server', 'use one with the purpose serverAuth')
        : is.warning(
            'does not allow to be shown by a client (clientAuth), as more and more public authorities have it',
            'prefer one with that purpose where the next hop asks for a certificate; whether Exchange Online minds is not documented',
          ),
    );
}

function chainFault(chain: readonly X509Certificate[], { authorities, now }: CertificateCase, is: Says) {
  const [leaf, ...others] = chain;
  const believed = readChain(authorities.join('\n'));
  let link = leaf;
  for (let links = 0; link && links < mostLinks; links++) {
    const child = link;
    if (
      believed.some(
        authority => isIssuedBy(child, authority) || authority.fingerprint256 === child.fingerprint256,
      )
    )
      return undefined;
    if (isIssuedBy(child, child))
      return is.warning(
        'is signed by itself or by an authority of your own, which strangers do not believe',
        'use one of a public authority where Microsoft or the internet connects',
      );
    link = others.find(other => isIssuedBy(child, other) && Date.parse(other.validTo) > now);
  }
  return is.failure(
    `does not lead to an authority: the certificate of "${commonNameOf(leaf?.issuer ?? '')}" is missing behind it`,
    'put the chain that the authority gave you behind the certificate in the same file (fullchain.pem)',
  );
}

function isIssuedBy(child: X509Certificate, parent: X509Certificate) {
  return child.checkIssued(parent) && child.verify(parent.publicKey);
}

function readChain(pem: string): readonly X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    return blocks.map(block => new X509Certificate(block));
  } catch {
    return [];
  }
}

function daysLeft(leaf: X509Certificate, now: number) {
  return Math.floor((Date.parse(leaf.validTo) - now) / dayMs);
}

function namesOf(leaf: X509Certificate): string {
  const names = (leaf.subjectAltName ?? '').split(', ').map(name => name.replace(/^(?:DNS|IP Address):/, ''));
  return names.filter(name => name !== '').join(', ') || commonNameOf(leaf.subject);
}

function commonNameOf(distinguishedName: string) {
  return /^CN=(.*)$/m.exec(distinguishedName)?.[1] ?? distinguishedName.replaceAll('\n', ', ');
}
