/**
 * App registrations and what a tenant has consented to (reference 2). An application is registered once, in the whole
 * simulated cloud; each tenant has its own service principal for it.
 */

export type ResourceName = 'exchange' | 'graph';

export type Application = {
  readonly appId: string;
  readonly displayName: string;
  /** Absent: Microsoft's own, preauthorised in every tenant. */
  readonly homeTenantId?: string;
  readonly signInAudience: 'AzureADMyOrg' | 'AzureADMultipleOrgs';
  /** "Allow public client flows": device code needs it (2.4). */
  readonly isFallbackPublicClient: boolean;
  readonly redirectUris: { readonly web: readonly string[]; readonly publicClient: readonly string[] };
  /** PEM certificates whose keys may sign client assertions. */
  readonly certificates: readonly string[];
  readonly secrets: readonly string[];
  readonly requires: {
    readonly delegated: Readonly<Partial<Record<ResourceName, readonly string[]>>>;
    readonly application: Readonly<Partial<Record<ResourceName, readonly string[]>>>;
  };
};

/** An application in one tenant. `delegated` and `application` are names of granted permissions. */
export type ServicePrincipal = {
  readonly id: string;
  readonly appId: string;
  readonly delegated: readonly string[];
  readonly application: readonly string[];
  /** Entra roles of the application itself, such as `Exchange Administrator`. */
  readonly roles: readonly string[];
};

/** "Microsoft Exchange REST API Based PowerShell" (2.1): public client, no consent needed, no Graph data. */
export const microsoftExchangeClient: Application = {
  appId: 'fb78d390-0c51-40cd-8e17-fdbfab77341b',
  displayName: 'Microsoft Exchange REST API Based PowerShell',
  signInAudience: 'AzureADMultipleOrgs',
  isFallbackPublicClient: true,
  redirectUris: {
    web: [],
    publicClient: ['https://login.microsoftonline.com/common/oauth2/nativeclient', 'http://localhost'],
  },
  certificates: [],
  secrets: [],
  requires: { delegated: { exchange: ['AdminApi.AccessAsUser.All'] }, application: {} },
};
