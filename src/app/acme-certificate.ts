/**
 * The appliance's certificate from an ACME authority: kept in the store (its key in the vault), ordered when there is none
 * or a third of its life is left, and handed on without a restart. While none is there yet, mail flows without TLS.
 */
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { createChallenges } from '../acme/challenges.ts';
import { AcmeRefusal, type Fetch } from '../acme/conversation.ts';
import { orderCertificate } from '../acme/order.ts';
import { type ServerCertificate, serverCertificateOf } from '../certificate.ts';
import type { Clock } from '../clock.ts';
import type { AcmeSettings } from '../config.ts';
import type { Job } from '../jobs/scheduler.ts';
import type { Log } from '../log.ts';
import { failed, type Problem, type Result, systemReason } from '../problem.ts';
import type { Place } from '../store/seal.ts';
import type { Store } from '../store/store.ts';
import { createTrustingFetch } from './trusting-fetch.ts';

export type AcmeCertificateNeeds = {
  readonly settings: AcmeSettings;
  readonly publicUrl?: string;
  readonly store: Pick<Store, 'settings' | 'vault' | 'database'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  readonly alert: (problem: Problem) => void;
  readonly fetch: Fetch;
  readonly microsoftCa?: string;
  /** A new certificate is there: to be shown from now on. */
  readonly onCertificate: () => Promise<void>;
  readonly onStop: (give: () => Promise<void>) => void;
};

export type AcmeCertificate = {
  /** Undefined before the first one came. */
  readonly read: () => Promise<ServerCertificate | undefined>;
  readonly job: Job;
};

const setting = 'acme-certificate';
const certificateKey: Place = { owner: 'settings', rowId: 'acme', name: 'key' };
const accountKey: Place = { owner: 'settings', rowId: 'acme', name: 'account' };

export async function createAcmeCertificate(needs: AcmeCertificateNeeds): Promise<Result<AcmeCertificate>> {
  const { settings, store, clock, log } = needs;
  const trusted = await trustedFetch(needs);
  if (trusted.kind === 'problem') return trusted;
  const { value: askAuthority } = trusted;
  const challenges = createChallenges(settings.listen, needs.publicUrl);
  const listening = await challenges.listen();
  if (listening.kind === 'problem') return listening;
  needs.onStop(challenges.close);

  async function read() {
    const certificate = await store.settings.readSetting(setting);
    const key = await store.vault.readSecret(store.database.read, certificateKey);
    if (typeof certificate !== 'string' || key.kind !== 'secret') return undefined;
    return serverCertificateOf({ certificate, key: key.text }, needs.microsoftCa);
  }

  async function run() {
    const present = await read();
    if (present && !isDue(present.certificate, settings.names, clock.now()))
      return { validUntil: present.validUntil };
    const ordered = await orderCertificate(
      { ...settings, accountKey: await readAccountKey(store) },
      { fetch: askAuthority, wait: ms => pause(ms, undefined, { ref: false }), serve: challenges.serve },
    ).catch(error => {
      const problem = refused(settings, error);
      needs.alert(problem);
      throw new Error(problem.sentence);
    });
    await store.database.write.transaction().execute(async transaction => {
      await store.vault.keepSecret(transaction, certificateKey, ordered.key);
    });
    await store.settings.saveSetting(setting, ordered.certificate);
    await needs.onCertificate();
    const { validUntil } = serverCertificateOf(ordered);
    log.info(
      { names: settings.names, validUntil: new Date(validUntil).toISOString() },
      'a new certificate is in use',
    );
    return { validUntil };
  }

  return {
    kind: 'ok',
    value: { read, job: { name: setting, schedule: '23 * * * *', runsAtStart: true, run } },
  };
}

/** A third of its life is left, or its names are no longer those of the settings. */
function isDue(pem: string, names: readonly string[], now: number): boolean {
  const { validFrom, validTo, subjectAltName = '' } = new X509Certificate(pem);
  const [from, to] = [Date.parse(validFrom), Date.parse(validTo)];
  const covered = subjectAltName.split(', ').map(name => name.replace(/^DNS:/, ''));
  return now > to - (to - from) / 3 || names.some(name => !covered.includes(name));
}

async function readAccountKey({ vault, database }: AcmeCertificateNeeds['store']): Promise<string> {
  const kept = await vault.readSecret(database.read, accountKey);
  if (kept.kind === 'secret') return kept.text;
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const made = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  await vault.keepSecret(database.write, accountKey, made);
  return made;
}

async function trustedFetch({ settings: { caFile }, fetch }: AcmeCertificateNeeds): Promise<Result<Fetch>> {
  if (caFile === undefined) return { kind: 'ok', value: fetch };
  try {
    return { kind: 'ok', value: createTrustingFetch(await readFile(caFile, 'utf8')) };
  } catch (error) {
    return failed(
      'SIGNET_TLS_FILE',
      `${caFile} cannot be read (${systemReason(error)}): set SIGNET_ACME_CA to a PEM file that Signet may read.`,
    );
  }
}

function refused({ names, directoryUrl }: AcmeSettings, error: unknown): Problem {
  const reason =
    error instanceof AcmeRefusal
      ? `${error.type}: ${error.message.replace(/\.$/, '')}`
      : `${new URL(directoryUrl).host} cannot be reached (${String((error as Error).cause ?? (error as Error).message)})`;
  return {
    code: 'SIGNET_ACME_FAILED',
    sentence: `no certificate for ${names.join(', ')} (${reason}): each name must lead to this machine, and port 80 from the internet to SIGNET_ACME_LISTEN; the next try is within an hour, and the certificate in use stays.`,
  };
}
