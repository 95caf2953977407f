/**
 * The certificate by which an application of Signet's shows itself to Entra: self-signed, RSA 3072, made here and kept in the
 * vault (exchange-online.md 2.2). Nobody verifies its chain: Entra compares it with the one that was uploaded. Written out in
 * DER (X.690) since Node makes keys but no certificates, and nothing of it depends on input but one name and two dates.
 */
import { generateKeyPair, sign } from 'node:crypto';
import { promisify } from 'node:util';
import type { ApplicationCertificate } from './sign-in-types.ts';

/** `name`: common name, ASCII; `serial`: up to 20 random bytes. The key is made beside the main loop. */
export async function makeCertificate({
  name,
  now,
  days,
  serial,
}: {
  readonly name: string;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly now: number;
  readonly days: number;
  readonly serial: Uint8Array;
}): Promise<ApplicationCertificate> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 3072 });
  const subject = sequence(set(sequence(oid('550403'), tlv(0x0c, Buffer.from(name)))));
  const toBeSigned = sequence(
    tlv(0xa0, integer(Buffer.of(2))),
    integer(serial),
    signatureAlgorithm,
    subject,
    // An hour earlier, for clocks that are behind.
    sequence(time(now - 3_600_000), time(now + days * 86_400_000)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = sign('sha256', toBeSigned, privateKey);
  const whole = sequence(toBeSigned, signatureAlgorithm, tlv(0x03, Buffer.concat([Buffer.of(0), signature])));
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${lines(whole)}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** sha256WithRSAEncryption with its NULL (RFC 4055 5). */
const signatureAlgorithm = sequence(oid('2a864886f70d01010b'), tlv(0x05, Buffer.alloc(0)));

function tlv(tag: number, content: Uint8Array): Buffer {
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...size), content]);
}

function sequence(...parts: readonly Uint8Array[]) {
  return tlv(0x30, Buffer.concat(parts));
}

function set(...parts: readonly Uint8Array[]) {
  return tlv(0x31, Buffer.concat(parts));
}

function oid(hex: string) {
  return tlv(0x06, Buffer.from(hex, 'hex'));
}

/** Positive and without leading zeros, as DER wants it (X.690 8.3). */
function integer(bytes: Uint8Array) {
  const start = bytes.findIndex(byte => byte !== 0);
  const digits = start < 0 ? Uint8Array.of(0) : bytes.subarray(start);
  return tlv(0x02, (digits[0] ?? 0) < 0x80 ? digits : Buffer.concat([Buffer.of(0), digits]));
}

/** UTCTime until 2049, GeneralizedTime from 2050 on (RFC 5280 4.1.2.5). */
function time(at: number) {
  const digits = new Date(at).toISOString().replace(/\.\d+|\D/g, '');
  return Number(digits.slice(0, 4)) < 2050
    ? tlv(0x17, Buffer.from(`${digits.slice(2)}Z`))
    : tlv(0x18, Buffer.from(`${digits}Z`));
}

function lines(der: Buffer) {
  return (der.toString('base64').match(/.{1,64}/g) ?? []).join('\n');
}
