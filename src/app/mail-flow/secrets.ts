/**
 * Route secrets: made here, kept in the vault, never shown. The order matters, since mail that carries a secret which the relay
 * does not know waits: a new one is taken before any rule sets it, and the one before it until mail that waited at Exchange
 * can no longer carry it.
 */
import { limits } from '../../limits.ts';
import type { MicrosoftState, MicrosoftStore } from '../../store/microsoft.ts';
import type { Tenants } from '../../store/tenants.ts';

export type SecretsNeeds = {
  readonly tenants: Pick<Tenants, 'tenantSecrets'>;
  readonly microsoft: Pick<MicrosoftStore, 'findMicrosoft' | 'changeMicrosoft'>;
  readonly now: () => number;
  readonly random: (bytes: number) => Buffer;
};

export type RouteSecrets = { readonly current: string; readonly before: string | undefined };

/** 256 bits in characters that a header value and a PowerShell script hold unchanged. */
function makeSecret(random: SecretsNeeds['random']) {
  return random(32).toString('base64url');
}

export async function routeSecrets(
  { tenants }: Pick<SecretsNeeds, 'tenants'>,
  tenantId: string,
): Promise<{ readonly current: string | undefined; readonly before: string | undefined }> {
  const secrets = await tenants.tenantSecrets(tenantId);
  return { current: secrets['route-secret'], before: secrets['route-secret-before'] };
}

/** Makes the first one. */
export async function ensureSecret(needs: SecretsNeeds, tenantId: string): Promise<RouteSecrets> {
  const { current, before } = await routeSecrets(needs, tenantId);
  if (current !== undefined) return { current, before };
  const made = makeSecret(needs.random);
  await needs.microsoft.changeMicrosoft(tenantId, state => ({ ...state, routeSecretAt: needs.now() }), {
    'route-secret': made,
  });
  return { current: made, before };
}

export type Rotation =
  | { readonly kind: 'begun'; readonly secrets: RouteSecrets }
  /** The last one is not over: mail may still come with the secret before. */
  | { readonly kind: 'too-early'; readonly until: number };

/** A rotation whose rule was not changed yet goes on with the secret that it made. */
export async function beginRotation(needs: SecretsNeeds, tenantId: string): Promise<Rotation> {
  const { current, before } = await ensureSecret(needs, tenantId);
  const until = (await needs.microsoft.findMicrosoft(tenantId))?.state.routeSecretBeforeUntil;
  if (before !== undefined && until === undefined) return { kind: 'begun', secrets: { current, before } };
  if (until !== undefined && until > needs.now()) return { kind: 'too-early', until };
  const made = makeSecret(needs.random);
  await needs.microsoft.changeMicrosoft(
    tenantId,
    ({ routeSecretBeforeUntil: _, ...state }) => ({ ...state, routeSecretAt: needs.now() }),
    { 'route-secret': made, 'route-secret-before': current },
  );
  return { kind: 'begun', secrets: { current: made, before: current } };
}

/** To be applied when the rule has the present secret: from now on the one before has a day. */
export function ruleHasSecret(
  state: MicrosoftState,
  { before, now }: { readonly before: string | undefined; readonly now: number },
): MicrosoftState {
  const isOpen = before !== undefined && state.routeSecretBeforeUntil === undefined;
  return isOpen ? { ...state, routeSecretBeforeUntil: now + limits.microsoft.secretBeforeMs } : state;
}
