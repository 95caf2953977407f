/**
 * What is remembered of a session beside the store: the note for its next page, the tenant it worked in last, and secrets on
 * their way, such as the seed of an authenticator app before its first code. They never stand in a form.
 */
import type { Flash } from '../../views/page.ts';

export type Memory = {
  readonly keepFlash: (sessionId: string, flash: Flash) => void;
  /** Once. */
  readonly takeFlash: (sessionId: string) => Flash | undefined;
  readonly keepTenant: (sessionId: string, tenantId: string) => void;
  /** In the place of an earlier one; undefined forgets it. */
  readonly keepSecret: (sessionId: string, kind: SecretKind, secret: string | undefined) => void;
  readonly secret: (sessionId: string, kind: SecretKind) => string | undefined;
  readonly lastTenant: (sessionId: string) => string | undefined;
};

export type SecretKind = 'seed' | 'recovery-codes' | 'challenge' | 'link';

/** Sessions that are remembered; each is some hundred bytes. */
const most = 2_000;

export function createMemory(): Memory {
  const flashes = new Map<string, Flash>();
  const tenants = new Map<string, string>();
  const secrets = new Map<string, string>();
  return {
    keepFlash: (id, flash) => keep(flashes, id, flash),
    takeFlash(id) {
      const flash = flashes.get(id);
      flashes.delete(id);
      return flash;
    },
    keepTenant: (id, tenantId) => keep(tenants, id, tenantId),
    keepSecret(id, kind, secret) {
      if (secret === undefined) secrets.delete(`${kind} ${id}`);
      else keep(secrets, `${kind} ${id}`, secret);
    },
    secret: (id, kind) => secrets.get(`${kind} ${id}`),
    lastTenant: id => tenants.get(id),
  };
}

function keep<Value>(map: Map<string, Value>, key: string, value: Value) {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > most && oldest !== undefined) map.delete(oldest);
}
