/**
 * The simulated Exchange as a client: one message to one smart host of a connector (exchange-online.md 4.1 and 7.1), by
 * nodemailer's connection on a real socket. TLS is as the connector says: none set is opportunistic, `EncryptionOnly` takes
 * any certificate, `CertificateValidation` a chain to a trusted authority, `DomainValidation` the name as well. The client
 * shows Microsoft's certificate when the server asks for one. It never says BDAT, so a server that only takes that is not
 * served.
 */
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import SMTPConnection, { type SMTPError } from 'nodemailer/lib/smtp-connection';
import type { MadeCertificate } from '../../make-certificate.ts';
import type { OutboundConnector } from '../exchange-objects.ts';

export type SmartHost = { readonly host: string; readonly port: number };

export type Attempt = {
  readonly connector: OutboundConnector;
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly bytes: Buffer;
};

export type Failure = {
  readonly recipients: readonly string[];
  readonly isPermanent: boolean;
  /** In Exchange's words, such as `450 4.4.316 Connection refused`. */
  readonly status: string;
};

export type Outcome = { readonly accepted: readonly string[]; readonly failures: readonly Failure[] };

export type OutboundNeeds = {
  /** What the simulated name server says of a smart host: Exchange goes to port 25, whatever that is here. */
  readonly findHost: (name: string) => SmartHost | undefined;
  /** The authorities that Exchange believes, as PEM. */
  readonly trusted: string;
  readonly clientCertificate: MadeCertificate;
  /** Fault: no smart host can be reached. */
  readonly isDead: boolean;
};

/** The region's name; the reverse name of the address is another one (7.1). */
export const clientName = 'AM0PR83CU005.outbound.protection.outlook.com';
const timeoutMs = 30_000;

/** The smart hosts in turn, until one answers for the message. Never rejects. */
export async function sendOut(attempt: Attempt, needs: OutboundNeeds): Promise<Outcome> {
  if (hasBareLineFeed(attempt.bytes)) return bareLineFeed(attempt);
  let last: Outcome | undefined;
  for (const name of attempt.connector.SmartHosts) {
    last = await sendTo(name, attempt, needs);
    if (last.accepted.length > 0 || last.failures.some(({ isPermanent }) => isPermanent)) return last;
  }
  return last ?? nobody(attempt, '450 4.4.312 DNS query failed');
}

function nobody({ recipients }: Attempt, status: string): Outcome {
  return { accepted: [], failures: [{ recipients, isPermanent: false, status }] };
}

/** Without BDAT such a message cannot be sent (smtp-relay.md 3.5). */
function hasBareLineFeed(bytes: Buffer) {
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1))
    if (bytes[at - 1] !== 13) return true;
  return false;
}

function bareLineFeed({ recipients }: Attempt): Outcome {
  const status =
    '550 5.6.11 SMTPSEND.BareLinefeedsAreIllegal; message contains bare linefeeds, which cannot be sent via DATA';
  return { accepted: [], failures: [{ recipients, isPermanent: true, status }] };
}

async function sendTo(name: string, attempt: Attempt, needs: OutboundNeeds): Promise<Outcome> {
  const reached = await reach(name, attempt.connector, needs);
  if (reached.kind === 'failed') return nobody(attempt, reached.status);
  try {
    return await handOver(reached.connection, attempt);
  } finally {
    reached.connection.close();
  }
}

export type Reached =
  | { readonly kind: 'reached'; readonly connection: SMTPConnection }
  | { readonly kind: 'failed'; readonly status: string };

/** A connection as the connector wants it, TLS included; whoever gets it closes it. Never rejects. */
export async function reach(
  name: string,
  connector: OutboundConnector,
  needs: OutboundNeeds,
): Promise<Reached> {
  const address = needs.findHost(name);
  if (!address) return { kind: 'failed', status: `450 4.4.312 DNS query failed [${name}]` };
  if (needs.isDead) return { kind: 'failed', status: refusedStatus(name) };
  const connection = new SMTPConnection({
    ...address,
    name: clientName,
    secure: false,
    ...tlsOptions(connector, name, needs),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: 10 * 60_000,
    logger: false,
  });
  try {
    await connected(connection);
    return { kind: 'reached', connection };
  } catch (error) {
    connection.close();
    return { kind: 'failed', status: temporary(error, name) };
  }
}

