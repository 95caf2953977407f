/**
 * The simulated Exchange as a server: the host to which `*.mail.protection.outlook.com` leads, for all tenants of the
 * sandbox (exchange-online.md 7.2 and 7.5), by smtp-server on a real socket. STARTTLS asks for a client certificate and
 * believes those of trusted authorities. Who is refused is told at RCPT; a loop is found when the message is there.
 */
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { SMTPServerAddress, SMTPServerDataStream, SMTPServerSession } from 'smtp-server';
import type { MadeCertificate } from '../../make-certificate.ts';
import type { Tenant } from '../tenant.ts';
import { type Attribution, attribute, type Caller } from './attribution.ts';
import { InboundServer } from './inbound-server.ts';
import { allOf, readMessage } from './message.ts';

export type Entered = {
  readonly attribution: Exclude<Attribution, { kind: 'refused' }>;
  readonly caller: Caller;
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly bytes: Buffer;
};

export type Refusal = { readonly code: number; readonly text: string };

export type InboundNeeds = {
  readonly tenants: () => readonly Tenant[];
  readonly certificate: MadeCertificate;
  /** The authorities whose client certificates are believed, as PEM. */
  readonly trusted: string;
  /** A refusal that a fault asks for. */
  readonly faultAt: (stage: 'connect' | 'rcpt' | 'data') => Refusal | undefined;
  /** Whether STARTTLS is offered to new connections. */
  readonly hasTls: () => boolean;
  /** Fault: the reply to the final dot never leaves. */
  readonly losesReplies: () => boolean;
  readonly mailboxExists: (tenant: Tenant, address: string) => boolean;
  readonly enter: (entered: Entered) => string;
};

/** What a Receive connector of Exchange allows by default. */
const mostHops = 60;
/** More at once from one address are turned away (7.4). */
const mostConnections = 20;
const sizeBytes = 157_286_400;
const host = 'DB1PEPF00000001.mail.protection.outlook.com';

type State = { caller: Caller; attributions: Map<string, Attribution> };

export type Inbound = {
  readonly listen: (address: { readonly host: string; readonly port: number }) => Promise<number>;
  readonly close: () => Promise<void>;
};

