/** A simulated tenant with a few people, its mail flow on a real port, and a smart host under the test's control. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { TLSSocket } from 'node:tls';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { SMTPServer } from 'smtp-server';
import type { MadeCertificate } from '../../src/make-certificate.ts';
import { createAuthority } from '../../src/sandbox/authority.ts';
import { createSandboxClock } from '../../src/sandbox/clock.ts';
import type { Group, Person } from '../../src/sandbox/directory.ts';
import type {
  InboundConnector,
  OutboundConnector,
  TransportRule,
} from '../../src/sandbox/exchange-objects.ts';
import type { MailFaultName } from '../../src/sandbox/flow/faults.ts';
import { createMailFlow } from '../../src/sandbox/flow/flow.ts';
import { acceptedDomain, createTenant, type Tenant } from '../../src/sandbox/tenant.ts';
import { systemClock } from './relay.ts';

const stored = { WhenCreatedUTC: '2026-08-01T10:00:00Z', WhenChangedUTC: '2026-08-01T10:00:00Z' };

const noPredicates = {
  ...{
    FromScope: null,
    SentToScope: null,
    From: null,
    FromMemberOf: null,
    SentTo: null,
    SentToMemberOf: null,
  },
  ...{ SenderDomainIs: null, RecipientDomainIs: null, FromAddressMatchesPatterns: null },
  ...{ FromAddressContainsWords: null, SubjectContainsWords: null, SubjectMatchesPatterns: null },
  ...{ HeaderContainsMessageHeader: null, HeaderContainsWords: null, HeaderMatchesMessageHeader: null },
  ...{ HeaderMatchesPatterns: null, MessageTypeMatches: null, MessageSizeOver: null },
};

const noExceptions = Object.fromEntries(
  Object.keys(noPredicates).map(name => [`ExceptIf${name}`, null]),
) as unknown as { readonly [Name in keyof typeof noPredicates as `ExceptIf${Name}`]: null };

/** A rule that does nothing, with what `changes` says. */
export function transportRule(changes: Partial<TransportRule>): TransportRule {
  return {
    ...noPredicates,
    ...noExceptions,
    Name: 'rule',
    Identity: changes.Name ?? 'rule',
    Guid: randomUUID(),
    ImmutableId: randomUUID(),
    State: 'Enabled',
    Priority: 0,
    Mode: 'Enforce',
    Comments: null,
    SenderAddressLocation: 'Header',
    RuleErrorAction: 'Ignore',
    SetAuditSeverity: null,
    StopRuleProcessing: false,
    RouteMessageOutboundConnector: null,
    SetHeaderName: null,
    SetHeaderValue: null,
    RemoveHeader: null,
    PrependSubject: null,
    ApplyOME: false,
    ApplyRightsProtectionTemplate: null,
    ActivationDate: null,
    ExpiryDate: null,
    Conditions: [],
    Exceptions: [],
    Actions: [],
    Description: '',
    WhenChanged: '2026-08-01T10:00:00Z',
    ...changes,
  };
}

export function outboundConnector(changes: Partial<OutboundConnector> = {}): OutboundConnector {
  return {
    ...stored,
    Name: 'to relay',
    Identity: 'to relay',
    Guid: randomUUID(),
    ConnectorType: 'OnPremises',
    ConnectorSource: 'Default',
    Enabled: true,
    Comment: null,
    UseMXRecord: false,
    SmartHosts: ['signet.contoso.com'],
    RecipientDomains: [],
    TlsSettings: 'DomainValidation',
    TlsDomain: 'signet.contoso.com',
    IsTransportRuleScoped: true,
    RouteAllMessagesViaOnPremises: false,
    AllAcceptedDomains: false,
    CloudServicesMailEnabled: true,
    SenderRewritingEnabled: false,
    TestMode: false,
    SmtpDaneMode: 'Opportunistic',
    MtaStsMode: 'Opportunistic',
    IsValidated: false,
    LastValidationTimestamp: null,
    ValidationRecipients: null,
    ...changes,
  };
}

export function inboundConnector(changes: Partial<InboundConnector> = {}): InboundConnector {
  return {
    ...stored,
    Name: 'from relay',
    Identity: 'from relay',
    Guid: randomUUID(),
    ConnectorType: 'OnPremises',
    ConnectorSource: 'Default',
    Enabled: true,
    Comment: null,
    SenderDomains: ['smtp:*;1'],
    SenderIPAddresses: [],
    RestrictDomainsToIPAddresses: false,
    RestrictDomainsToCertificate: true,
    RequireTls: true,
    TlsSenderCertificateName: 'signet.contoso.com',
    CloudServicesMailEnabled: true,
    TreatMessagesAsInternal: false,
    AssociatedAcceptedDomains: [],
    EFSkipLastIP: false,
    EFSkipIPs: [],
    EFUsers: [],
    ...changes,
  };
}

