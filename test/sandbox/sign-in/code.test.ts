/** Authorisation code with PKCE through the sandbox's pages, and clients that do it wrong. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import {
  fieldsOf,
  ownApplication,
  type Reply,
  startSandbox,
  type TestSandbox,
} from '../../support/sandbox.ts';

const verifier = 'a-verifier-of-forty-three-characters-or-more-0';
const challenge = createHash('sha256').update(verifier).digest('base64url');
const application = ownApplication();
const redirectUri = 'http://localhost';
const modestScope = 'https://graph.microsoft.com/User.Read openid';
const wideScope = 'https://outlook.office365.com/Exchange.Manage openid';

let test: TestSandbox;
before(async () => {
  test = await startSandbox();
  test.state.register(application);
});
after(() => test.sandbox.close());

const base = () => `${test.cloud.authority}/${test.contoso.id}/oauth2/v2.0`;
const person = () =>
  test.contoso.directory.people().find(({ roles }) => roles.length === 0)?.userPrincipalName ?? '';

/** Through account and consent page, as a person in a browser does it. */
async function codeFor(account: string): Promise<URL> {
  const asked = {
    ...{ client_id: application.appId, response_type: 'code', redirect_uri: redirectUri, scope: modestScope },
    ...{ code_challenge: challenge, code_challenge_method: 'S256', state: 'here' },
  };
  const first = await test.send(`${base()}/authorize?${new URLSearchParams(asked)}`);
  const next = await test.form(`${base()}/authorize`, { ...fieldsOf(first), account, choice: 'continue' });
  const last =
    next.status === 302
      ? next
      : await test.form(`${base()}/authorize`, { ...fieldsOf(next), choice: 'accept' });
  return new URL(last.headers.location ?? '');
}

function redeem(code: string, changes: Readonly<Record<string, string>> = {}): Promise<Reply> {
  return test.form(`${base()}/token`, {
    ...{ grant_type: 'authorization_code', client_id: application.appId, redirect_uri: redirectUri },
    ...{ code, code_verifier: verifier, scope: modestScope, ...changes },
  });
}

describe('an authorisation code', () => {
  it('becomes tokens once, for what was consented to', async () => {
    const back = await codeFor(person());
    assert.equal(back.searchParams.get('state'), 'here');
    const code = back.searchParams.get('code') ?? '';
    const reply = await redeem(code);
    assert.equal(reply.status, 200, reply.text);
    assert.match(JSON.parse(reply.text).scope, /User\.Read/);
    assert.match((await redeem(code)).text, /AADSTS54005/);
  });

  const wrong: readonly [what: string, changes: Readonly<Record<string, string>>, error: RegExp][] = [
    ['another verifier', { code_verifier: `${verifier}x` }, /AADSTS501481/],
    ['another redirect address', { redirect_uri: 'http://localhost/other' }, /AADSTS500112/],
    ['a scope that nobody consented to', { scope: wideScope }, /AADSTS65001/],
  ];
  for (const [what, changes, error] of wrong)
    it(`is refused with ${what}`, async () => {
      const code = (await codeFor(person())).searchParams.get('code') ?? '';
      const reply = await redeem(code, changes);
      assert.equal(reply.status, 400);
      assert.match(reply.text, error);
    });
});
