/** Who may hand mail in, and where it goes: peers and the next hop. */
import { isIP } from 'node:net';
import { z } from 'zod';
import { choice, domain, expected, host, line, mapping, text, wholeNumber } from './words.ts';

const what = 'an address or a block such as 192.0.2.0/24';

const block = text(what, value => {
  const [ip = '', bits, ...rest] = value.split('/');
  const version = isIP(ip);
  if (version === 0 || rest.length > 0 || ip.includes('%')) return undefined;
  const fits = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
  return fits ? value.toLowerCase() : undefined;
});

const userPeer = mapping({ user: line, passwordFile: line.exactOptional() });
const certificatePeer = mapping({ certificate: line });

export type WrittenPeer = string | z.infer<typeof userPeer> | z.infer<typeof certificatePeer>;

export const peer = choice<WrittenPeer>(input => {
  if (typeof input === 'string') return block;
  if (typeof input !== 'object' || input === null)
    return expected(`${what}, {user: NAME, passwordFile: FILE} or {certificate: NAME}`, input);
  return 'certificate' in input ? certificatePeer : userPeer;
});

export const nextHop = mapping({
  host: host.exactOptional(),
  mx: domain.exactOptional(),
  port: wholeNumber('a port from 1 to 65535', 1, 65_535).exactOptional(),
  tls: z.enum(['required', 'opportunistic', 'off']).exactOptional(),
  ca: text('PEM', value => value).exactOptional(),
  caFile: line.exactOptional(),
  clientCertificate: text('PEM', value => value).exactOptional(),
  clientCertificateFile: line.exactOptional(),
  clientKeyFile: line.exactOptional(),
  user: line.exactOptional(),
  passwordFile: line.exactOptional(),
  serverCertificate: z.literal(true).exactOptional(),
}).superRefine((hop, context) => {
  const say = (key: string, message: string) =>
    context.addIssue({ code: 'custom', path: key ? [key] : [], message });
  if (!hop.host && !hop.mx)
    say('', 'the next hop has no place: add host (a server) or mx (a domain whose MX records are followed).');
  for (const [one, other] of [
    ['host', 'mx'],
    ['ca', 'caFile'],
    ['clientCertificate', 'clientCertificateFile'],
  ] as const)
    if (hop[one] !== undefined && hop[other] !== undefined)
      say(other, `${one} and ${other} exclude each other: keep one of them.`);
  if (hop.passwordFile && !hop.user) say('passwordFile', 'a password needs a user: add the key user.');
  const hasCertificate = hop.clientCertificate !== undefined || hop.clientCertificateFile !== undefined;
  if (hop.clientKeyFile && !hasCertificate)
    say('clientKeyFile', 'a key needs its certificate: add clientCertificateFile.');
  if (hop.serverCertificate && hasCertificate)
    say('serverCertificate', "it excludes a certificate of the tenant's own: keep one of them.");
  if (hop.tls === 'off' && (hop.user || hasCertificate || hop.serverCertificate))
    say(
      'tls',
      'a password or certificate is only shown over TLS: use required, or leave user and certificate out.',
    );
});

export type WrittenNextHop = z.infer<typeof nextHop>;
