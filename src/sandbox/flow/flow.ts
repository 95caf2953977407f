/**
 * Mail flow of the simulated tenants: what a person submits goes through the rules, over connectors, comes back, and ends
 * in a mailbox or outside (exchange-online.md 4 to 9). Messages live in memory. It promises that a message which it took is
 * delivered, waits, or is reported to its sender; nothing vanishes, short of the end of the process.
 */
import type { MadeCertificate } from '../../make-certificate.ts';
import type { OutboundConnector } from '../exchange-objects.ts';
import { isAccepted, type Tenant } from '../tenant.ts';
import { addressesOf, domainOf } from './addresses.ts';
import { capturingConnector, findConnector } from './connector-choice.ts';
import { inboundRefusal, type MailFaults } from './faults.ts';
import { createInbound, type Entered, type Inbound } from './inbound.ts';
import { createMailboxes, type Mailboxes } from './mailboxes.ts';
import { field, firstOf, onTop, readMessage, without, writeMessage } from './message.ts';
import { writeNonDelivery } from './non-delivery.ts';
import { expandRecipients, organisationOf } from './organisation.ts';
import { type Failure, type OutboundNeeds, type SmartHost, sendOut } from './outbound.ts';
import { protect } from './protect.ts';
import { createGate, createQueue, type Waiting } from './queue.ts';
import { rulesInForce } from './rule.ts';
import { type Copy, evaluateRules } from './rule-evaluation.ts';
import { createSeals } from './seals.ts';
import { arrived, authenticationResults, leaving, submitted } from './stamps.ts';
import { createTrace, type Trace } from './trace.ts';
import {
  anonymous,
  expired,
  fannedOut,
  fromDomain,
  idOf,
  initialDomain,
  isInternalMail,
  sidesOf,
  type Transit,
  unsigned,
} from './transit.ts';
import { createValidate, type Validate } from './validate.ts';

export type MailFlowNeeds = {
  readonly tenants: () => readonly Tenant[];
  /** Simulated time in milliseconds. */
  readonly now: () => number;
  readonly newGuid: () => string;
  readonly findHost: (name: string) => SmartHost | undefined;
  /** Microsoft's: of the inbound host, and shown by the client to smart hosts. */
  readonly certificate: MadeCertificate;
  /** The authorities that Exchange believes, as PEM. */
  readonly trusted: string;
  readonly faults: MailFaults;
};

/** A message as a client of a person's mailbox submits it; CRLF line ends. */
export type Submitted = {
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly bytes: Buffer;
};

export type MailFlow = Pick<Inbound, 'listen'> & {
  /** @returns the message's Message-ID */
  readonly submit: (tenant: Tenant, submission: Submitted) => string;
  readonly mailboxes: Mailboxes;
  readonly trace: Trace;
  readonly waiting: () => readonly Waiting[];
  /** Attempts what is due by the simulated time; resolves when nothing moves. */
  readonly runDue: () => Promise<void>;
  /** The same for whoever owns the time: waits for nothing, and may be called again while attempts run. */
  readonly tick: () => void;
  /** Exchange's own test of a connector (exchange-online.md 4.1). */
  readonly validate: Validate;
  /** Resolves when nothing moves: all is delivered, reported or waiting for its time. */
  readonly settled: () => Promise<void>;
  readonly close: () => Promise<void>;
};

const mostConnections = 10;
const inboundHost = 'DB1PEPF00000001.mail.protection.outlook.com';

