/** Calls the sandbox's Exchange admin API as the reference says a client should; each call may be made wrong in one place. */
import type { Reply, TestSandbox } from './sandbox.ts';

export type Invocation = {
  readonly token: string;
  readonly cmdlet: string;
  readonly parameters?: unknown;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly tenant?: string;
  readonly query?: string;
  readonly url?: string;
};

export type CmdletReply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly value: readonly Readonly<Record<string, unknown>>[];
  readonly warnings: readonly string[];
  readonly nextLink: string | undefined;
  /** `Type|text` of the first detail. */
  readonly problem: string;
};

export async function invoke(test: TestSandbox, invocation: Invocation): Promise<CmdletReply> {
  const { token, cmdlet, parameters = {}, headers = {}, tenant = test.contoso.id, query = '' } = invocation;
  const all = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'x-anchormailbox': 'UPN:admin@contoso.com',
    'x-responseformat': 'json',
    ...headers,
  };
  const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const reply = await test.send(
    invocation.url ?? `${test.cloud.exchange}/adminapi/beta/${tenant}/InvokeCommand${query}`,
    {
      method: 'POST',
      headers: Object.fromEntries(given),
      body: JSON.stringify({ CmdletInput: { CmdletName: cmdlet, Parameters: parameters } }),
    },
  );
  return readReply(reply);
}

function readReply({ status, headers, text }: Reply): CmdletReply {
  const body = /json/.test(headers['content-type'] ?? '') ? JSON.parse(text) : {};
  const detail = String(body.error?.details?.[0]?.message ?? body.error?.message ?? '');
  return {
    status,
    headers,
    text,
    value: body.value ?? [],
    warnings: body['@adminapi.warnings'] ?? [],
    nextLink: body['@odata.nextLink'],
    problem: detail.split('|').slice(1).join('|') || detail,
  };
}

/** Reference 5.3. */
export const outbound = {
  Name: 'Signet - to relay',
  ConnectorType: 'OnPremises',
  UseMXRecord: false,
  SmartHosts: ['signet.contoso.com'],
  TlsSettings: 'DomainValidation',
  TlsDomain: 'signet.contoso.com',
  IsTransportRuleScoped: true,
  RouteAllMessagesViaOnPremises: false,
  AllAcceptedDomains: false,
  CloudServicesMailEnabled: true,
  SenderRewritingEnabled: false,
  Enabled: true,
  Comment: 'Signet 1.0 installation 7f3c',
};

export const inbound = {
  Name: 'Signet - from relay',
  ConnectorType: 'OnPremises',
  SenderDomains: ['*'],
  RequireTls: true,
  RestrictDomainsToCertificate: true,
  TlsSenderCertificateName: 'signet.contoso.com',
  CloudServicesMailEnabled: true,
  TreatMessagesAsInternal: false,
  Enabled: true,
  Comment: 'Signet 1.0 installation 7f3c',
};

export const rule = {
  Name: 'Signet - route for signature',
  Priority: 0,
  Mode: 'Enforce',
  FromScope: 'InOrganization',
  SentToScope: 'NotInOrganization',
  FromMemberOf: ['signatures@contoso.com'],
  SenderAddressLocation: 'HeaderOrEnvelope',
  RouteMessageOutboundConnector: 'Signet - to relay',
  SetHeaderName: 'X-Signet-Route',
  SetHeaderValue: 'a-secret',
  ExceptIfHeaderMatchesMessageHeader: 'X-Signet-Processed',
  ExceptIfHeaderMatchesPatterns: ['7f3c9a1e5b'],
  ExceptIfFromAddressMatchesPatterns: ['<>'],
  ExceptIfMessageSizeOver: 23592960,
  ExceptIfMessageTypeMatches: 'Calendaring',
  RuleErrorAction: 'Ignore',
  SetAuditSeverity: 'DoNotAudit',
  StopRuleProcessing: true,
  Comments: 'Signet 1.0 installation 7f3c',
  Enabled: false,
};
