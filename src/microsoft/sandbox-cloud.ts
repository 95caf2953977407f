/**
 * PURE. A simulated cloud from what the data folder of a demonstration says of it. It is always on this machine: whatever
 * the file says, no sign-in, token or mail of a tenant goes anywhere else by it.
 */

import type { Cloud } from './cloud.ts';
import { isCloudName, type StoredCloudName } from './cloud.ts';

/** `sandbox.json` in the data folder; `signet demo` writes it before anything else. */
export type SandboxFile = {
  /** Origins, `https://localhost:PORT`, as `createSandbox().listen()` answers them. */
  readonly authority: string;
  readonly exchange: string;
  readonly graph: string;
  /** PEM of the authority behind them and behind the host that takes mail. */
  readonly certificateAuthority: string;
  /** Where the tenants' mail is handed back. */
  readonly mail?: { readonly host: string; readonly port: number };
};

/** Undefined for anything that is not a whole description of a cloud on this machine. */
export function readSandboxFile(text: string): SandboxFile | undefined {
  const value = parsed(text);
  if (!value) return undefined;
  const { authority, exchange, graph, certificateAuthority, mail } = value;
  const origins = [authority, exchange, graph];
  if (!origins.every(isLocalOrigin)) return undefined;
  if (typeof certificateAuthority !== 'string' || !certificateAuthority.includes('BEGIN CERTIFICATE'))
    return undefined;
  if (mail !== undefined && !isLocalMail(mail)) return undefined;
  return value as SandboxFile;
}

export function sandboxCloud({ authority, exchange, graph }: SandboxFile): Cloud {
  return {
    name: 'sandbox',
    login: authority,
    exchange,
    exchangeHosts: [new URL(exchange).hostname],
    graph,
    mailHosts: '.mail.protection.outlook.com',
  };
}

/** From a file or a form; `sandbox` counts as a name here, and whether it leads somewhere is decided elsewhere. */
export function isStoredCloudName(text: string): text is StoredCloudName {
  return text === 'sandbox' || isCloudName(text);
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function isLocalOrigin(text: unknown): boolean {
  const url = typeof text === 'string' ? URL.parse(text) : null;
  return url !== null && url.protocol === 'https:' && url.origin === text && isLocal(url.hostname);
}

function isLocalMail(mail: unknown): boolean {
  if (typeof mail !== 'object' || mail === null) return false;
  const { host, port } = mail as Readonly<Record<string, unknown>>;
  return typeof host === 'string' && isLocal(host) && Number.isInteger(port);
}

/** What resolves to this machine by RFC 6761 6.3, and its own addresses. */
function isLocal(host: string) {
  return host === 'localhost' || host === '127.0.0.1' || host === '[::1]' || host === '::1';
}