export function createMailFlow(needs: MailFlowNeeds): MailFlow {
  const { tenants, now, newGuid, faults } = needs;
  const mailboxes = createMailboxes();
  const seals = createSeals();
  const trace = createTrace(now);
  const queue = createQueue(now);
  const gate = createGate(mostConnections);
  const moving = new Set<Promise<void>>();
  const inbound = createInbound({
    tenants,
    certificate: needs.certificate,
    trusted: needs.trusted,
    faultAt: stage => inboundRefusal(faults, stage),
    hasTls: () => !faults.has('inbound-without-tls'),
    losesReplies: () => faults.has('reply-lost'),
    mailboxExists: (tenant, address) => organisationOf(tenant).isRecipient(address),
    enter,
  });

  function move(step: Promise<void>) {
    const watched = step
      .catch(error => trace.add('', `a fault of the simulation: ${String(error)}`))
      .finally(() => moving.delete(watched));
    moving.add(watched);
  }

  async function settled() {
    while (moving.size > 0) await Promise.all(moving);
  }

  function submit(tenant: Tenant, { sender, recipients, bytes }: Submitted): string {
    const networkId = newGuid();
    const original = readMessage(bytes);
    const messageId = firstOf(original, 'Message-ID') ?? `<${newGuid()}@${domainOf(sender)}>`;
    const message = submitted(original, { messageId, networkId, now: now() });
    mailboxes.put({
      owner: sender,
      folder: 'sent',
      receivedAt: now(),
      bytes: writeMessage(without(message, ['Received'])),
      sender,
      recipients,
      isFromOutside: false,
    });
    trace.add(messageId, `${sender} sends to ${recipients.join(', ')}`);
    const transit = { tenant, sender, isAuthenticated: true, verdict: unsigned, since: now(), networkId };
    for (const part of expandRecipients(tenant, recipients))
      move(
        judge({ ...transit, recipients: part.recipients, message: fannedOut(message, part.viaUnifiedGroup) }),
      );
    return messageId;
  }

  function enter({ attribution, caller, sender, recipients, bytes }: Entered): string {
    const id = newGuid();
    const { tenant } = attribution;
    const come = async () => {
      const verdict = await seals.verify(bytes, now());
      const back = { attribution, caller, now: now(), host: inboundHost, id, networkId: newGuid(), verdict };
      const message = arrived(readMessage(bytes), back);
      const networkId = firstOf(message, 'X-MS-Exchange-Organization-Network-Message-Id') ?? id;
      trace.add(idOf(message), `comes in from ${caller.helo}: ${attributionText(attribution)}`);
      const transit = { tenant, sender, verdict, since: now(), networkId };
      for (const part of expandRecipients(tenant, recipients))
        for (const side of sidesOf(tenant, part.recipients))
          await judge({
            ...transit,
            recipients: side.recipients,
            message: fannedOut(side.isInternal ? message : anonymous(message), part.viaUnifiedGroup),
            isAuthenticated: side.isInternal && isInternalMail(message),
          });
    };
    move(come());
    return `2.6.0 ${idOf(readMessage(bytes))} [InternalId=${id}, Hostname=${inboundHost}] Queued mail for delivery`;
  }

  /** The rules, then the way of each copy. */
  async function judge(transit: Transit): Promise<void> {
    const { tenant, message, recipients } = transit;
    const copies = evaluateRules(transit, {
      rules: rulesInForce(tenant.inForce().transportRules, now()),
      organisation: organisationOf(tenant),
      forking: faults.has('one-copy') ? 'any' : 'per-recipient',
    });
    for (const { matched, recipients: taken } of copies)
      if (matched.length > 0)
        trace.add(idOf(message), `rules ${matched.join(', ')} take ${taken.join(', ')}`);
    if (recipients.length > 0) await Promise.all(copies.map(copy => dispatch(transit, copy)));
  }

  async function dispatch(transit: Transit, copy: Copy): Promise<void> {
    const message = copy.isEncrypted ? protect(copy.message, `_rpmsg_${newGuid()}_`) : copy.message;
    const own = { ...transit, message, recipients: copy.recipients };
    if (copy.route === undefined) return resolve(own);
    const connector = findConnector(transit.tenant, copy.route.connector);
    if (connector) return over(connector, own);
    if (copy.route.onError === 'Ignore') return resolve(own);
    trace.add(idOf(message), 'the connector of a rule cannot be found: deferred');
    return queue.add({
      label: idOf(message),
      since: transit.since,
      attempt: async () => {
        const found = findConnector(transit.tenant, copy.route?.connector ?? '');
        if (found) await over(found, own);
        return found ? undefined : '450 4.7.26 a mail flow rule could not be applied';
      },
      expire: status => report(own, expired(own.recipients, status)),
    });
  }

  /** Without a rule's route: to mailboxes here, over connectors that are not bound to rules, or to the internet. */
  async function resolve(transit: Transit): Promise<void> {
    const { tenant, recipients } = transit;
    const organisation = organisationOf(tenant);
    const { acceptedDomains } = tenant.inForce();
    const unknown: string[] = [];
    for (const recipient of recipients) {
      const isOurs = isAccepted(acceptedDomains, domainOf(recipient));
      const connector = capturingConnector(tenant, recipient, isOurs);
      if (connector) await over(connector, { ...transit, recipients: [recipient] });
      else if (!isOurs) await leave({ ...transit, recipients: [recipient] });
      else if (organisation.isRecipient(recipient)) deliver(transit, recipient);
      else unknown.push(recipient);
    }
    if (unknown.length > 0)
      report(transit, [{ recipients: unknown, isPermanent: true, status: recipientNotFound }]);
  }

  function deliver({ message, sender }: Transit, recipient: string) {
    mailboxes.put({
      owner: recipient,
      folder: 'inbox',
      receivedAt: now(),
      bytes: writeMessage(message),
      sender,
      recipients: [recipient],
      isFromOutside: !isInternalMail(message),
    });
    trace.add(idOf(message), `delivered to ${recipient}`);
  }

  async function leave(transit: Transit): Promise<void> {
    const bytes = await sealed(transit, { keepsInternal: false, signingDomain: fromDomain(transit) });
    const { dkim, arc } = await seals.verify(bytes, now());
    const seen = onTop(readMessage(bytes), [
      field('Authentication-Results', `mx.outside.example; dkim=${dkim}; arc=${arc}`),
    ]);
    const [recipient = ''] = transit.recipients;
    mailboxes.put({
      owner: recipient,
      folder: 'inbox',
      receivedAt: now(),
      bytes: writeMessage(seen),
      sender: transit.sender,
      recipients: [recipient],
      isFromOutside: true,
      dkim,
    });
    trace.add(idOf(transit.message), `left for ${recipient} outside, dkim=${dkim}`);
  }

  /** The bytes as they go out, signed and sealed. */
  async function sealed(transit: Transit, wish: { keepsInternal: boolean; signingDomain: string }) {
    const { tenant, message, verdict } = transit;
    const results = authenticationResults(verdict, message);
    const gone = leaving(message, {
      tenantId: tenant.id,
      originatorOrg: fromDomain(transit),
      now: now(),
      keepsInternal: wish.keepsInternal,
      authenticationResults: results,
    });
    const plain = writeMessage(gone);
    const signed = Buffer.concat([Buffer.from(await seals.sign(plain, wish.signingDomain, now())), plain]);
    const arc = await seals.seal(signed, { now: now(), verdict, results });
    return Buffer.concat([Buffer.from(arc), signed]);
  }

  async function over(connector: OutboundConnector, transit: Transit): Promise<void> {
    const { tenant, message, sender } = transit;
    const bytes = await sealed(transit, {
      keepsInternal: connector.CloudServicesMailEnabled,
      signingDomain: initialDomain(tenant),
    });
    let left = transit.recipients;
    await queue.add({
      label: idOf(message),
      since: transit.since,
      attempt: async () => {
        const latest = findConnector(tenant, connector.Guid) ?? connector;
        const { accepted, failures } = await gate(() =>
          sendOut({ connector: latest, sender, recipients: left, bytes }, outboundNeeds()),
        );
        if (accepted.length > 0)
          trace.add(idOf(message), `"${connector.Name}" took it for ${accepted.join(', ')}`);
        const permanent = failures.filter(({ isPermanent }) => isPermanent);
        if (permanent.length > 0) report(transit, permanent);
        const temporary = failures.filter(({ isPermanent }) => !isPermanent);
        left = temporary.flatMap(({ recipients }) => recipients);
        const status = temporary[0]?.status;
        if (status !== undefined) trace.add(idOf(message), `"${connector.Name}" defers: ${status}`);
        return status;
      },
      expire: status => report(transit, expired(left, status)),
    });
  }

  function outboundNeeds(): OutboundNeeds {
    return { ...needs, clientCertificate: needs.certificate, isDead: faults.has('connector-dead') };
  }

  const validate = createValidate({
    outboundNeeds,
    newGuid,
    now,
    bytesOf: (transit, connector) =>
      sealed(transit, {
        keepsInternal: connector.CloudServicesMailEnabled,
        signingDomain: initialDomain(transit.tenant),
      }),
  });

  /** To the sender, if it is one of ours; a report itself is never reported. */
  function report({ tenant, message, sender }: Transit, failures: readonly Failure[]) {
    for (const { recipients, status } of failures)
      trace.add(idOf(message), `not delivered to ${recipients.join(', ')}: ${status}`);
    if (sender === '') return;
    const [from = sender] = addressesOf(firstOf(message, 'From') ?? '');
    const domain = initialDomain(tenant);
    const bytes = writeNonDelivery({
      domain,
      sender: from,
      failures: failures.flatMap(({ recipients, status }) =>
        recipients.map(recipient => ({ recipient, status })),
      ),
      header: message.fields.map(({ raw }) => raw).join(''),
      subject: firstOf(message, 'Subject') ?? '',
      id: newGuid(),
      now: now(),
    });
    const networkId = newGuid();
    const stamped = submitted(readMessage(bytes), { messageId: '', networkId, now: now() });
    const transit = { tenant, sender: '', recipients: [sender], isAuthenticated: true, networkId };
    move(judge({ ...transit, message: stamped, verdict: unsigned, since: now() }));
  }

  return {
    listen: inbound.listen,
    submit,
    mailboxes,
    trace,
    waiting: queue.waiting,
    runDue: async () => {
      await queue.runDue();
      await settled();
    },
    tick: () => move(queue.runDue()),
    validate,
    settled,
    close: async () => {
      await inbound.close();
      await settled();
    },
  };
}

const recipientNotFound =
  '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup';

function attributionText(attribution: Entered['attribution']) {
  return attribution.kind === 'own'
    ? `the tenant's own mail over "${attribution.connector.Name}", by ${attribution.by}`
    : 'mail from the internet';
}
