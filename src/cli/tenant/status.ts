/** `signet tenant status` and `list`: how tenants stand, as lines or as JSON. */
import type { MailFlowStatus } from '../../microsoft/mail-flow-types.ts';
import { exitCodes, readWords, type Terminal, write } from '../command.ts';
import { onlyName, tenantNamed, withMailFlow } from './with-mail-flow.ts';

const options = { json: { type: 'boolean', default: false } } as const;

export async function listTenants(words: readonly string[], terminal: Terminal): Promise<number> {
  const { values } = readWords('tenant', words, { options });
  const all = await withMailFlow(terminal, 'change', service => service.listTenants());
  const line = (status: MailFlowStatus) =>
    values.json ? JSON.stringify(status) : `${status.name.padEnd(30)} ${status.sentence}`;
  await write(terminal.output, all.map(status => `${line(status)}\n`).join(''));
  return exitCodes.fine;
}

export async function showStatus(words: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = readWords('tenant', words, { options, allowPositionals: true });
  const status = await withMailFlow(terminal, 'change', service =>
    tenantNamed(service, onlyName(positionals)),
  );
  await write(terminal.output, values.json ? `${JSON.stringify(status)}\n` : statusLines(status));
  return exitCodes.fine;
}

export function statusLines(status: MailFlowStatus): string {
  const { scope, rotation, failure, run } = status;
  const senders = scope.senders.kind === 'all' ? 'everyone' : `members of ${scope.senders.address}`;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['Tenant', status.name],
    ['Status', status.sentence],
    ['Since', timeOf(status.since)],
    [
      'Exchange',
      status.waitingUntil === undefined ? undefined : `may take until ${timeOf(status.waitingUntil)}`,
    ],
    [
      'Signing',
      { on: 'on', shadow: 'shadow: decided and logged, not signed', off: 'stopped: mail passes unsigned' }[
        status.signing
      ],
    ],
    [
      'Mail of',
      `${senders}, ${scope.isInternalToo ? 'to recipients inside and outside' : 'to recipients outside'}`,
    ],
    ['Domains', status.domains.join(', ') || 'not known yet'],
    ['Microsoft', status.microsoftTenantId && `${status.microsoftTenantId} (${status.cloud})`],
    ['Set up', status.method === 'manual' ? 'by hand' : undefined],
    ['Verified', timeOf(status.verifiedAt)],
    ['Last mail', timeOf(status.lastMessageAt) ?? 'none yet'],
    [
      'Secret',
      rotation &&
        (rotation.kind === 'unfinished'
          ? 'its change is not done: run "rotate-secret" again'
          : `the one before is taken until ${timeOf(rotation.until)}`),
    ],
    [
      'Lease',
      status.leaseUntil === undefined
        ? undefined
        : `the rule ends at ${timeOf(status.leaseUntil)} unless it is extended`,
    ],
    ['Running', run && (run.state === 'running' ? run.action : `${run.action} was cut short: run it again`)],
    ['Failure', failure && `${failure.code}: ${failure.sentence}`],
    ...status.drift.map(sentence => ['Differs', sentence] as const),
  ];
  return rows.map(([name, value]) => (value ? `${name.padEnd(10)} ${value}\n` : '')).join('');
}

function timeOf(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}
