/** The device code endpoint and its polling (RFC 8628; reference 3.1, 3.3, example 14). */
import { type Answer, formOf, json, type Request } from '../http.ts';
import { answerRefusal, type Refusal, refused } from './aadsts.ts';
import { checkPublic } from './client.ts';
import { deviceSeconds, type Pending } from './pending.ts';
import { readApplication, readRequest } from './request.ts';
import { answerUserTokens, type TokenNeeds } from './tokens.ts';

export type GrantNeeds = TokenNeeds & { readonly pending: Pending };
export type GrantCall = { readonly tenantKey: string; readonly form: URLSearchParams };

/** No vowels and nothing that looks like something else. */
const letters = 'BCDFGHJKLMNPQRSTVWXZ23456789';

export function startDevice(needs: GrantNeeds, tenantKey: string, request: Request): Answer {
  const { state, origins, pending } = needs;
  const form = formOf(request);
  const asked = readRequest(state, origins, {
    tenantKey,
    clientId: form.get('client_id'),
    scope: form.get('scope'),
  });
  if (asked.kind === 'refused') return answerRefusal(state, asked);
  const userCode = [...state.random(9)].map(byte => letters[byte % letters.length]).join('');
  const deviceCode = `DAQABAAEAAA${state.random(48).toString('base64url')}`;
  const isExpired = state.faults.strikes('device-code-expired') !== undefined;
  pending.devices.set(deviceCode, {
    userCode,
    deviceCode,
    request: asked,
    expiresAt: state.clock.now() + (isExpired ? 0 : deviceSeconds * 1000),
    lastPoll: Number.NEGATIVE_INFINITY,
    outcome: { kind: 'pending' },
  });
  const verificationUri = `${origins.pages}/devicelogin`;
  return json(200, {
    user_code: userCode,
    device_code: deviceCode,
    verification_uri: verificationUri,
    expires_in: deviceSeconds,
    interval: state.pollSeconds,
    message: `To sign in, use a web browser to open the page ${verificationUri} and enter the code ${userCode} to authenticate.`,
  });
}

export async function redeemDevice(needs: GrantNeeds, { tenantKey, form }: GrantCall): Promise<Answer> {
  const { state, pending } = needs;
  const known = readApplication(state, { tenantKey, clientId: form.get('client_id') });
  if (known.kind === 'refused') return answerRefusal(state, known);
  const refusal = checkPublic({ form, application: known.application, audiences: [] });
  if (refusal) return answerRefusal(state, refusal);
  const outcome = poll(needs, known.application.appId, form.get('device_code'));
  if (outcome.kind === 'refused') return answerRefusal(state, outcome);
  const { signedIn } = outcome;
  return answerUserTokens(needs, { signedIn, refreshToken: pending.issueRefresh(signedIn, false) });
}

function poll({ state, pending }: GrantNeeds, appId: string, deviceCode: string | null) {
  if (!deviceCode) return refused(900144, 'device_code');
  const device = pending.devices.get(deviceCode);
  if (!device) return refused(70018);
  if (device.request.application.appId !== appId) return refused(700005);
  const now = state.clock.now();
  const isHasty = now - device.lastPoll < (state.pollSeconds - 1) * 1000;
  device.lastPoll = now;
  if (device.outcome.kind === 'over') return device.outcome.refusal;
  if (device.expiresAt <= now) return refused(70020);
  if (state.faults.strikes('slow-down')) return refused(70016, undefined, 'slow_down');
  if (device.outcome.kind !== 'signed-in')
    return refused(70016, undefined, isHasty ? 'slow_down' : undefined);
  const { outcome } = device;
  device.outcome = { kind: 'over', refusal: refused(54005) satisfies Refusal };
  return outcome;
}
