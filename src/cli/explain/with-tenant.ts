/**
 * The tenant that is asked about: of a bundle, or of the data folder, beside a server that may be running on it. Its
 * rules, people and signatures as the relay has them, and none of its secrets.
 */
import { readSigning, type SigningOfStore } from '../../app/stored-tenant.ts';
import { serverTimeZone } from '../../app/time-zone.ts';
import type { BundleTenant } from '../../bundle/bundle.ts';
import { loadBundle } from '../../bundle/load.ts';
import { lackingSecrets } from '../../bundle/secrets.ts';
import { tenantId } from '../../bundle/tenant-id.ts';
import { systemClock } from '../../clock.ts';
import { type ContentTools, createContentTools } from '../../content/content.ts';
import { createPace } from '../../directory/pace.ts';
import { renderSignature } from '../../signature/render.ts';
import { createCompiler } from '../../snapshot/signature.ts';
import { compileSigning, ruleOf } from '../../snapshot/tenant.ts';
import { startWorker } from '../../start-worker.ts';
import type { Terminal } from '../command.ts';
import { exitCodes } from '../command.ts';
import { chooseTenant, orFail, withStore } from '../with-store.ts';
import type { ExplainedTenant } from './explanation.ts';

export type AskedTenant = {
  /** Undefined: the data folder. */
  readonly bundleFile: string | undefined;
  /** An id, or a name in any case; undefined means the only one. */
  readonly tenant: string | undefined;
};

export type LoadedTenant = ExplainedTenant & Pick<SigningOfStore, 'fetchPhotos'>;

export async function withTenant<Value>(
  terminal: Terminal,
  { bundleFile, tenant }: AskedTenant,
  run: (tenant: LoadedTenant) => Promise<Value>,
): Promise<Value> {
  const content = createContentTools(startWorker);
  if (bundleFile !== undefined) return run(await fromBundle(bundleFile, tenant, content));
  return withStore(terminal, 'read', async ({ store }) => {
    const all = (await store.tenants.listTenants()).filter(({ retiredAt }) => retiredAt === undefined);
    const { id } = chooseTenant(all, tenant);
    const configuration = await store.configurations.readConfiguration(id);
    if (!configuration) throw new Error(`expected the tenant ${id}, got none`);
    const needs = { store, clock: systemClock, content };
    const read = orFail(await readSigning(needs, configuration.tenant));
    const lacking = lackingSecrets(configuration.tenant);
    return run({
      ...shown(configuration.tenant),
      ...(lacking.length > 0 && { mode: 'off', lacking }),
      ...read,
    });
  });
}

async function fromBundle(file: string, asked: string | undefined, content: ContentTools) {
  const compiler = createCompiler(content);
  const { tenants } = orFail(await loadBundle(file, compiler.check, content.fit), exitCodes.badInput);
  const known = tenants.map(tenant => ({ id: tenantId(tenant), name: tenant.name, tenant }));
  const { tenant } = chooseTenant(known, asked);
  const signing = orFail(
    await compileSigning(tenant, {
      compile: compiler.compile,
      render: renderSignature,
      qr: content.qr,
      pace: createPace(systemClock.elapsed),
      timeZone: serverTimeZone(),
    }),
    exitCodes.badInput,
  );
  return { ...shown(tenant), signing, fetchPhotos: async () => false };
}

/** Of a bundle's file the mode that it asks for: an export holds no secrets. Of the data folder the one that is in force. */
function shown(tenant: BundleTenant) {
  const { name, mode, rules } = tenant;
  return { id: tenantId(tenant), name, mode, rules: rules.map(ruleOf) };
}
