/**
 * From the name of a cloud to where its tenants are. The data folder decides: one with `sandbox.json` is a demonstration's,
 * and there every tenant is a simulated one on this machine; in any other there are Microsoft's clouds alone. Neither a
 * setting nor a request leads from the one to the other.
 */
import { join } from 'node:path';
import { readKept } from '../../data-folder.ts';
import { type Cloud, cloudOf, type StoredCloudName } from '../../microsoft/cloud.ts';
import { done } from '../../microsoft/failure.ts';
import type { MailFlowResult } from '../../microsoft/mail-flow-types.ts';
import { readSandboxFile, type SandboxFile, sandboxCloud } from '../../microsoft/sandbox-cloud.ts';
import type { Result } from '../../problem.ts';
import type { TenantNextHop } from '../../store/tenants.ts';
import { createTrustingFetch, type Fetch } from '../trusting-fetch.ts';
import { refused } from './refused.ts';

export type CloudAccess = {
  readonly cloud: Cloud;
  readonly fetch: Fetch;
  /** Where mail of the tenants is handed back, where it does not follow from their domains. */
  readonly nextHop?: TenantNextHop;
};

export type Clouds = {
  readonly find: (name: StoredCloudName) => MailFlowResult<CloudAccess>;
  /** What a new tenant gets. */
  readonly usual: StoredCloudName;
};

/** For those who answer problems, not failures. */
export function cloudsOr(clouds: MailFlowResult<Clouds>): Result<Clouds> {
  return clouds.kind === 'ok' ? clouds : { kind: 'problem', problem: clouds.problem };
}

export const sandboxFileName = 'sandbox.json';

/** `fetch` is the way to Microsoft, a proxy included. */
export async function readClouds(dataFolder: string, fetch: Fetch): Promise<MailFlowResult<Clouds>> {
  const text = await readKept(join(dataFolder, sandboxFileName));
  if (text === undefined) return done(microsoftClouds(fetch));
  const file = readSandboxFile(text);
  return file
    ? done(demonstration(file))
    : refused(
        'cloud',
        'SIGNET_SANDBOX_FILE',
        `${sandboxFileName} in the data folder does not describe a simulated cloud on this machine: run "signet demo" again, or remove the file.`,
      );
}

function microsoftClouds(fetch: Fetch): Clouds {
  return {
    usual: 'worldwide',
    find: name =>
      name === 'sandbox'
        ? refused(
            'cloud',
            'SIGNET_SANDBOX_ONLY',
            'This tenant is a simulated one, and this is no data folder of a demonstration: connect a tenant of Microsoft instead.',
          )
        : done({ cloud: cloudOf(name), fetch }),
  };
}

function demonstration(file: SandboxFile): Clouds {
  const { certificateAuthority: ca, mail } = file;
  const access: CloudAccess = {
    cloud: sandboxCloud(file),
    fetch: createTrustingFetch(ca),
    ...(mail && {
      nextHop: {
        target: { kind: 'host', host: mail.host },
        port: mail.port,
        tls: 'required',
        ca,
        serverCertificate: true,
      },
    }),
  };
  return {
    usual: 'sandbox',
    find: name =>
      name === 'sandbox'
        ? done(access)
        : refused(
            'cloud',
            'SIGNET_SANDBOX_ONLY',
            'This is the data folder of a demonstration, where every tenant is simulated: connect a real tenant with another SIGNET_DATA.',
          ),
  };
}