export function createInbound(needs: InboundNeeds): Inbound {
  const states = new WeakMap<SMTPServerSession, State>();
  const perAddress = new Map<string, number>();
  const server = new InboundServer({
    name: host,
    banner: 'Microsoft ESMTP MAIL Service ready (a simulation)',
    secure: false,
    key: needs.certificate.key,
    cert: needs.certificate.certificate,
    ca: needs.trusted,
    requestCert: true,
    rejectUnauthorized: false,
    minVersion: 'TLSv1.2',
    disabledCommands: ['AUTH'],
    authOptional: true,
    disableReverseLookup: true,
    size: sizeBytes,
    onConnect(session, done) {
      const count = (perAddress.get(session.remoteAddress) ?? 0) + 1;
      perAddress.set(session.remoteAddress, count);
      if (!needs.hasTls()) session.disabledCommands = ['AUTH', 'STARTTLS'];
      const fault = needs.faultAt('connect') ?? (count > mostConnections ? tooMany : undefined);
      done(fault ? refusal(fault) : undefined);
    },
    onClose(session) {
      perAddress.set(session.remoteAddress, (perAddress.get(session.remoteAddress) ?? 1) - 1);
    },
    onSecure(socket, session, done) {
      stateOf(session).caller = { ...callerOf(session), certificateNames: certificateNames(socket) };
      done();
    },
    onMailFrom(_address, session, done) {
      stateOf(session).attributions = new Map();
      done();
    },
    onRcptTo({ address }, session, done) {
      const refused = needs.faultAt('rcpt') ?? judgeRecipient(session, address);
      done(refused ? refusal(refused) : undefined);
    },
    onData(stream, session, done) {
      take(stream, session).then(
        text => done(null, text),
        error => done(error as Error),
      );
    },
  });

  function stateOf(session: SMTPServerSession): State {
    const state = states.get(session) ?? { caller: callerOf(session), attributions: new Map() };
    states.set(session, state);
    return state;
  }

  function judgeRecipient(session: SMTPServerSession, recipient: string): Refusal | undefined {
    const state = stateOf(session);
    const sender = addressOf(session.envelope.mailFrom);
    const caller = {
      ...callerOf(session),
      certificateNames: session.secure ? state.caller.certificateNames : [],
    };
    const attribution = attribute(needs.tenants(), { caller, sender, recipient });
    if (attribution.kind === 'refused') return attribution;
    if (attribution.kind === 'incoming' && !needs.mailboxExists(attribution.tenant, recipient))
      return { code: 550, text: '5.4.1 Recipient address rejected: Access denied.' };
    state.attributions.set(recipient, attribution);
    return undefined;
  }

  async function take(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<string> {
    const pieces: Buffer[] = [];
    for await (const piece of stream) pieces.push(piece as Buffer);
    if (stream.sizeExceeded)
      throw refusal({ code: 552, text: '5.3.4 Message size exceeds fixed maximum message size' });
    const bytes = Buffer.concat(pieces);
    const refused = needs.faultAt('data') ?? (isLoop(bytes) ? hopCountExceeded : undefined);
    if (refused) throw refusal(refused);
    const text = enterAll(session, bytes);
    if (needs.losesReplies()) {
      socketOf(session)?.destroy();
      return new Promise(() => undefined);
    }
    return text;
  }

  /** One message for each way of attribution: recipients of one transaction may belong to several tenants. */
  function enterAll(session: SMTPServerSession, bytes: Buffer): string {
    const { attributions, caller } = stateOf(session);
    const groups = new Map<string, { attribution: Entered['attribution']; recipients: string[] }>();
    for (const [recipient, attribution] of attributions) {
      if (attribution.kind === 'refused') continue;
      const connector = attribution.kind === 'own' ? attribution.connector.Guid : '';
      const key = `${attribution.tenant.id} ${connector}`;
      const group = groups.get(key) ?? { attribution, recipients: [] };
      groups.set(key, group);
      group.recipients.push(recipient);
    }
    const sender = addressOf(session.envelope.mailFrom);
    const now = { ...callerOf(session), certificateNames: caller.certificateNames };
    const texts = [...groups.values()].map(group => needs.enter({ ...group, caller: now, sender, bytes }));
    return texts[0] ?? '2.6.0 Queued mail for delivery';
  }

  function socketOf(session: SMTPServerSession) {
    return [...server.connections].find(connection => connection.session === session)?._socket;
  }

  return {
    listen: address =>
      new Promise((resolve, reject) => {
        server.server.once('error', reject);
        server.listen(address.port, address.host, () =>
          resolve((server.server.address() as AddressInfo).port),
        );
      }),
    close: () => new Promise(resolve => void server.close(() => resolve())),
  };
}

const tooMany: Refusal = { code: 421, text: '4.3.2 Service not available, too many concurrent connections' };
const hopCountExceeded: Refusal = {
  code: 554,
  text: '5.4.14 Hop count exceeded - possible mail loop ATTR34 [DB1PEPF00000001.sandbox]',
};

function isLoop(bytes: Buffer) {
  return allOf(readMessage(bytes), 'Received').length > mostHops;
}

function refusal({ code, text }: Refusal): Error {
  return Object.assign(new Error(text), { responseCode: code });
}

function addressOf(address: SMTPServerAddress | false): string {
  return address ? address.address : '';
}

function callerOf(session: SMTPServerSession): Caller {
  const { remoteAddress, hostNameAppearsAs, secure } = session;
  return {
    address: remoteAddress,
    helo: hostNameAppearsAs || remoteAddress,
    isSecure: secure,
    certificateNames: [],
  };
}

function certificateNames(socket: unknown): readonly string[] {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return [];
  const { subject, subjectaltname = '' } = socket.getPeerCertificate();
  const alternative = subjectaltname.split(', ').flatMap(entry => /^DNS:(.+)$/.exec(entry)?.[1] ?? []);
  return [...new Set([...[subject?.CN ?? []].flat(), ...alternative])].map(name => name.toLowerCase());
}
