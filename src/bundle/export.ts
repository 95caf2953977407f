/** Stored tenants as the bundle that reads back as the same: without secrets, and without ids that reading makes again. */
import type { Bundle } from './bundle.ts';
import type { KnownTenant } from './plan.ts';
import { withoutMadeId } from './tenant-id.ts';

/** Tenants that take no mail any more are no part of the configuration. */
export function exportBundle(known: readonly KnownTenant[]): Bundle {
  const tenants = known.filter(({ isRetired }) => !isRetired).map(({ tenant }) => withoutMadeId(tenant));
  return { version: 1, tenants };
}
