/** The page where a person enters a device code: code, account, consent, done (reference 3.1, 5.2). */
import { type Answer, formOf, type Request } from '../http.ts';
import { type Refusal, refused } from './aadsts.ts';
import type { GrantNeeds } from './device.ts';
import type { DeviceSignIn } from './pending.ts';
import { giveConsent, mayConsent, type SignedIn, signIn } from './person.ts';
import { accountScreen, codeScreen, consentScreen, doneScreen, refusalScreen } from './screens.ts';

export function answerDevicePage(needs: GrantNeeds, request: Request): Answer {
  if (request.method === 'GET') return codeScreen();
  const form = formOf(request);
  const device = needs.pending.findByUserCode(form.get('code') ?? '');
  if (device?.outcome.kind !== 'pending' || device.expiresAt <= needs.state.clock.now()) {
    return codeScreen('That code did not work. Check it, or ask the application for a new one.');
  }
  const { pathname } = request.url;
  if (pathname === '/devicelogin') return askAccount(needs, device);
  if (form.get('choice') === 'cancel') return end(device, refused(70000));
  return takeAccount(needs, device, form);
}

function askAccount({ state }: GrantNeeds, device: DeviceSignIn) {
  return accountScreen(state, device.request, {
    action: '/devicelogin/account',
    fields: { code: device.userCode },
  });
}

function takeAccount({ state }: GrantNeeds, device: DeviceSignIn, form: URLSearchParams): Answer {
  const account = form.get('account') ?? '';
  const attempt = signIn(state, { request: device.request, account, flow: 'device' });
  if (attempt.kind === 'refused') return refuse(device, attempt);
  if (attempt.kind === 'signed-in') return finish(state.faults, device, attempt);
  if (!mayConsent(attempt)) return refusalScreen(refused(90094));
  if (form.get('choice') === 'accept') return finish(state.faults, device, giveConsent(state, attempt));
  return consentScreen(attempt, {
    action: '/devicelogin/consent',
    fields: { code: device.userCode, account },
  });
}

/** A block of policy ends the flow; another account may still be tried after anything else. */
function refuse(device: DeviceSignIn, refusal: Refusal) {
  return refusal.code === 53003 ? end(device, refusal) : refusalScreen(refusal);
}

function end(device: DeviceSignIn, refusal: Refusal) {
  device.outcome = { kind: 'over', refusal };
  return refusalScreen(refusal);
}

function finish(faults: GrantNeeds['state']['faults'], device: DeviceSignIn, signedIn: SignedIn): Answer {
  if (faults.strikes('device-code-never-completes')) {
    device.outcome = { kind: 'silent' };
    return refusalScreen(refused(53003));
  }
  device.outcome = { kind: 'signed-in', signedIn };
  const { displayName } = device.request.application;
  return doneScreen(`You have signed in to ${displayName} on your device. You may now close this window.`);
}