export function sandboxPerson(name: string, changes: Partial<Person> = {}): Person {
  const mail = `${name}@contoso.com`;
  return {
    id: `p-${name}`,
    userPrincipalName: mail,
    displayName: name,
    mail,
    proxyAddresses: [`SMTP:${mail}`, `smtp:${name}.alias@contoso.com`],
    businessPhones: [],
    accountEnabled: true,
    userType: 'Member',
    mailbox: 'user',
    licensed: true,
    roles: [],
    ...changes,
  };
}

export function sandboxGroup(
  name: string,
  members: readonly string[],
  kind: Group['kind'] = 'distribution',
): Group {
  return {
    id: `g-${name}`,
    kind,
    displayName: name,
    mail: kind === 'security' ? null : `${name}@contoso.com`,
    aliases: [],
    members,
  };
}

/** contoso.com with Ann, Ben and Cleo; `sales` holds Ann, `everyone` holds `sales` and Ben. */
export function contoso(now: () => number): Tenant {
  const tenant = createTenant({
    id: '11111111-1111-1111-1111-111111111111',
    displayName: 'Contoso',
    initialDomain: 'contoso.onmicrosoft.com',
    now,
    newGuid: randomUUID,
  });
  const domains = ['contoso.com', 'signet.contoso.com'].map(name => acceptedDomain(name, randomUUID()));
  tenant.acceptedDomains.reset([...tenant.acceptedDomains.latest(), ...domains]);
  for (const name of ['ann', 'ben', 'cleo']) tenant.directory.putPerson(sandboxPerson(name));
  tenant.directory.putGroup(sandboxGroup('sales', ['p-ann']));
  tenant.directory.putGroup(sandboxGroup('everyone', ['g-sales', 'p-ben']));
  return tenant;
}

/** One authority for a whole test file: what makes it is no concern of the tests. */
export const authority = await createAuthority({
  commonName: 'Test CA',
  now: Date.now(),
  random: randomBytes,
});
export const stranger = await createAuthority({ commonName: 'Nobody', now: Date.now(), random: randomBytes });
const microsoft = await authority.issue(['mail.protection.outlook.com', '*.mail.protection.outlook.com']);
export const relayIdentity = await authority.issue(['signet.contoso.com']);

export type Taken = {
  readonly from: string;
  readonly recipients: readonly string[];
  readonly bytes: Buffer;
  readonly text: string;
  readonly clientNames: string;
  readonly isSecure: boolean;
};

export type World = Awaited<ReturnType<typeof startWorld>>;

export async function startWorld(context: Pick<TestContext, 'after'>) {
  const clock = createSandboxClock(systemClock);
  const tenants = [contoso(clock.now)];
  const [tenant] = tenants as [Tenant];
  const hosts = new Map<string, { host: string; port: number }>();
  const faults = new Set<MailFaultName>();
  const flow = createMailFlow({
    tenants: () => tenants,
    now: clock.now,
    newGuid: randomUUID,
    findHost: name => hosts.get(name),
    certificate: microsoft,
    trusted: authority.certificate,
    faults,
  });
  const port = await flow.listen({ host: '127.0.0.1', port: 0 });
  context.after(() => flow.close());

  /** Sends by the rule and connectors that the sheet recommends (5.3), to the smart host `signet.contoso.com`. */
  function connect(rule: Partial<TransportRule> = {}) {
    tenant.outboundConnectors.reset([outboundConnector()]);
    tenant.inboundConnectors.reset([inboundConnector()]);
    tenant.transportRules.reset([routingRule(rule)]);
  }

  /** Gives a message back, as a relay does, or sends one from the internet when no certificate is given. */
  async function handIn(wish: HandIn): Promise<string> {
    const connection = new SMTPConnection({
      host: '127.0.0.1',
      port,
      name: 'signet.contoso.com',
      ignoreTLS: wish.certificate === undefined,
      requireTLS: wish.certificate !== undefined,
      tls: {
        ca: authority.certificate,
        servername: 'contoso-com.mail.protection.outlook.com',
        ...(wish.certificate ? { cert: wish.certificate.certificate, key: wish.certificate.key } : {}),
      },
    });
    try {
      await new Promise<void>((resolve, reject) => {
        connection.once('error', reject);
        connection.connect(error => (error ? reject(error) : resolve()));
      });
      const reply = await new Promise<string>(resolve => {
        connection.on('error', error => resolve(String((error as { response?: string }).response ?? error)));
        connection.send({ from: wish.from, to: [...wish.to] }, wish.bytes, (error, info) =>
          resolve(error ? String((error as { response?: string }).response ?? error) : info.response),
        );
      });
      return reply;
    } catch (error) {
      return String((error as { response?: string }).response ?? error);
    } finally {
      connection.close();
    }
  }

  return { clock, tenant, tenants, hosts, faults, flow, port, connect, handIn };
}

