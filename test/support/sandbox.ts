/** A sandbox with a clock of the test's own, and a plain HTTPS client that trusts it: no library of Microsoft's, none of ours. */
import { randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Application } from '../../src/sandbox/applications.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { contosoId, fabrikamId } from '../../src/sandbox/seed.ts';

export type Reply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly bytes: Buffer;
};

export type Sending = {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

export const failingLog = {
  error: (what: unknown) => {
    throw new Error(`the sandbox logged an error: ${JSON.stringify(what)}`);
  },
};

export function testClock(start = Date.parse('2026-08-01T10:00:00Z')) {
  let passed = 0;
  return {
    now: () => start + passed,
    elapsed: () => passed,
    advance: (ms: number) => {
      passed += ms;
    },
  };
}

export async function startSandbox() {
  const clock = testClock(Date.now());
  const sandbox = createSandbox({ clock, random: randomBytes, log: failingLog });
  const cloud = await sandbox.listen();
  const send = (url: string, sending?: Sending) => sendTo(url, sending, cloud.certificateAuthority);
  const tenantOf = (id: string) => {
    const tenant = sandbox.state.tenants.get(id);
    if (!tenant) throw new Error(`no tenant ${id}`);
    return tenant;
  };
  const form = (url: string, fields: Readonly<Record<string, string>>) =>
    send(url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(fields).toString(),
    });
  return {
    sandbox,
    clock,
    cloud,
    send,
    form,
    state: sandbox.state,
    contoso: tenantOf(contosoId),
    fabrikam: tenantOf(fabrikamId),
  };
}

export type TestSandbox = Awaited<ReturnType<typeof startSandbox>>;

export function sendTo(
  url: string,
  { method = 'GET', headers = {}, body }: Sending = {},
  ca?: string,
): Promise<Reply> {
  const open = url.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const sent = open(url, { method, headers, ...(ca === undefined ? {} : { ca }) }, response => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('error', reject);
      response.on('end', () => {
        const bytes = Buffer.concat(pieces);
        const entries = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
        resolve({
          status: response.statusCode ?? 0,
          headers: Object.fromEntries(entries),
          text: bytes.toString('utf8'),
          bytes,
        });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** The values of the hidden and visible fields of the only form of a page. */
export function fieldsOf({ text }: Reply): Record<string, string> {
  const inputs = [...text.matchAll(/<input[^>]*\sname="([^"]*)"[^>]*\svalue="([^"]*)"/g)];
  return Object.fromEntries(
    inputs.map(([, name = '', value = '']) => [name, value.replaceAll('&amp;', '&')]),
  );
}

export const microsoftsClient = 'fb78d390-0c51-40cd-8e17-fdbfab77341b';
export const exchangeScope = 'https://outlook.office365.com/.default openid profile offline_access';

/** An organisation's own registration with everything that the product may want. */
export function ownApplication(changes: Partial<Application> = {}): Application {
  return {
    appId: '99999999-9999-9999-9999-999999999999',
    displayName: 'Signet of Contoso',
    homeTenantId: contosoId,
    signInAudience: 'AzureADMyOrg',
    isFallbackPublicClient: true,
    redirectUris: { web: ['https://signet.contoso.com/auth/callback'], publicClient: ['http://localhost'] },
    certificates: [],
    secrets: [],
    requires: {
      delegated: { exchange: ['Exchange.Manage'], graph: ['User.Read'] },
      application: { graph: ['User.Read.All', 'GroupMember.Read.All'], exchange: ['Exchange.ManageAsApp'] },
    },
    ...changes,
  };
}

export type TokenWish = {
  readonly account?: string;
  readonly clientId?: string;
  readonly scope?: string;
  readonly tenant?: string;
};

/** A user's access token, by the device code flow and its page. */
export async function signInAs(test: TestSandbox, wish: TokenWish = {}): Promise<string> {
  const { account = 'admin@contoso.com', clientId = microsoftsClient, scope = exchangeScope } = wish;
  const tenant = wish.tenant ?? 'organizations';
  const base = `${test.cloud.authority}/${tenant}/oauth2/v2.0`;
  const device = JSON.parse((await test.form(`${base}/devicecode`, { client_id: clientId, scope })).text);
  const page = await test.form(`${test.cloud.pages}/devicelogin/account`, {
    code: device.user_code,
    account,
    choice: 'continue',
  });
  if (page.text.includes('Permissions requested')) {
    await test.form(`${test.cloud.pages}/devicelogin/consent`, { ...fieldsOf(page), choice: 'accept' });
  }
  const reply = await test.form(`${base}/token`, {
    grant_type: 'device_code',
    device_code: device.device_code,
    client_id: clientId,
    scope,
  });
  const token: unknown = JSON.parse(reply.text).access_token;
  if (typeof token !== 'string') throw new Error(`no token: ${reply.text}`);
  return token;
}
