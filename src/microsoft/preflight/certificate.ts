/** PURE. Whether Exchange will take the certificate: as the server it connects to, and as the client that hands mail back. */
import { X509Certificate } from 'node:crypto';
import { type Look, light } from './preflight-types.ts';

const dayMs = 86_400_000;
/** Days before its end at which a certificate is spoken of. */
const soonDays = 21;
/** TLS Web Client Authentication (RFC 5280 4.2.1.12). */
const clientPurpose = '1.3.6.1.5.5.7.3.2';

export const certificateLights: Look = facts => {
  const { settings, certificate, now } = facts;
  if (certificate === undefined)
    return light(
      'certificate',
      'broken',
      'Signet has no certificate: set SIGNET_TLS_CERT and SIGNET_TLS_KEY.',
    );
  const parsed = read(certificate);
  if (!parsed) return light('certificate', 'broken', 'The certificate cannot be read: give it as PEM.');
  const { relayHost, relayTls, identification } = settings;
  const until = Date.parse(parsed.validTo);
  const date = new Date(until).toISOString().slice(0, 10);
  if (until <= now) return light('certificate', 'broken', `The certificate ended on ${date}: renew it.`);
  if (relayTls === 'verified' && !parsed.checkHost(relayHost))
    return light(
      'certificate',
      'broken',
      `The certificate does not name ${relayHost}, and Exchange checks that it does.`,
    );
  if (identification.kind === 'certificate' && !isNamed(parsed, identification.name))
    return light(
      'certificate',
      'broken',
      `The certificate does not name ${identification.name}, by which Exchange shall know Signet.`,
    );
  if (relayTls === 'verified' && parsed.issuer === parsed.subject)
    return light(
      'certificate',
      'broken',
      'The certificate is signed by itself: Exchange takes one of a public authority, or none is checked (any certificate).',
    );
  if (until - now < soonDays * dayMs)
    return light('certificate', 'look', `The certificate ends on ${date}: renew it before.`);
  return [
    ...light('certificate', 'well', `The certificate covers ${relayHost} and is good until ${date}.`),
    ...purposeLight(parsed, facts),
  ];
};

/** Public authorities give that purpose up; whether Exchange minds is not documented (exchange-online.md 12.3). */
function purposeLight({ keyUsage }: X509Certificate, { settings }: Parameters<Look>[0]) {
  const isWithout = keyUsage !== undefined && !keyUsage.includes(clientPurpose);
  if (!isWithout || settings.identification.kind !== 'certificate') return [];
  return light(
    'certificate-purpose',
    'look',
    'The certificate is made for servers and not for clients, as public authorities do it now: Exchange is not known to mind; if mail does not come back, identify Signet by its address.',
  );
}

function read(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/** `*.contoso.com` must stand there as it is. */
function isNamed(certificate: X509Certificate, name: string) {
  const names = (certificate.subjectAltName ?? '').split(/,\s*/);
  return name.startsWith('*.') ? names.includes(`DNS:${name}`) : certificate.checkHost(name) !== undefined;
}
