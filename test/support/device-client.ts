/**
 * A client of the device flow that knows RFC 8628 and OpenID Connect Discovery and nothing else, so that what works with an identity
 * provider of others has to work with the sandbox.
 */
import type { Reply, Sending } from './sandbox.ts';

export type DeviceClient = {
  readonly discovery: string;
  readonly clientId: string;
  readonly scope: string;
  readonly send: (url: string, sending?: Sending) => Promise<Reply>;
  /** Shows the code; whoever signs in does so meanwhile. */
  readonly show: (code: { readonly userCode: string; readonly verificationUri: string }) => Promise<void>;
  readonly wait: (seconds: number) => Promise<void>;
};

export type DeviceResult =
  | {
      readonly kind: 'tokens';
      readonly tokens: Readonly<Record<string, unknown>>;
      readonly jwksUri: string;
      readonly issuer: string;
    }
  | { readonly kind: 'failed'; readonly error: string; readonly polls: number };

/** @returns the tokens, or the error word that ended the flow */
export async function signInByDevice(client: DeviceClient): Promise<DeviceResult> {
  const { discovery, clientId, scope, send, show, wait } = client;
  const metadata = JSON.parse((await send(discovery)).text);
  const post = async (url: string, fields: Readonly<Record<string, string>>) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const reply = await send(url, { method: 'POST', headers, body: new URLSearchParams(fields).toString() });
    return { status: reply.status, body: JSON.parse(reply.text) };
  };
  const device = await post(metadata.device_authorization_endpoint, { client_id: clientId, scope });
  if (device.status !== 200) return { kind: 'failed', error: String(device.body.error), polls: 0 };
  await show({ userCode: device.body.user_code, verificationUri: device.body.verification_uri });
  let interval = Number(device.body.interval ?? 5);
  for (let polls = 1; ; polls += 1) {
    await wait(interval);
    const { status, body } = await post(metadata.token_endpoint, {
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      device_code: device.body.device_code,
      client_id: clientId,
    });
    if (status === 200)
      return { kind: 'tokens', tokens: body, jwksUri: metadata.jwks_uri, issuer: metadata.issuer };
    if (body.error === 'slow_down') interval += 5;
    else if (body.error !== 'authorization_pending')
      return { kind: 'failed', error: String(body.error), polls };
  }
}