function refusedStatus(name: string) {
  return `450 4.4.316 Connection refused [Message=Socket error code 10061] [LastAttemptedServerName=${name}]`;
}

function tlsOptions({ TlsSettings, TlsDomain }: OutboundConnector, name: string, needs: OutboundNeeds) {
  const { key, certificate: cert } = needs.clientCertificate;
  const isVerified = TlsSettings === 'CertificateValidation' || TlsSettings === 'DomainValidation';
  return {
    opportunisticTLS: TlsSettings === null,
    requireTLS: TlsSettings !== null,
    tls: {
      key,
      cert,
      ca: needs.trusted,
      servername: name,
      minVersion: 'TLSv1.2' as const,
      rejectUnauthorized: isVerified,
      checkServerIdentity: (_: string, shown: PeerCertificate) =>
        TlsSettings === 'DomainValidation' ? nameProblem(TlsDomain ?? name, shown) : undefined,
    },
  };
}

/** `*.contoso.com` is met by a certificate for any name below contoso.com. */
function nameProblem(wanted: string, shown: PeerCertificate): Error | undefined {
  if (!wanted.startsWith('*.')) return checkServerIdentity(wanted, shown);
  const names = (shown.subjectaltname ?? '').split(', ').map(entry => entry.replace(/^DNS:/, ''));
  const isBelow = names.some(name => name.toLowerCase().endsWith(wanted.slice(1).toLowerCase()));
  return isBelow ? undefined : new Error(`no name below ${wanted.slice(2)} in the certificate`);
}

function connected(connection: SMTPConnection): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.once('error', reject);
    connection.connect(error => (error ? reject(error) : resolve()));
  });
}

type Sent = {
  readonly accepted?: readonly string[];
  readonly rejected?: readonly string[];
  readonly rejectedErrors?: readonly SMTPError[];
};

function handOver(connection: SMTPConnection, attempt: Attempt): Promise<Outcome> {
  const { sender, recipients, bytes } = attempt;
  return new Promise(resolve => {
    const fail = (error: Error) => resolve(refusedAll(attempt, error as SMTPError));
    connection.on('error', fail);
    connection.send(
      { from: sender, to: [...recipients], size: bytes.length, use8BitMime: true },
      bytes,
      (error, info) => (error ? fail(error) : resolve(outcomeOf(info as Sent))),
    );
  });
}

function outcomeOf({ accepted = [], rejected = [], rejectedErrors = [] }: Sent): Outcome {
  const failures = rejected.map((recipient, at): Failure => {
    const error = rejectedErrors[at];
    return {
      recipients: [recipient],
      isPermanent: (error?.responseCode ?? 0) >= 500,
      status: error?.response ?? '450 4.4.0 no answer',
    };
  });
  return { accepted, failures };
}

/** Everybody was refused, or the message itself. */
function refusedAll({ recipients }: Attempt, error: SMTPError): Outcome {
  const each = error.rejectedErrors ?? [];
  if (each.length === recipients.length && each.length > 0)
    return outcomeOf({ rejected: recipients, rejectedErrors: each });
  const code = error.responseCode ?? 0;
  const status =
    code >= 400 ? (error.response ?? String(code)) : '450 4.4.318 Connection was closed abruptly';
  return { accepted: [], failures: [{ recipients, isPermanent: code >= 500, status }] };
}

/** Whatever stops a connection before MAIL is temporary, a certificate that does not fit included. */
function temporary(error: unknown, name: string): string {
  const { code = '', response, message } = error as SMTPError;
  if (code === 'ETLS' || /certificate|TLS|SSL|altname/i.test(message))
    return `450 4.4.317 Cannot establish session with remote server [Message=${message}] [LastAttemptedServerName=${name}]`;
  if (response) return `450 4.4.317 Cannot connect to remote server [Message=${response}]`;
  return `450 4.4.316 Connection refused [Message=${message}] [LastAttemptedServerName=${name}]`;
}
