/**
 * Whom a client certificate proves. Two sets of authorities are trusted for two things: those of the operator for the names
 * of peers, the public ones for Microsoft's name. A certificate of the one set is never believed for the other, so a
 * private authority cannot pass for Exchange Online.
 *
 * That an authority vouches for a server's name and not for a client's (the purpose `clientAuth`, which public authorities
 * are giving up) does not matter here: who holds the key of that name is who we ask for.
 */
import { X509Certificate } from 'node:crypto';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';

/** Names and keys of authorities: a cross-signed certificate of a trusted root is that root. */
export type Authorities = { readonly peers: ReadonlySet<string>; readonly microsoft: ReadonlySet<string> };

export type ClientCertificate = {
  /** Host names of a certificate that an authority for peers stands behind, lower case. */
  readonly names: readonly string[];
  /** Whether it has Microsoft's name, and whether an authority for that stands behind it; undefined without the name. */
  readonly microsoft: 'verified' | 'unverified' | undefined;
};

/** Names of Exchange Online's own certificate, by cloud (exchange-online.md 7.1; those of other clouds by their hosts). */
const microsoftNames: ReadonlySet<string> = new Set([
  'mail.protection.outlook.com',
  'mail.protection.office365.us',
  'mail.protection.partner.outlook.cn',
]);

/** Longer chains are nobody's. */
const MAX_CHAIN = 10;

export const noCertificate: ClientCertificate = { names: [], microsoft: undefined };

/** PEM texts; one for both uses is read once. What is no certificate is left out. */
export function readAuthorities({
  clientCa = '',
  microsoftCa = '',
}: {
  readonly clientCa?: string | undefined;
  readonly microsoftCa?: string | undefined;
}): Authorities {
  const peers = identitiesIn(clientCa);
  return { peers, microsoft: microsoftCa === clientCa ? peers : identitiesIn(microsoftCa) };
}

function identitiesIn(pem: string): ReadonlySet<string> {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return new Set(blocks.flatMap(identitiesOfBlock));
}

function identitiesOfBlock(pem: string): readonly string[] {
  try {
    return [identityOf(new X509Certificate(pem))];
  } catch {
    return [];
  }
}

function identityOf({ subject, publicKey }: X509Certificate): string {
  return `${subject}\n${publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`;
}

/** The socket's handshake is over. Never throws. */
export function readClientCertificate(
  socket: TLSSocket,
  authorities: Authorities,
  now: number,
): ClientCertificate {
  const leaf = socket.getPeerX509Certificate();
  if (!leaf) return noCertificate;
  const names = namesOf(leaf);
  const standsBehind = judgeOf(socket, authorities, now);
  const hasMicrosoftName = names.some(name => microsoftNames.has(name));
  return {
    names: socket.authorized && standsBehind(authorities.peers) ? names : [],
    microsoft: hasMicrosoftName
      ? standsBehind(authorities.microsoft)
        ? 'verified'
        : 'unverified'
      : undefined,
  };
}

/** TLS itself has judged against all authorities together; which of them it was matters only where they differ. */
function judgeOf(socket: TLSSocket, { peers, microsoft }: Authorities, now: number) {
  if (socket.authorized && peers === microsoft) return () => true;
  const isSound = socket.authorized || wrongPurposeOnly(socket);
  const chain = isSound ? verifiedChain(socket, now).map(identityOf) : [];
  return (set: ReadonlySet<string>) => chain.some(identity => set.has(identity));
}

/** OpenSSL keeps the last of its complaints; those about signatures and dates come behind the one about the purpose. */
function wrongPurposeOnly({ authorizationError }: TLSSocket): boolean {
  const { code } = (authorizationError ?? {}) as { readonly code?: string };
  return (code ?? String(authorizationError)) === 'INVALID_PURPOSE';
}

/** From the client's own certificate to the last one found, each signed by the next; [] when one is not. */
function verifiedChain(socket: TLSSocket, now: number): readonly X509Certificate[] {
  const chain: X509Certificate[] = [];
  let entry: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (entry?.raw && chain.length < MAX_CHAIN) {
    const certificate = new X509Certificate(entry.raw);
    const below = chain.at(-1);
    if (below && !isIssuedBy(below, certificate)) return [];
    if (now < certificate.validFromDate.getTime() || now > certificate.validToDate.getTime()) return [];
    chain.push(certificate);
    // A root is its own issuer.
    entry =
      entry.issuerCertificate?.fingerprint256 === entry.fingerprint256 ? undefined : entry.issuerCertificate;
  }
  return chain;
}

function isIssuedBy(below: X509Certificate, above: X509Certificate): boolean {
  return above.ca && below.checkIssued(above) && below.verify(above.publicKey);
}

/** Alternative names and the common name, wildcards left out. */
function namesOf(certificate: X509Certificate): readonly string[] {
  const alternative = (certificate.subjectAltName ?? '')
    .split(', ')
    .map(name => /^DNS:(.*)$/.exec(name)?.[1]);
  const common = certificate.subject.split('\n').map(line => /^CN=(.*)$/.exec(line)?.[1]);
  const names = [...alternative, ...common].filter(
    name => name !== undefined && /^[A-Za-z0-9._-]+$/.test(name),
  );
  return [...new Set(names.map(name => (name as string).toLowerCase()))];
}
