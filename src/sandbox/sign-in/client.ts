/**
 * How an application proves itself at the token endpoint (reference 2.4, 3.2): a public one not at all, a confidential one with
 * an assertion signed by a registered certificate (RFC 7523), or with a secret.
 */
import { createHash, timingSafeEqual, X509Certificate } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import type { Application } from '../applications.ts';
import type { State } from '../state.ts';
import { type Refusal, refused } from './aadsts.ts';

export type Presented = {
  readonly form: URLSearchParams;
  readonly application: Application;
  /** What the assertion may be addressed to. */
  readonly audiences: readonly string[];
};

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Public clients prove nothing, and must not pretend to. */
export function checkPublic({ form, application }: Presented): Refusal | undefined {
  if (!application.isFallbackPublicClient) return refused(7000218);
  return presentsSomething(form) ? refused(700025) : undefined;
}

export function presentsSomething(form: URLSearchParams): boolean {
  return form.has('client_assertion') || form.has('client_secret');
}

export async function checkConfidential(state: State, presented: Presented): Promise<Refusal | undefined> {
  const { form, application } = presented;
  const secret = form.get('client_secret');
  if (secret !== null)
    return application.secrets.some(one => isSame(one, secret)) ? undefined : refused(7000215);
  const assertion = form.get('client_assertion');
  if (!assertion || form.get('client_assertion_type') !== assertionType) return refused(7000218);
  return checkAssertion(state, presented, assertion);
}

async function checkAssertion({ clock }: State, { application, audiences }: Presented, assertion: string) {
  const certificate = findCertificate(application, assertion);
  if (!certificate) return refused(700027, 'The key was not found.');
  if (Date.parse(certificate.validTo) < clock.now()) return refused(700027, 'The key used is expired.');
  try {
    const options = {
      algorithms: ['RS256', 'PS256'],
      currentDate: new Date(clock.now()),
      clockTolerance: 300,
    };
    await jwtVerify(assertion, certificate.publicKey, options);
  } catch (error) {
    const isTime = error instanceof Error && /exp|nbf|timestamp/.test(error.message);
    return isTime ? refused(700024) : refused(700027, 'The signature does not match.');
  }
  return checkClaims(application, audiences, decodeJwt(assertion));
}

function checkClaims(
  { appId }: Application,
  audiences: readonly string[],
  claims: ReturnType<typeof decodeJwt>,
) {
  const { iss, sub, aud, exp } = claims;
  if (iss !== appId || sub !== appId) return refused(700021);
  if (exp === undefined) return refused(700024);
  return [aud].flat().some(one => one && audiences.includes(one)) ? undefined : refused(700023);
}

/** The header names its certificate by thumbprint: SHA-256, or the older SHA-1. */
function findCertificate({ certificates }: Application, assertion: string) {
  const header = readHeader(assertion);
  return certificates
    .map(pem => new X509Certificate(pem))
    .find(({ raw }) => {
      const isNamed = (name: 'sha256' | 'sha1', value: unknown) =>
        value === createHash(name).update(raw).digest('base64url');
      return isNamed('sha256', header['x5t#S256']) || isNamed('sha1', header.x5t);
    });
}

function readHeader(assertion: string): Record<string, unknown> {
  try {
    return { ...decodeProtectedHeader(assertion) };
  } catch {
    return {};
  }
}

function isSame(one: string, other: string) {
  const [a, b] = [one, other].map(text => createHash('sha256').update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}
