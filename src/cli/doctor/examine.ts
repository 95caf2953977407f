/** Gathers the facts of this machine and its store, and has them examined; what the store holds only where it opens. */
import { randomBytes } from 'node:crypto';
import { promises as dns, lookup } from 'node:dns';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat, statfs } from 'node:fs/promises';
import { hostname as machineName, tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { licensingOf } from '../../app/licensing.ts';
import { lackingSecrets } from '../../bundle/secrets.ts';
import { readServerCertificate } from '../../certificate.ts';
import { systemClock } from '../../clock.ts';
import { type Config, type Environment, readConfig } from '../../config.ts';
import { openDataFolder } from '../../data-folder.ts';
import { examineCertificate } from '../../doctor/certificate.ts';
import { examineDatabase } from '../../doctor/database.ts';
import { type Finding, findingsOf } from '../../doctor/finding.ts';
import { examineHostname } from '../../doctor/hostname.ts';
import { examineClock, examineDisk, examineFolder } from '../../doctor/machine.ts';
import { examineNextHop, type NextHopWays } from '../../doctor/next-hop.ts';
import { examineRelay } from '../../doctor/relay.ts';
import { examineJobs, examineTenant } from '../../doctor/tenant.ts';
import { limits } from '../../limits.ts';
import { createLog } from '../../log.ts';
import { findExchangers } from '../../relay/mx.ts';
import { openNextHop } from '../../relay/next-hop.ts';
import { systemTimers } from '../../relay/server-deadline.ts';
import { nextHopOf } from '../../snapshot/tenant.ts';
import { startWorker } from '../../start-worker.ts';
import { checkBackup } from '../../store/backup-check.ts';
import { migrations } from '../../store/migrations/all.ts';
import { databaseFile, openStore, type Store } from '../../store/store.ts';
import { exitCodes } from '../command.ts';
import { orFail } from '../with-store.ts';

const knownSchema = migrations.at(-1)?.number ?? 0;

export async function examineAll(
  environment: Environment,
  { isOffline }: { readonly isOffline: boolean },
): Promise<readonly Finding[]> {
  const config = orFail(readConfig(environment), exitCodes.badInput);
  const hostname = config.hostname ?? machineName().toLowerCase();
  const keyFile = config.masterKeyFile ?? join(config.dataFolder, 'master.key');
  const folder = await examineDataFolder(config, keyFile);
  const checked = existsSync(databaseFile(config.dataFolder)) ? await readWhole(config) : undefined;
  const findings = [
    ...folder,
    ...(checked?.kind === 'ok' ? clockOf(checked.value.newestMessageAt) : clockOf(undefined)),
    ...(isOffline ? [] : await examineHostname(hostname, dnsNames)),
    ...(await examineCertificates(config)),
    ...(await examineRelay({
      ...config.smtpListen,
      hasCertificate: config.tls !== undefined,
      timeoutMs: answerMs,
    })),
  ];
  // A store of another schema is not opened: that would bring it up to date.
  const isCurrent = checked?.kind === 'ok' && checked.value.schema === knownSchema;
  const store = isCurrent && existsSync(keyFile) ? await open(config) : undefined;
  const database = examineDatabase({
    file: databaseFile(config.dataFolder),
    exists: checked !== undefined,
    checked,
    knownSchema,
    keyFile,
    opened: store ?? (isCurrent ? missingKey(keyFile) : undefined),
  });
  if (store?.kind !== 'ok') return [...findings, ...database];
  try {
    const ways = isOffline ? undefined : networkWays(hostname);
    return [
      ...findings,
      ...database,
      ...(await examineTenants(store.value, ways, await shownCertificate(config))),
    ];
  } finally {
    await store.value.close();
  }
}

const answerMs = 5_000;

async function examineDataFolder({ dataFolder }: Config, keyFile: string): Promise<readonly Finding[]> {
  const opened = await openDataFolder(dataFolder);
  const facts = await stat(dataFolder).catch(() => undefined);
  const key = await stat(keyFile).catch(() => undefined);
  const unwritable =
    opened.kind === 'problem' ? { unwritable: opened.problem.sentence.replace(/\.$/, '') } : {};
  const findings = examineFolder({
    folder: dataFolder,
    ...unwritable,
    mode: facts?.mode ?? 0,
    keyFile,
    ...(key ? { keyMode: key.mode } : {}),
  });
  if (!facts) return findings;
  const { bavail, blocks, bsize } = await statfs(dataFolder);
  const database = await stat(databaseFile(dataFolder)).catch(() => ({ size: 0 }));
  const disk = {
    folder: dataFolder,
    freeBytes: bavail * bsize,
    totalBytes: blocks * bsize,
    databaseBytes: database.size,
  };
  return [...findings, ...examineDisk(disk)];
}

function clockOf(newestEntryAt: number | undefined) {
  return examineClock({ now: systemClock.now(), ...(newestEntryAt === undefined ? {} : { newestEntryAt }) });
}

async function readWhole({ dataFolder }: Config) {
  const scratchFolder = await mkdtemp(join(tmpdir(), 'signet-doctor-'));
  try {
    return await checkBackup({ file: databaseFile(dataFolder), scratchFolder, startWorker });
  } finally {
    await rm(scratchFolder, { recursive: true, force: true });
  }
}

async function examineCertificates({ tls, hostname }: Config): Promise<readonly Finding[]> {
  if (!tls)
    return [
      findingsOf('certificate', 'the relay').warning(
        'has none: senders cannot encrypt, and Microsoft 365 tenants do not go live',
        'set SIGNET_TLS_CERT and SIGNET_TLS_KEY',
      ),
    ];
  const read = await readServerCertificate(tls);
  if (read.kind === 'problem')
    return [
      findingsOf('certificate', tls.certificateFile).failure(
        read.problem.sentence.replace(/\.$/, ''),
        'see above',
      ),
    ];
  return examineCertificate(tls.certificateFile, {
    owner: 'the relay',
    ...read.value,
    ...(hostname === undefined ? {} : { hostname }),
    purposes: ['serverAuth', 'clientAuth'],
    authorities: rootCertificates,
    now: systemClock.now(),
  });
}

async function shownCertificate({ tls }: Config) {
  const read = tls && (await readServerCertificate(tls));
  return read?.kind === 'ok' ? { certificate: read.value.certificate, key: read.value.key } : undefined;
}

function open({ dataFolder, masterKeyFile }: Config) {
  return openStore({
    dataFolder,
    ...(masterKeyFile === undefined ? {} : { masterKeyFile }),
    startWorker,
    clock: systemClock,
    random: randomBytes,
    log: createLog('silent'),
    isCommand: true,
  });
}

function missingKey(keyFile: string) {
  const problem = { code: 'SIGNET_MASTER_KEY_MISSING', sentence: `${keyFile} does not exist` } as const;
  return { kind: 'problem', problem } as const;
}

const dnsNames = {
  addressesOf: async (name: string) => (await dns.lookup(name, { all: true })).map(({ address }) => address),
  namesOf: (address: string) => dns.reverse(address),
};

function networkWays(hostname: string): NextHopWays {
  const signal = AbortSignal.timeout(limits.handBack.connectMs + limits.handBack.greetingMs);
  const mx = { resolveMx: dns.resolveMx, random: Math.random };
  return {
    find: target => findExchangers(target, mx, limits.handBack.exchangers),
    open: (host, nextHop) =>
      openNextHop(
        { host, nextHop, signal },
        { hostname, limits: limits.handBack, timers: systemTimers, lookup },
      ),
  };
}

async function examineTenants(
  store: Store,
  ways: NextHopWays | undefined,
  certificate: Awaited<ReturnType<typeof shownCertificate>>,
): Promise<readonly Finding[]> {
  const { warnings } = licensingOf(store, systemClock);
  const configurations = await store.configurations.listConfigurations();
  const each = await Promise.all(
    configurations.map(async ({ id, isRetired, tenant }) => [
      ...examineTenant({
        ...tenant,
        isRetired,
        lackingSecrets: lackingSecrets(tenant),
        enabledRules: tenant.rules.filter(({ enabled }) => enabled).length,
        publishedSignatures: tenant.signatures.length,
        licenceProblems: await warnings(id),
      }),
      ...(ways && !isRetired ? await examineNextHop(tenant.name, nextHopOf(tenant, certificate), ways) : []),
    ]),
  );
  const names = new Map(configurations.map(({ id, tenant }) => [id, tenant.name]));
  return [...each.flat(), ...examineJobs(await store.settings.listJobs(), id => names.get(id) ?? id)];
}
