/**
 * Access to a tenant that stands without a person, each purpose by itself and each with an application and a certificate of its
 * own (PRODUCT.md 7): *directory* reads people and groups from Graph, *watch* looks at connectors and rules, *lease* moves the
 * end of a rule. Signet makes the certificates; their keys never leave the vault, and no purpose knows another one's.
 */
import { X509Certificate } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { makeCertificate } from '../make-certificate.ts';
import type { Cloud } from '../microsoft/cloud.ts';
import { createAppAccess } from '../microsoft/tokens/app-access.ts';
import { thumbprintOf } from '../microsoft/tokens/msal.ts';
import type { Access } from '../microsoft/tokens/sign-in-types.ts';
import { failed, type Result } from '../problem.ts';
import type { ApplicationPurpose } from '../store/microsoft.ts';
import type { Store } from '../store/store.ts';
import type { Clouds } from './mail-flow/clouds.ts';
import { waitQuietly } from './mail-flow/make.ts';
import type { Fetch } from './trusting-fetch.ts';

export const purposes: readonly ApplicationPurpose[] = ['directory', 'watch', 'lease'];

export type StandingNeeds = {
  readonly store: Pick<Store, 'tenants' | 'microsoft'>;
  readonly clouds: () => Promise<Result<Clouds>>;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: (bytes: number) => Buffer;
};

export type Opened = { readonly access: Access; readonly cloud: Cloud; readonly fetch: Fetch };

export type PreparedAccess = {
  readonly purpose: ApplicationPurpose;
  /** '' until the administrator has told the id of the registration. */
  readonly clientId: string;
  /** PEM, to be put at the registration. */
  readonly certificate: string;
  /** SHA-256, hexadecimal, as Entra shows it. */
  readonly thumbprint: string;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly validUntil: number;
};

export type StandingAccesses = {
  /** Undefined where the purpose was not given, or its key does not open. A refusal by Microsoft comes with the first token. */
  readonly open: (tenantId: string, purpose: ApplicationPurpose) => Promise<Opened | undefined>;
  /** Makes the certificate where there is none that lives on for a month. */
  readonly prepare: (tenantId: string, purpose: ApplicationPurpose) => Promise<Result<PreparedAccess>>;
  /** From now on the application is used. */
  readonly give: (
    tenantId: string,
    purpose: ApplicationPurpose,
    clientId: string,
  ) => Promise<Result<PreparedAccess>>;
  readonly list: (tenantId: string) => Promise<readonly PreparedAccess[]>;
  /** Key and certificate are gone; the registration at Microsoft is the administrator's to remove. */
  readonly forget: (tenantId: string, purpose: ApplicationPurpose) => Promise<void>;
};

const DAY_MS = 24 * 3_600_000;
/** Two years, as long as Entra proposes; renewed a month before. */
const LIFE_MS = 730 * DAY_MS;
const RENEW_MS = 30 * DAY_MS;

export function createStandingAccesses(needs: StandingNeeds): StandingAccesses {
  const { tenants, microsoft } = needs.store;

  async function stored(tenantId: string, purpose: ApplicationPurpose) {
    return (await microsoft.findMicrosoft(tenantId))?.state.applications?.[purpose];
  }

  async function open(tenantId: string, purpose: ApplicationPurpose): Promise<Opened | undefined> {
    const application = await stored(tenantId, purpose);
    const tenant = await tenants.findTenant(tenantId);
    const entra = tenant?.connection.microsoft;
    const clouds = await needs.clouds();
    if (!application?.clientId || !entra || clouds.kind === 'problem') return undefined;
    const key = (await tenants.tenantSecrets(tenantId))[`application-key:${purpose}`];
    const found = clouds.value.find(entra.cloud);
    if (key === undefined || found.kind === 'failed') return undefined;
    const { cloud, fetch } = found.value;
    const certificate = { certificate: application.certificate, key };
    const setup = { cloud, fetch, wait: waitQuietly, clientId: application.clientId };
    return { cloud, fetch, access: createAppAccess({ ...setup, tenantId: entra.tenantId, certificate }) };
  }

  async function prepare(tenantId: string, purpose: ApplicationPurpose): Promise<Result<PreparedAccess>> {
    const tenant = await tenants.findTenant(tenantId);
    if (tenant?.kind !== 'exchange-online')
      return failed(
        'SIGNET_TENANT_UNKNOWN',
        'Only a tenant of Exchange Online has standing accesses: choose another one.',
      );
    const before = await stored(tenantId, purpose);
    if (before && endOf(before.certificate) - needs.clock.now() > RENEW_MS)
      return { kind: 'ok', value: preparedOf(purpose, before) };
    const made = await makeCertificate({
      commonName: `Signet ${purpose}`,
      validFrom: needs.clock.now() - DAY_MS,
      validUntil: needs.clock.now() + LIFE_MS,
      serial: needs.random(16),
      keyType: 'rsa',
      purposes: ['client'],
    });
    const application = { clientId: before?.clientId ?? '', certificate: made.certificate };
    await change(tenantId, purpose, application, made.key);
    return { kind: 'ok', value: preparedOf(purpose, application) };
  }

  async function change(
    tenantId: string,
    purpose: ApplicationPurpose,
    application: Application | undefined,
    key?: string | null,
  ) {
    await microsoft.changeMicrosoft(
      tenantId,
      ({ applications = {}, ...state }) => {
        const { [purpose]: _, ...others } = applications;
        return { ...state, applications: application ? { ...others, [purpose]: application } : others };
      },
      key === undefined ? {} : { [`application-key:${purpose}`]: key },
    );
  }

  return {
    open,
    prepare,
    give: async (tenantId, purpose, clientId) => {
      const prepared = await prepare(tenantId, purpose);
      if (prepared.kind === 'problem') return prepared;
      const { certificate } = prepared.value;
      await change(tenantId, purpose, { clientId, certificate });
      return { kind: 'ok', value: { ...prepared.value, clientId } };
    },
    list: async tenantId => {
      const { applications = {} } = (await microsoft.findMicrosoft(tenantId))?.state ?? {};
      return purposes.flatMap(purpose => {
        const application = applications[purpose];
        return application ? [preparedOf(purpose, application)] : [];
      });
    },
    forget: (tenantId, purpose) => change(tenantId, purpose, undefined, null),
  };
}

type Application = { readonly clientId: string; readonly certificate: string };

function preparedOf(purpose: ApplicationPurpose, { clientId, certificate }: Application): PreparedAccess {
  const validUntil = endOf(certificate);
  return { purpose, clientId, certificate, thumbprint: thumbprintOf(certificate), validUntil };
}

function endOf(certificate: string): number {
  return new X509Certificate(certificate).validToDate.getTime();
}
