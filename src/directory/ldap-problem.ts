/** What went wrong with an LDAP server, in one sentence with a remedy. Result codes: RFC 4511 4.1.9 and appendix A.2. */
import { ResultCodeError } from 'ldapts';
import { failed, type Problem, type ProblemCode } from '../problem.ts';
import { LdapConnectionLost, LdapStartTlsRefused } from './ldap-connection.ts';
import type { LdapServer, LdapSource } from './ldap-settings.ts';

type Failure = { readonly kind: 'problem'; readonly problem: Problem };

/** Undefined for what is no failure of the server or the network: a fault of our own. */
export function ldapProblem(error: unknown, source: LdapSource, server: LdapServer): Failure | undefined {
  if (error instanceof LdapStartTlsRefused)
    return failed(
      'SIGNET_DIRECTORY_CERTIFICATE',
      `${server.host} offers no StartTLS: give it a certificate, or use ldaps:// if it has one there.`,
    );
  if (error instanceof ResultCodeError) return resultProblem(error, source);
  if (!(error instanceof Error)) return undefined;
  const code = 'code' in error ? String(error.code) : '';
  if (/CERT|SELF_SIGNED|UNABLE_TO|ALTNAME/.test(code) || /certificate/i.test(error.message))
    return failed('SIGNET_DIRECTORY_CERTIFICATE', certificateSentence(code, error.message, server));
  if (/Operation timed out/.test(error.message))
    return failed(
      'SIGNET_DIRECTORY_TIME',
      `${server.host} did not answer within ${source.timeLimitSeconds} seconds: narrow the base or the filter, or raise the limit.`,
    );
  if (
    /^(?:E[A-Z_]+)$/.test(code) ||
    error instanceof LdapConnectionLost ||
    isConnectionMessage(error.message)
  )
    return failed('SIGNET_DIRECTORY_UNREACHABLE', connectionSentence(code, error.message, server));
  return undefined;
}

function isConnectionMessage(message: string) {
  return /Connection (?:timeout|closed)|Socket (?:error|connection)|disconnected before secure/i.test(
    message,
  );
}

function certificateSentence(code: string, message: string, { host }: LdapServer) {
  if (code === 'CERT_HAS_EXPIRED') return `The certificate of ${host} has expired: renew it.`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `The certificate of ${host} is for another name: connect by a name that it holds.`;
  if (/SELF_SIGNED|UNABLE_TO/.test(code))
    return `The certificate of ${host} was issued by an authority that is not known here: give its certificate as "ca".`;
  return `The certificate of ${host} cannot be accepted (${message}).`;
}

const connectionWords: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there; check the port',
  ENOTFOUND: 'its name does not resolve; check the spelling and the DNS',
  EAI_AGAIN: 'its name does not resolve at the moment; check the DNS',
  EHOSTUNREACH: 'there is no way to it; check the network and firewalls',
  ENETUNREACH: 'there is no way to it; check the network and firewalls',
  ETIMEDOUT: 'it does not answer; check the address and firewalls',
  ECONNRESET: 'it closed the connection; check the port, and whether it offers TLS there',
  EPROTO: 'it does not speak TLS there; use ldap:// with StartTLS, or the right port',
};

function connectionSentence(code: string, message: string, { url }: LdapServer) {
  const late = /timeout/i.test(message) ? connectionWords.ETIMEDOUT : undefined;
  const words =
    connectionWords[code] ?? late ?? 'the connection broke; try again, and check the server and firewalls';
  return `${url} cannot be reached: ${words}.`;
}

type Words = readonly [ProblemCode, (source: LdapSource) => string];

const credentials: Words = [
  'SIGNET_DIRECTORY_CREDENTIALS',
  ({ bindName }) => `The server does not accept the name "${bindName}" with this password: correct either.`,
];
const rights: Words = [
  'SIGNET_DIRECTORY_CREDENTIALS',
  ({ bindName, base }) =>
    `${bindName ? `The account "${bindName}"` : 'Anonymous reading'} has no right to read ${base}: use an account that has.`,
];
const encryption: Words = [
  'SIGNET_DIRECTORY_SETTINGS',
  () => 'The server asks for an encrypted connection: use ldaps://, or do not allow plain text.',
];
const base: Words = [
  'SIGNET_DIRECTORY_BASE',
  ({ base: name, groupBase }) =>
    `The server has no ${[name, groupBase].filter(Boolean).join(' or no ')} that this account may see: correct the base.`,
];
const size: Words = [
  'SIGNET_DIRECTORY_LIMIT',
  () => 'The server stopped at its size limit: raise it for the reading account, or narrow the base.',
];
const time: Words = [
  'SIGNET_DIRECTORY_TIME',
  () => 'The server stopped at its time limit: narrow the base or the filter, or ask again later.',
];
const busy: Words = [
  'SIGNET_DIRECTORY_UNREACHABLE',
  () => 'The server is busy or shuts down: try again later.',
];

const resultWords: Readonly<Record<number, Words>> = {
  1: rights,
  3: time,
  4: size,
  8: encryption,
  11: size,
  13: encryption,
  32: base,
  34: base,
  48: credentials,
  49: credentials,
  50: rights,
  51: busy,
  52: busy,
};

function resultProblem(error: ResultCodeError, source: LdapSource): Failure {
  const words = resultWords[error.code];
  if (words) return failed(words[0], words[1](source));
  return failed('SIGNET_DIRECTORY_REFUSED', `The server refused: ${error.message.slice(0, 300)}`);
}
