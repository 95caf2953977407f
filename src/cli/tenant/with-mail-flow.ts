/** The use cases of mail flow for one command, on the data folder, beside a server that may be running there. */
import { randomBytes } from 'node:crypto';
import { makeMailFlow, waitQuietly } from '../../app/mail-flow/make.ts';
import { readServerCertificate } from '../../certificate.ts';
import { systemClock } from '../../clock.ts';
import { limits } from '../../limits.ts';
import { createLog } from '../../log.ts';
import type { MailFlowResult, MailFlowService, MailFlowStatus } from '../../microsoft/mail-flow-types.ts';
import { CommandFailure, exitCodes, type Terminal, usageFailure } from '../command.ts';
import { type Access, chooseTenant, orFail, withStore } from '../with-store.ts';

export const actor = 'command line';

export async function withMailFlow<Value>(
  terminal: Terminal,
  access: Access,
  run: (service: MailFlowService) => Promise<Value>,
): Promise<Value> {
  return await withStore(terminal, access, async ({ store, config }) => {
    const certificate = config.tls ? orFail(await readServerCertificate(config.tls)) : undefined;
    const service = orFail(
      await makeMailFlow({
        config,
        store,
        clock: systemClock,
        random: randomBytes,
        log: createLog('error'),
        certificate: () => certificate?.certificate,
        fetch,
        // A server that runs looks every second.
        relayFollows: () => waitQuietly(limits.microsoft.relayFollowsMs),
      }),
    );
    try {
      return await run(service);
    } finally {
      await service.close();
    }
  });
}

export function must<Value>(result: MailFlowResult<Value>): Value {
  if (result.kind === 'ok') return result.value;
  const { code, sentence } = result.problem;
  throw new CommandFailure(code, sentence, exitCodes.failure);
}

/** The one tenant that the words name. */
export function onlyName(positionals: readonly string[]): string {
  const [name, ...others] = positionals;
  if (name === undefined || others.length > 0) throw usageFailure('tenant', 'give the name of one tenant');
  return name;
}

export async function tenantNamed(service: MailFlowService, name: string): Promise<MailFlowStatus> {
  const all = (await service.listTenants()).map(status => ({ ...status, id: status.tenantId }));
  if (all.length > 0) return chooseTenant(all, name);
  throw new CommandFailure(
    'SIGNET_TENANT_UNKNOWN',
    `there is no tenant of Exchange Online: "signet tenant add ${name}" makes one.`,
  );
}
