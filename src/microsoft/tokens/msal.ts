/** MSAL, set up so that it calls the given cloud and nothing else, keeps everything in memory and logs nothing. */
import { createHash, X509Certificate } from 'node:crypto';
import { ConfidentialClientApplication, type Configuration, PublicClientApplication } from '@azure/msal-node';
import type { Cloud } from '../cloud.ts';
import { createNetwork, type Network, type NetworkPorts } from './network.ts';
import type { ApplicationCertificate } from './sign-in-types.ts';

export type Msal<App> = { readonly app: App; readonly network: Network };

type Setup = NetworkPorts & {
  readonly cloud: Cloud;
  readonly clientId: string;
  /** GUID or domain; undefined where any organisation may sign in. */
  readonly tenant: string | undefined;
};

export function publicClient(setup: Setup): Msal<PublicClientApplication> {
  const network = createNetwork(setup);
  return { app: new PublicClientApplication(configuration(setup, network)), network };
}

/** Shows itself by a certificate: a PS256 assertion, so its key is an RSA one. */
export function confidentialClient(
  setup: Setup & { readonly certificate: ApplicationCertificate },
): Msal<ConfidentialClientApplication> {
  const network = createNetwork(setup);
  const { auth, ...rest } = configuration(setup, network);
  const { certificate, key } = setup.certificate;
  const clientCertificate = {
    thumbprintSha256: thumbprintOf(certificate),
    privateKey: key,
    x5c: certificate,
  };
  return {
    app: new ConfidentialClientApplication({ ...rest, auth: { ...auth, clientCertificate } }),
    network,
  };
}

/** As the app registration shows it: SHA-256 of the certificate, hexadecimal. */
export function thumbprintOf(certificate: string): string {
  return createHash('sha256').update(new X509Certificate(certificate).raw).digest('hex');
}

export function authorityOf(cloud: Cloud, tenant = 'organizations'): string {
  return `${cloud.login}/${encodeURIComponent(tenant)}`;
}

function configuration({ cloud, clientId, tenant }: Setup, network: Network) {
  return {
    auth: {
      clientId,
      authority: authorityOf(cloud, tenant),
      // Both together: no question to Microsoft's own discovery, whichever cloud it is (exchange-online.md 3.4).
      knownAuthorities: [new URL(cloud.login).host],
      authorityMetadata: JSON.stringify(metadataOf(cloud)),
    },
    system: {
      networkClient: network.client,
      disableInternalRetries: true,
      loggerOptions: { loggerCallback: () => {}, piiLoggingEnabled: false },
    },
  } satisfies Configuration;
}

function metadataOf({ login }: Cloud) {
  const base = `${login}/{tenantid}`;
  return {
    issuer: `${base}/v2.0`,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    token_endpoint: `${base}/oauth2/v2.0/token`,
    end_session_endpoint: `${base}/oauth2/v2.0/logout`,
    jwks_uri: `${base}/discovery/v2.0/keys`,
  };
}