export type HandIn = {
  readonly from: string;
  readonly to: readonly string[];
  readonly bytes: Buffer;
  readonly certificate?: MadeCertificate;
};

/** The main rule of the sheet's section 5.3. */
export function routingRule(changes: Partial<TransportRule> = {}): TransportRule {
  return transportRule({
    Name: 'route for signature',
    FromScope: 'InOrganization',
    SenderAddressLocation: 'HeaderOrEnvelope',
    RouteMessageOutboundConnector: 'to relay',
    SetHeaderName: 'X-Signet-Route',
    SetHeaderValue: 'secret',
    ExceptIfHeaderMatchesMessageHeader: 'X-Signet-Processed',
    ExceptIfHeaderMatchesPatterns: ['7f3c9a1e5b'],
    ExceptIfFromAddressMatchesPatterns: ['<>'],
    ExceptIfMessageSizeOver: '22.5 MB (23,592,960 bytes)',
    ExceptIfMessageTypeMatches: 'Calendaring',
    StopRuleProcessing: true,
    ...changes,
  });
}

export type SmartHostOptions = {
  readonly certificate?: MadeCertificate;
  readonly hasTls?: boolean;
  /** The reply to each message, after it was taken; '' for 250. */
  readonly reply?: (taken: Taken) => string | Promise<string>;
  /** The reply to each recipient; '' for 250. */
  readonly rcpt?: (recipient: string) => string;
};

/** A smart host that takes what it gets. */
export async function startSmartHost(
  context: Pick<TestContext, 'after'>,
  world: World,
  options: SmartHostOptions = {},
) {
  const { certificate = relayIdentity, hasTls = true, reply = () => '', rcpt = () => '' } = options;
  const taken: Taken[] = [];
  const names = new WeakMap<object, string>();
  const server = new SMTPServer({
    key: certificate.key,
    cert: certificate.certificate,
    ca: authority.certificate,
    requestCert: true,
    rejectUnauthorized: false,
    authOptional: true,
    disableReverseLookup: true,
    disabledCommands: hasTls ? ['AUTH'] : ['AUTH', 'STARTTLS'],
    logger: false,
    onSecure(socket, session, done) {
      const shown =
        socket instanceof TLSSocket && socket.authorized ? socket.getPeerCertificate() : undefined;
      names.set(session, `${shown?.subject.CN ?? ''}`);
      done();
    },
    onRcptTo({ address }, _session, done) {
      done(refusal(rcpt(address)));
    },
    onData(stream, session, done) {
      const pieces: Buffer[] = [];
      stream.on('data', (piece: Buffer) => pieces.push(piece));
      stream.on('end', () => {
        const bytes = Buffer.concat(pieces);
        const { mailFrom, rcptTo } = session.envelope;
        const one: Taken = {
          from: mailFrom ? mailFrom.address : '',
          recipients: rcptTo.map(({ address }) => address),
          bytes,
          text: bytes.toString('latin1'),
          clientNames: names.get(session) ?? '',
          isSecure: session.secure,
        };
        void Promise.resolve(reply(one)).then(text => {
          if (text === '') taken.push(one);
          done(refusal(text));
        });
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', () => resolve()));
  context.after(() => new Promise<void>(resolve => void server.close(() => resolve())));
  const { port } = server.server.address() as AddressInfo;
  world.hosts.set('signet.contoso.com', { host: '127.0.0.1', port });
  return { taken, port };
}

function refusal(text: string): Error | undefined {
  if (text === '') return undefined;
  return Object.assign(new Error(text.slice(4)), { responseCode: Number(text.slice(0, 3)) });
}

export function letter(changes: { readonly head?: readonly string[]; readonly body?: string } = {}): Buffer {
  const head = changes.head ?? [
    'From: Ann <ann@contoso.com>',
    'To: Bob <bob@fabrikam.com>',
    'Subject: Offer',
    'Content-Type: text/plain; charset=utf-8',
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${changes.body ?? 'Hello Bob,\r\n\r\nas agreed.\r\n'}`);
}
