/**
 * Which application signs in to Microsoft, by which flow, for what: the one table that the wizard, the command line and
 * `createSignIn` go by (exchange-online.md 2; PRODUCT.md 7).
 */
export type Application =
  /** Microsoft's own public Exchange client: nothing to register, for connectors only, shown as Microsoft's in its log. */
  | { readonly kind: 'microsoft-exchange' }
  /** The organisation's own registration, in its own tenant. */
  | { readonly kind: 'single-tenant'; readonly clientId: string }
  /** A provider's registration in the provider's tenant; people sign in to a customer's tenant through GDAP. */
  | { readonly kind: 'multi-tenant'; readonly clientId: string };

export type Flow = 'device-code' | 'authorization-code' | 'app-only';

/** What a sign-in is for. The last three are standing accesses, each of them optional (PRODUCT.md 7). */
export type Purpose = 'connectors' | 'directory' | 'watch' | 'lease';

export type Resource = 'exchange' | 'graph';

type Abilities = {
  readonly flows: readonly Flow[];
  readonly purposes: readonly Purpose[];
  /** Whether the sign-in must name the tenant: a single tenant's application and GDAP know no "organizations". */
  readonly needsTenant: boolean;
  readonly sentence: string;
};

/** Client id of "Microsoft Exchange REST API Based PowerShell" (exchange-online.md 2.1). */
export const microsoftExchangeClientId = 'fb78d390-0c51-40cd-8e17-fdbfab77341b';

export const applications: Readonly<Record<Application['kind'], Abilities>> = {
  'microsoft-exchange': {
    flows: ['device-code'],
    purposes: ['connectors'],
    needsTenant: false,
    sentence:
      "Quick start: Microsoft's own Exchange application, by one-time code, for connectors only. Microsoft may end this for other products at any time.",
  },
  'single-tenant': {
    flows: ['device-code', 'authorization-code', 'app-only'],
    purposes: ['connectors', 'directory', 'watch', 'lease'],
    needsTenant: true,
    sentence: "Your organisation's own registration, made once by a script that Signet writes for you.",
  },
  'multi-tenant': {
    flows: ['device-code', 'authorization-code', 'app-only'],
    purposes: ['connectors', 'directory', 'watch', 'lease'],
    needsTenant: true,
    sentence:
      "A provider's registration for all customers; sign-in is at the customer's tenant, through GDAP.",
  },
};

export function supports(application: Application, flow: Flow, purpose: Purpose): boolean {
  const { flows, purposes } = applications[application.kind];
  // People sign in for connectors; what stands without them has an application's own access.
  const isFitting = purpose === 'connectors' ? flow !== 'app-only' : flow === 'app-only';
  return isFitting && flows.includes(flow) && purposes.includes(purpose);
}

export function clientIdOf(application: Application): string {
  return application.kind === 'microsoft-exchange' ? microsoftExchangeClientId : application.clientId;
}
