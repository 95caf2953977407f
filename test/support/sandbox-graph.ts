/** Calls the sandbox's Graph as an application with given permissions; each call may be made wrong in one place. */
import { ownApplication, type Reply, type TestSandbox } from './sandbox.ts';

const secret = 'a-secret-of-the-test';

/** An app-only token of Contoso with these roles and no others. */
export async function graphToken(
  test: TestSandbox,
  roles: readonly string[] = ['User.Read.All', 'GroupMember.Read.All'],
  tenant = test.contoso,
): Promise<string> {
  const appId = `99999999-9999-9999-9999-${String(test.state.applications.size).padStart(12, '0')}`;
  const application = {
    signInAudience: 'AzureADMultipleOrgs',
    requires: { delegated: {}, application: {} },
  } as const;
  test.state.register(ownApplication({ ...application, appId, secrets: [secret] }));
  test.state.consent(tenant, appId, { application: roles });
  const reply = await test.form(`${test.cloud.authority}/${tenant.id}/oauth2/v2.0/token`, {
    grant_type: 'client_credentials',
    client_id: appId,
    client_secret: secret,
    scope: 'https://graph.microsoft.com/.default',
  });
  const token: unknown = JSON.parse(reply.text).access_token;
  if (typeof token !== 'string') throw new Error(`no token: ${reply.text}`);
  return token;
}

export type GraphReply = Reply & {
  readonly body: GraphBody;
  readonly value: readonly GraphRow[];
  readonly code: string | undefined;
};
export type GraphRow = Readonly<Record<string, unknown>> & { readonly id: string };
type GraphBody = Readonly<Record<string, unknown>>;

export async function graphGet(
  test: TestSandbox,
  token: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<GraphReply> {
  const url = path.startsWith('https:') ? path : `${test.cloud.graph}/v1.0/${path}`;
  return replyOf(await test.send(url, { headers: { authorization: `Bearer ${token}`, ...headers } }));
}

export async function graphBatch(test: TestSandbox, token: string, requests: unknown): Promise<GraphReply> {
  return replyOf(
    await test.send(`${test.cloud.graph}/v1.0/$batch`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ requests }),
    }),
  );
}

function replyOf(reply: Reply): GraphReply {
  const isJson = /json/.test(reply.headers['content-type'] ?? '') && reply.text.endsWith('}');
  const body = isJson ? JSON.parse(reply.text) : {};
  return { ...reply, body, value: body.value ?? [], code: body.error?.code };
}

/** All pages of a delta query, and the link behind the last one. */
export async function allPages(test: TestSandbox, token: string, path: string, headers = {}) {
  const rows: GraphRow[] = [];
  let pages = 0;
  for (let next = path; ; ) {
    const reply = await graphGet(test, token, next, headers);
    if (reply.status !== 200) throw new Error(`expected 200, got ${reply.status} ${reply.text}`);
    rows.push(...reply.value);
    pages++;
    const deltaLink = reply.body['@odata.deltaLink'];
    if (typeof deltaLink === 'string') return { rows, pages, deltaLink };
    const link = reply.body['@odata.nextLink'];
    if (typeof link !== 'string') return { rows, pages, deltaLink: '' };
    next = link;
  }
}
