/** The id of a tenant: its own, else one made from its name, which tells nobody the name. */
import { createHash } from 'node:crypto';
import type { BundleTenant } from './bundle.ts';

export function tenantId({ id, name }: Pick<BundleTenant, 'id' | 'name'>): string {
  return id ?? derivedId(name);
}

/** An export leaves an id out that reading makes again. */
export function withoutMadeId(tenant: BundleTenant): BundleTenant {
  const { id, ...others } = tenant;
  return id === undefined || id === derivedId(tenant.name) ? others : tenant;
}

function derivedId(name: string) {
  return `t_${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;
}
