/** The tenant that is asked about, from a bundle: its rules, people and signatures, and none of its secrets. */
import type { BundleTenant } from '../../bundle/bundle.ts';
import { loadBundle } from '../../bundle/load.ts';
import { tenantId } from '../../bundle/tenant-id.ts';
import { systemClock } from '../../clock.ts';
import { createContentTools } from '../../content/content.ts';
import { createPace } from '../../directory/pace.ts';
import type { Result } from '../../problem.ts';
import { renderSignature } from '../../signature/render.ts';
import { createCompiler } from '../../snapshot/signature.ts';
import { compileSigning, ruleOf } from '../../snapshot/tenant.ts';
import { startWorker } from '../../start-worker.ts';
import { CommandFailure } from '../command.ts';
import type { ExplainedTenant } from './explanation.ts';

/** `tenant` is an id, or a name in any case; undefined means the only one. */
export async function loadTenant(asked: {
  readonly bundleFile: string;
  readonly tenant: string | undefined;
}): Promise<ExplainedTenant> {
  const content = createContentTools(startWorker);
  const compiler = createCompiler(content);
  const { tenants } = orFail(await loadBundle(asked.bundleFile, compiler.check, content.fit));
  const tenant = choose(tenants, asked.tenant);
  const signing = orFail(
    await compileSigning(tenant, {
      compile: compiler.compile,
      render: renderSignature,
      qr: content.qr,
      pace: createPace(systemClock.elapsed),
      timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    }),
  );
  const { name, mode } = tenant;
  return { id: tenantId(tenant), name, mode, signing, rules: tenant.rules.map(ruleOf) };
}

function choose(tenants: readonly BundleTenant[], asked: string | undefined): BundleTenant {
  const [first, ...others] = tenants;
  if (asked === undefined && first && others.length === 0) return first;
  const found = tenants.find(
    tenant => tenantId(tenant) === asked || tenant.name.toLowerCase() === asked?.toLowerCase(),
  );
  if (found) return found;
  const names = tenants.map(({ name }) => `"${name}"`).join(', ') || 'none';
  const sentence = asked === undefined ? 'the bundle holds several tenants' : `there is no tenant "${asked}"`;
  throw new CommandFailure('SIGNET_TENANT_UNKNOWN', `${sentence}: give --tenant one of these: ${names}.`);
}

function orFail<Value>(result: Result<Value>): Value {
  if (result.kind === 'ok') return result.value;
  throw new CommandFailure(result.problem.code, result.problem.sentence);
}
