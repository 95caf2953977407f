/**
 * Appliance and simulated Microsoft 365 in one process, on this machine alone: certificates, data folder, Contoso's people and
 * signatures, an account. The appliance is the real one; only the authority of "Microsoft's" certificate is another.
 */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sandboxFileName } from '../../app/mail-flow/clouds.ts';
import { makeMailFlow } from '../../app/mail-flow/make.ts';
import { type App, createApp } from '../../app.ts';
import { importBundle } from '../../bundle/import.ts';
import { readBundle } from '../../bundle/read.ts';
import { systemClock } from '../../clock.ts';
import { type Environment, readConfig } from '../../config.ts';
import { createContentTools } from '../../content/content.ts';
import { replaceKept } from '../../data-folder.ts';
import { createLog, type Log } from '../../log.ts';
import type { Result } from '../../problem.ts';
import { createSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { contosoId } from '../../sandbox/seed.ts';
import type { Tenant } from '../../sandbox/tenant.ts';
import { createCompiler } from '../../snapshot/signature.ts';
import { startWorker } from '../../start-worker.ts';
import { openStore, type Store } from '../../store/store.ts';
import { readable } from '../../web/accounts/first-run.ts';
import { createPasswords } from '../../web/accounts/password.ts';
import { demoBundle, demoTenant } from './contoso.ts';
import { openDemoFolder } from './folder.ts';

export type Demonstration = {
  readonly app: App;
  readonly sandbox: Sandbox;
  readonly contoso: Tenant;
  /** Of the appliance. */
  readonly tenantId: string;
  readonly account: { readonly name: string; readonly passphrase: string };
  /** Of the admin pages, without a slash at the end. */
  readonly url: string;
  readonly dataFolder: string;
  /** What a command beside it needs in its environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly stop: () => Promise<void>;
};

export const relayName = 'signet.contoso.com';
const defaultFolder = './signet-demo';

/** A problem leaves nothing running. Rejects where the data folder cannot be written. */
export async function startDemonstration(given: Environment, log?: Log): Promise<Result<Demonstration>> {
  const environment = settingsOf(given);
  const read = readConfig(environment);
  if (read.kind === 'problem') return read;
  const config = read.value;
  const { dataFolder } = config;
  const folder = await openDemoFolder(dataFolder);
  if (folder.kind === 'problem') return folder;
  const ownLog = log ?? createLog(config.logLevel);
  const sandbox = createSandbox({ clock: systemClock, random: randomBytes, log: ownLog });
  const cloud = await sandbox.listen();
  const contoso = sandbox.state.tenants.get(contosoId);
  if (!contoso) throw new Error('the sandbox has no Contoso');
  const relay = await sandbox.issue([relayName]);
  const files = { certificate: join(dataFolder, 'relay.pem'), key: join(dataFolder, 'relay.key') };
  await writeFile(files.certificate, relay.certificate, { mode: 0o600 });
  await writeFile(files.key, relay.key, { mode: 0o600 });
  await replaceKept(join(dataFolder, sandboxFileName), JSON.stringify(cloud));
  const seeded = await seed({ dataFolder, certificate: relay.certificate, contoso, log: ownLog });
  if (seeded.kind === 'problem') {
    await sandbox.close();
    return seeded;
  }
  const app = createApp(config, {
    log: ownLog,
    microsoftCa: cloud.certificateAuthority,
    factorPolicy: 'offered',
  });
  const started = await app.start();
  if (started.kind === 'problem') {
    await sandbox.close();
    return started;
  }
  const { smtp, healthUrl } = started.value;
  sandbox.mail().smartHosts.set(relayName, { host: '127.0.0.1', port: Number(smtp.split(':').at(-1)) });
  return {
    kind: 'ok',
    value: {
      ...{ app, sandbox, contoso, ...seeded.value, dataFolder, environment },
      url: healthUrl.replace(/\/healthz$/, ''),
      stop: async () => {
        await app.stop();
        await sandbox.close();
      },
    },
  };
}

/** What the demonstration decides itself stands above what was given. */
function settingsOf(given: Environment): Record<string, string> {
  const names = Object.entries(given).filter(([name, value]) => name.startsWith('SIGNET_') && value);
  const own = Object.fromEntries(names) as Record<string, string>;
  const folder = own.SIGNET_DATA ?? defaultFolder;
  return {
    SIGNET_SMTP_LISTEN: '127.0.0.1:0',
    SIGNET_LOG_LEVEL: 'warn',
    ...own,
    SIGNET_DATA: folder,
    SIGNET_BUNDLE: '',
    SIGNET_HOSTNAME: relayName,
    SIGNET_TLS_CERT: join(folder, 'relay.pem'),
    SIGNET_TLS_KEY: join(folder, 'relay.key'),
  };
}

type Seeding = {
  readonly dataFolder: string;
  readonly certificate: string;
  readonly contoso: Tenant;
  readonly log: Log;
};
type Seeded = Pick<Demonstration, 'tenantId' | 'account'>;

async function seed({ dataFolder, certificate, contoso, log }: Seeding): Promise<Result<Seeded>> {
  const common = { startWorker, clock: systemClock, random: randomBytes, log };
  const opened = await openStore({ ...common, dataFolder });
  if (opened.kind === 'problem') return opened;
  const store = opened.value;
  try {
    const service = await makeMailFlow({
      ...common,
      config: { dataFolder, hostname: relayName },
      store,
      certificate: () => certificate,
      fetch,
      relayFollows: () => Promise.resolve(),
    });
    if (service.kind === 'problem') return service;
    const added = await service.value.addTenant({ ...demoTenant, choices: { relayHost: relayName } });
    await service.value.close();
    if (added.kind === 'failed') return { kind: 'problem', problem: added.problem };
    const imported = await importContoso(store, contoso);
    if (imported.kind === 'problem') return imported;
    return { kind: 'ok', value: { ...added.value, account: await addAccount(store) } };
  } finally {
    await store.close();
  }
}

async function importContoso({ configurations }: Store, contoso: Tenant) {
  const content = createContentTools(startWorker);
  const noFiles = async () => ({ kind: 'failed', reason: 'a demonstration names no files' }) as const;
  const read = await readBundle(demoBundle(contoso), noFiles, createCompiler(content).check, content.fit);
  if (read.kind === 'problems')
    throw new Error(`the demonstration's own bundle: ${JSON.stringify(read.problems)}`);
  return await importBundle({ configurations, random: randomBytes }, read.bundle, {});
}

async function addAccount({ accounts }: Store): Promise<Demonstration['account']> {
  const passphrase = readable(randomBytes, 4, 5);
  await accounts.addFirstAccount({
    id: randomBytes(16).toString('hex'),
    name: 'demo',
    grants: [{ tenantId: '', role: 'owner' }],
    passwordHash: await createPasswords(randomBytes).hash(passphrase),
  });
  return { name: 'demo', passphrase };
}
