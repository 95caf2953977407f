/** An identity provider that others wrote, for the device flow: oidc-provider on a free port, with its own pages. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';
import { sendTo } from './sandbox.ts';

export async function startOidcProvider() {
  const clientId = 'plain-device-client';
  let handle: ReturnType<Provider['callback']> | undefined;
  const server = createServer((request, response) => void handle?.(request, response));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        grant_types: ['urn:ietf:params:oauth:grant-type:device_code'],
        response_types: [],
        redirect_uris: [],
        token_endpoint_auth_method: 'none',
        application_type: 'native',
      },
    ],
    features: { deviceFlow: { enabled: true }, devInteractions: { enabled: true } },
    cookies: { keys: ['only for this test'] },
    pkce: { required: () => false },
  });
  handle = provider.callback();

  /** A browser with a cookie jar, which follows redirects and fills in every form until there is none. */
  async function approve(userCode: string) {
    const cookies = new Map<string, string>();
    const browse = async (url: string, fields?: Readonly<Record<string, string>>) => {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const form = fields && {
        method: 'POST',
        body: new URLSearchParams(fields).toString(),
      };
      const type = form ? { 'content-type': 'application/x-www-form-urlencoded' } : {};
      const reply = await sendTo(url, { ...form, headers: { cookie, ...type } });
      for (const [, name = '', value = ''] of (reply.headers['set-cookie'] ?? '').matchAll(
        /(?:^|,)\s*([\w.-]+)=([^;,]*);/g,
      )) {
        if (!['expires', 'path'].includes(name)) cookies.set(name, value);
      }
      return reply;
    };
    let url = `${issuer}/device`;
    let reply = await browse(url);
    for (let step = 0; step < 20; step += 1) {
      const location = reply.headers.location;
      if (location) {
        url = new URL(location, url).href;
        reply = await browse(url);
        continue;
      }
      const action = /<form[^>]*action="([^"]*)"/.exec(reply.text)?.[1];
      if (!action || /Sign-in Success|success/i.test(reply.text)) return;
      url = new URL(action, url).href;
      reply = await browse(url, filledIn(reply.text, userCode));
    }
    throw new Error('the device was not approved in 20 steps');
  }

  const close = () => new Promise<void>(resolve => server.close(() => resolve()));
  return { issuer, clientId, send: sendTo, approve, close };
}

function filledIn(page: string, userCode: string): Record<string, string> {
  const inputs = [...page.matchAll(/<input[^>]*>/g)].map(([tag]) => tag);
  const attribute = (tag: string, name: string) => new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
  const typed: Readonly<Record<string, string>> = {
    user_code: userCode,
    login: 'somebody',
    password: 'anything',
  };
  return Object.fromEntries(
    inputs.flatMap(tag => {
      const name = attribute(tag, 'name');
      return name === undefined || name === 'abort'
        ? []
        : [[name, typed[name] ?? attribute(tag, 'value') ?? '']];
    }),
  );
}
