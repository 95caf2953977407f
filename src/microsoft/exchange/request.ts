/** PURE. A cmdlet as a request to the admin API (exchange-online.md 1.1 to 1.4). */
import type { Cloud } from '../cloud.ts';
import type { Command, ParameterValue } from './command.ts';

export type Anchor = 'user' | 'system';

export type Caller = {
  readonly tenantId: string;
  /** UPN of the administrator; undefined for an application. */
  readonly username: string | undefined;
};

/** Where the cmdlet runs, with `$select` where only some properties are wanted. */
export function invokeUrl(cloud: Cloud, tenantId: string, select: readonly string[] = []): string {
  const query = select.length > 0 ? `?$select=${select.map(encodeURIComponent).join(',')}` : '';
  return `${cloud.exchange}/adminapi/beta/${encodeURIComponent(tenantId)}/InvokeCommand${query}`;
}

/** The resource whose answer lists what the caller may run; only a helper of Microsoft's module. */
export function moduleUrl(cloud: Cloud, tenantId: string): string {
  return `${cloud.exchange}/adminapi/v1.0/${encodeURIComponent(tenantId)}/EXOModuleFile?Version=3.9.2`;
}

export function requestHeaders({
  cmdlet,
  caller,
  anchor,
  token,
  ids,
}: {
  readonly cmdlet: string;
  readonly caller: Caller;
  readonly anchor: Anchor;
  readonly token: string;
  readonly ids: { readonly connection: string; readonly request: string };
}): Record<string, string> {
  return {
    Authorization: `Bearer ${token}`,
    'Content-Type': 'application/json; charset=utf-8',
    Accept: 'application/json',
    Prefer: 'odata.maxpagesize=1000',
    'X-AnchorMailbox': anchorMailbox(caller, anchor),
    'X-CmdletName': cmdlet,
    'X-ResponseFormat': 'json',
    'X-SerializationLevel': 'Partial',
    'X-ClientApplication': 'Signet',
    'connection-id': ids.connection,
    'client-request-id': ids.request,
  };
}

/** A routing hint only: the administrator's mailbox, or a system mailbox that every tenant has. */
function anchorMailbox({ tenantId, username }: Caller, anchor: Anchor) {
  // A header holds ASCII; Entra's UPNs are, but what arrives here came from a token.
  if (anchor === 'user' && username && /^[\x21-\x7e]{1,200}$/.test(username)) return `UPN:${username}`;
  return `APP:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@${tenantId}`;
}

export function requestBody({ cmdlet, parameters }: Command): string {
  const written = Object.entries(parameters).map(([name, value]) => [name, wireValue(value)] as const);
  return JSON.stringify({ CmdletInput: { CmdletName: cmdlet, Parameters: Object.fromEntries(written) } });
}

function wireValue(value: ParameterValue): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  if ('secret' in value) throw new Error('A secret must be filled in before its command runs.');
  if (!isChange(value)) return value;
  return {
    '@odata.type': '#Exchange.GenericHashTable',
    ...(value.add ? { Add: value.add } : {}),
    ...(value.remove ? { Remove: value.remove } : {}),
  };
}

function isChange(value: object): value is { add?: readonly string[]; remove?: readonly string[] } {
  return !Array.isArray(value);
}
