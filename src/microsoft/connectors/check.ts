/**
 * PURE. Whether settings can become connectors and rules that Exchange takes (exchange-online.md 4). What passes here is
 * plain ASCII within Exchange's lengths, so nothing later has to think of odd characters.
 */
import { failed } from '../../problem.ts';
import { done, type Outcome } from '../failure.ts';
import type { ConnectorSettings } from './settings.ts';

/** The settings as they are, or one sentence about the first thing wrong with them. */
export function checkSettings(settings: ConnectorSettings): Outcome<ConnectorSettings, 'invalid'> {
  const wrong = rules.find(({ isRight }) => !isRight(settings));
  if (!wrong) return done(settings);
  return { ...failed('SIGNET_CONNECTOR_SETTINGS', wrong.sentence), kind: 'failed', reason: 'invalid' };
}

const rules: readonly {
  readonly sentence: string;
  readonly isRight: (settings: ConnectorSettings) => boolean;
}[] = [
  {
    sentence: "The relay's name must be a full host name such as signet.example.com; Exchange takes no port.",
    isRight: ({ relayHost }) => isHostName(relayHost),
  },
  {
    sentence: "The certificate's name must be a full host name such as signet.example.com, or *.example.com.",
    isRight: ({ identification }) =>
      identification.kind !== 'certificate' || isHostName(identification.name.replace(/^\*\./, '')),
  },
  {
    sentence:
      "Give one public IPv4 address of Signet's at least, or blocks from /24 to /32; Exchange takes no IPv6.",
    isRight: ({ identification }) =>
      identification.kind !== 'addresses' ||
      (identification.addresses.length > 0 && identification.addresses.every(isPublicBlock)),
  },
  {
    sentence:
      "The group must be given by its mail address; dynamic groups and groups without mail don't work.",
    isRight: ({ scope: { senders } }) => senders.kind === 'all' || isAddress(senders.address),
  },
  {
    sentence: 'The pilot mailbox must be a mail address.',
    isRight: ({ pilot }) => !pilot || isAddress(pilot.mailbox),
  },
  {
    sentence: 'The installation id and the token must be 32 hexadecimal digits each.',
    isRight: ({ installationId, token }) => [installationId, token].every(id => /^[0-9a-f]{32}$/.test(id)),
  },
  {
    sentence: 'A route secret must be 32 to 64 letters, digits, - and _.',
    isRight: ({ routeSecret, previousRouteSecret = routeSecret }) =>
      [routeSecret, previousRouteSecret].every(secret => /^[\w-]{32,64}$/.test(secret)),
  },
  {
    sentence: "The place of Signet's rules must be a whole number from 0 to 300.",
    isRight: ({ priority }) => Number.isInteger(priority) && priority >= 0 && priority <= 300,
  },
  {
    sentence: 'The size limit must be from 1 MB to 150 MB.',
    isRight: ({ sizeLimitBytes }) =>
      Number.isInteger(sizeLimitBytes) && sizeLimitBytes >= 2 ** 20 && sizeLimitBytes <= 150 * 2 ** 20,
  },
  {
    sentence: "Signet's version must have no spaces and at most 40 characters.",
    isRight: ({ version }) => /^[!-~]{1,40}$/.test(version),
  },
  {
    sentence: 'Times must be in milliseconds since 1970.',
    isRight: ({ leaseUntil, pilot }) =>
      [leaseUntil, pilot?.until].every(time => time === undefined || !Number.isNaN(new Date(time).getTime())),
  },
];

/** LDH labels, two at least, the last one not a number (RFC 5890 2.3.1). */
function isHostName(text: string) {
  return (
    text.length <= 253 && /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9-]{2,63}$/i.test(text)
  );
}

/** An address as Exchange stores them: ASCII, one @, no quotes, and no space or control that a script could trip over. */
function isAddress(text: string) {
  return text.length <= 254 && /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[a-z0-9.-]+\.[a-z0-9-]{2,}$/i.test(text);
}

function isPublicBlock(text: string) {
  const [, a, b, c, d, bits = '32'] =
    /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d\d))?$/.exec(text) ?? [];
  const bytes = [a, b, c, d].map(Number);
  if (bytes.some(byte => !(byte <= 255)) || Number(bits) < 24 || Number(bits) > 32) return false;
  return !isPrivate(bytes);
}

/** RFC 6890: what no other network can reach. */
function isPrivate([a = 0, b = 0]: readonly number[]) {
  return (
    [0, 10, 127].includes(a) ||
    a >= 224 ||
    (a === 172 && b >= 16 && b <= 31) ||
    (a === 192 && b === 168) ||
    (a === 169 && b === 254) ||
    (a === 100 && b >= 64 && b <= 127)
  );
}
