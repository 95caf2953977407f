/**
 * Puts a bundle into the store: all of it or nothing. Tenants that it does not name stay, unless pruning is asked for; those
 * that the same file has kept until now and no longer holds take no more mail, and lose nothing.
 */
import { failed, type Result, systemReason } from '../problem.ts';
import type { Configurations } from '../store/configuration.ts';
import type { Bundle } from './bundle.ts';
import { type ImportPlan, planImport } from './plan.ts';

export type ImportNeeds = {
  readonly configurations: Pick<Configurations, 'listConfigurations' | 'changeConfigurations'>;
  readonly random: (bytes: number) => Buffer;
  /** Tokens of tenants that are not stored yet, by id. */
  readonly tokens?: Readonly<Record<string, string>>;
};

export type ImportOptions = {
  /** The file that keeps these tenants from now on. Without it the import is one by hand. */
  readonly managedBy?: string;
  /** Tenants that the bundle does not name are removed with everything they have. */
  readonly prune?: boolean;
  readonly dryRun?: boolean;
  /** Kept in the same transaction. */
  readonly setting?: { readonly name: string; readonly value: unknown };
};

export type Imported = Pick<ImportPlan, 'changes' | 'lacking'> & {
  /** Ids; their message logs are still there. */
  readonly removed: readonly string[];
};

export async function importBundle(
  { configurations, random, tokens = {} }: ImportNeeds,
  bundle: Bundle,
  { managedBy, prune = false, dryRun = false, setting }: ImportOptions,
): Promise<Result<Imported>> {
  try {
    const known = await configurations.listConfigurations();
    const planned = planImport(known, bundle, managedBy);
    if (planned.kind === 'problem') return planned;
    const { put, absent, changes, lacking } = planned.value;
    const remove = prune ? absent : [];
    const retire = prune
      ? []
      : absent.filter(entry => managedBy !== undefined && entry.managedBy === managedBy && !entry.isRetired);
    const told = [
      ...changes,
      ...remove.map(({ tenant }) => `Tenant ${JSON.stringify(tenant.name)} is removed, with its log.`),
      ...retire.map(
        ({ tenant }) =>
          `Tenant ${JSON.stringify(tenant.name)} takes no more mail: its file no longer holds it.`,
      ),
    ];
    if (!dryRun)
      await configurations.changeConfigurations({
        put: put.map(({ id, tenant }) => ({
          id,
          tenant,
          token: (Object.hasOwn(tokens, id) ? tokens[id] : undefined) ?? random(16).toString('hex'),
          ...(managedBy === undefined ? {} : { managedBy }),
        })),
        retire: retire.map(({ id }) => id),
        remove: remove.map(({ id }) => id),
        ...(setting === undefined ? {} : { setting }),
      });
    return { kind: 'ok', value: { changes: told, lacking, removed: remove.map(({ id }) => id) } };
  } catch (error) {
    return failed(
      'SIGNET_STORE_FAILED',
      `the configuration could not be put into the database (${systemReason(error)}): nothing was changed, try again.`,
    );
  }
}
