/**
 * One connection to an LDAP server, over ldapts; the only file that speaks with it. Always bound (also anonymously), so
 * that a connection that was lost and silently made anew by the library, without StartTLS and without an account, is
 * never read from. Referrals to other servers are ignored: they would need their own trust.
 */
import type { ConnectionOptions } from 'node:tls';
import { Client, type Entry, ResultCodeError } from 'ldapts';
import { limits } from '../limits.ts';
import type { LdapServer } from './ldap-settings.ts';

/** Attribute names in lower case; values as bytes where they were asked for as bytes. */
export type LdapEntry = {
  readonly dn: string;
  readonly attributes: ReadonlyMap<string, readonly (string | Buffer)[]>;
};

export type LdapSearch = {
  readonly base: string;
  readonly filter: string;
  readonly attributes: readonly string[];
  /** Names, spelt as in the server's schema, whose values are bytes. */
  readonly binary?: readonly string[];
  readonly pageSize?: number;
};

export type LdapConnection = {
  /** Everything under the base, page by page; the server is asked for a page only when it is wanted. */
  readonly pages: (search: LdapSearch) => AsyncGenerator<readonly LdapEntry[]>;
  /** The entry with that name; undefined when the server shows none. */
  readonly entry: (
    dn: string,
    attributes: readonly string[],
    binary?: readonly string[],
  ) => Promise<LdapEntry | undefined>;
  readonly close: () => Promise<void>;
};

export type Account = { readonly name: string; readonly password: string };

export type ConnectOptions = {
  readonly server: LdapServer;
  readonly account: Account;
  readonly timeLimitSeconds: number;
  readonly signal: AbortSignal;
};

/** Rejects with the library's or the system's error; `ldapProblem` says it in a sentence. */
export async function connectLdap(options: ConnectOptions): Promise<LdapConnection> {
  const { server, account, timeLimitSeconds, signal } = options;
  const tls = { ...server.tls, minVersion: 'TLSv1.2' } as const;
  const client = new Client({
    url: server.url,
    timeout: timeLimitSeconds * 1000,
    connectTimeout: limits.directory.ldapConnectMs,
    // With `ldap:` these would make the library speak TLS at once.
    ...(server.security === 'tls' && { tlsOptions: tls }),
  });
  const close = async () => {
    signal.removeEventListener('abort', stop);
    await client.unbind().catch(() => {});
  };
  const stop = () => void close();
  signal.throwIfAborted();
  signal.addEventListener('abort', stop);
  try {
    if (server.security === 'starttls') await startTls(client, tls);
    await client.bind(account.name, account.password);
  } catch (error) {
    await close();
    throw error;
  }
  return { ...searches(client, timeLimitSeconds), close };
}

/** The server has no StartTLS; nothing was sent but the question. */
export class LdapStartTlsRefused extends Error {}

async function startTls(client: Client, tls: ConnectionOptions) {
  try {
    await inTime(client.startTLS({ ...tls }), limits.directory.ldapConnectMs);
  } catch (error) {
    throw error instanceof ResultCodeError ? new LdapStartTlsRefused(error.message) : error;
  }
}

/** The library gives StartTLS's handshake no end. */
async function inTime(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('Connection timeout')), ms);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}

export class LdapConnectionLost extends Error {}

function searches(client: Client, timeLimitSeconds: number): Omit<LdapConnection, 'close'> {
  const requireBound = () => {
    if (!client.isBound) throw new LdapConnectionLost('The connection was lost');
  };
  return {
    async *pages({ base, filter, attributes, binary = [], pageSize = limits.directory.ldapPageSize }) {
      const names = [...attributes, ...binary];
      const options = { filter, attributes: names, explicitBufferAttributes: [...binary] };
      const paged = { scope: 'sub', paged: { pageSize }, timeLimit: timeLimitSeconds } as const;
      requireBound();
      for await (const { searchEntries } of client.searchPaginated(base, { ...options, ...paged })) {
        yield searchEntries.map(readEntry);
        requireBound();
      }
    },
    entry: async (dn, attributes, binary = []) => {
      requireBound();
      const options = { attributes: [...attributes, ...binary], explicitBufferAttributes: [...binary] };
      const { searchEntries } = await client.search(dn, { scope: 'base', ...options });
      return searchEntries[0] && readEntry(searchEntries[0]);
    },
  };
}

function readEntry({ dn, ...rest }: Entry): LdapEntry {
  const attributes = new Map<string, readonly (string | Buffer)[]>();
  for (const [name, values] of Object.entries(rest)) {
    const list = Array.isArray(values) ? values : [values];
    if (list.length > 0) attributes.set(name.toLowerCase(), list);
  }
  return { dn, attributes };
}
