/**
 * `Validate-OutboundConnector` as mail flow does it (exchange-online.md 4.1): a connection to every smart host, as the
 * connector wants it, and a mail to each recipient over the connector. No rule sees these mails, so they carry no header that
 * one sets; they carry what Exchange stamps on all that leaves.
 */
import type { OutboundConnector } from '../exchange-objects.ts';
import type { ValidationTask } from '../state.ts';
import type { Tenant } from '../tenant.ts';
import { readMessage } from './message.ts';
import { type OutboundNeeds, reach, sendOut } from './outbound.ts';
import { submitted } from './stamps.ts';
import { type Transit, unsigned } from './transit.ts';

export type Validate = (
  tenant: Tenant,
  connector: OutboundConnector,
  recipients: readonly string[],
) => Promise<readonly ValidationTask[]>;

export type ValidateNeeds = {
  readonly outboundNeeds: () => OutboundNeeds;
  readonly newGuid: () => string;
  readonly now: () => number;
  /** As it leaves over this connector. */
  readonly bytesOf: (transit: Transit, connector: OutboundConnector) => Promise<Buffer>;
};

export function createValidate({ outboundNeeds, newGuid, now, bytesOf }: ValidateNeeds): Validate {
  async function connects(name: string, connector: OutboundConnector): Promise<ValidationTask> {
    const reached = await reach(name, connector, outboundNeeds());
    if (reached.kind === 'reached') reached.connection.quit();
    const detail = reached.kind === 'failed' ? reached.status : '';
    return { ...task(`Check connectivity to '${name}'`, detail), SmartHost: name };
  }

  async function sends(tenant: Tenant, connector: OutboundConnector, to: string): Promise<ValidationTask> {
    const sender = `O365ConnectorValidation@${defaultDomain(tenant)}`;
    const networkId = newGuid();
    const stamp = { messageId: `<${newGuid()}@${defaultDomain(tenant)}>`, networkId, now: now() };
    const message = submitted(readMessage(testMail(sender, to, stamp.now)), stamp);
    const transit = { tenant, sender, recipients: [to], isAuthenticated: true, networkId, message };
    const bytes = await bytesOf({ ...transit, verdict: unsigned, since: stamp.now }, connector);
    const { failures } = await sendOut({ connector, sender, recipients: [to], bytes }, outboundNeeds());
    return task(`Send test email to '${to}'`, failures[0]?.status ?? '');
  }

  return async (tenant, connector, recipients) => {
    const tasks: ValidationTask[] = [];
    for (const name of connector.SmartHosts) tasks.push(await connects(name, connector));
    for (const to of recipients) tasks.push(await sends(tenant, connector, to));
    return tasks;
  };
}

function task(TaskName: string, TaskDetail: string): ValidationTask {
  return { TaskName, IsTaskSuccessful: TaskDetail === '', TaskDetail };
}

function defaultDomain(tenant: Tenant): string {
  const domains = tenant.inForce().acceptedDomains;
  return (domains.find(({ Default }) => Default) ?? domains[0])?.DomainName ?? '';
}

function testMail(from: string, to: string, now: number): Buffer {
  return Buffer.from(
    [
      `From: <${from}>`,
      `To: <${to}>`,
      'Subject: Test email for connector validation',
      `Date: ${new Date(now).toUTCString().replace('GMT', '+0000')}`,
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=us-ascii',
      '',
      'This test email was sent to validate a connector.',
      '',
    ].join('\r\n'),
  );
}
