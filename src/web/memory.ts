/** What is remembered of a session beside the store: the note for its next page, and the tenant it worked in last. */
import type { Flash } from '../../views/page.ts';

export type Memory = {
  readonly keepFlash: (sessionId: string, flash: Flash) => void;
  /** Once. */
  readonly takeFlash: (sessionId: string) => Flash | undefined;
  readonly keepTenant: (sessionId: string, tenantId: string) => void;
  readonly lastTenant: (sessionId: string) => string | undefined;
};

/** Sessions that are remembered; each is some hundred bytes. */
const most = 2_000;

export function createMemory(): Memory {
  const flashes = new Map<string, Flash>();
  const tenants = new Map<string, string>();
  return {
    keepFlash: (id, flash) => keep(flashes, id, flash),
    takeFlash(id) {
      const flash = flashes.get(id);
      flashes.delete(id);
      return flash;
    },
    keepTenant: (id, tenantId) => keep(tenants, id, tenantId),
    lastTenant: id => tenants.get(id),
  };
}

function keep<Value>(map: Map<string, Value>, key: string, value: Value) {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > most && oldest !== undefined) map.delete(oldest);
}
