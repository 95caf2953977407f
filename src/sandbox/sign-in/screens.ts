/** What a person sees while signing in. Without scripts; what a later step needs travels in hidden fields. */
import type { Answer } from '../http.ts';
import { type Html, html, page } from '../page.ts';
import type { State } from '../state.ts';
import { type Refusal, sentenceOf } from './aadsts.ts';
import type { ConsentNeeded } from './person.ts';
import type { SignInRequest } from './request.ts';

/** Where a step's form goes and what it carries along. */
export type Step = { readonly action: string; readonly fields: Readonly<Record<string, string>> };

/** People offered in the list; any other can be typed. */
const offered = 200;

export function codeScreen(notice = ''): Answer {
  return page(
    200,
    'Enter code',
    html`
<p>${notice}</p>
<form method="post" action="/devicelogin">
<label for="code">Code that the application shows</label>
<input type="text" id="code" name="code" autocomplete="off" autofocus required>
<button>Next</button>
</form>`,
  );
}

export function accountScreen(state: State, request: SignInRequest, step: Step): Answer {
  const people = [...state.tenants.values()].flatMap(({ directory }) => directory.people().slice(0, offered));
  const first = people.toSorted((a, b) => b.roles.length - a.roles.length);
  const options = first.map(
    ({ userPrincipalName, displayName, roles }) =>
      html`<option value="${userPrincipalName}">${[displayName, ...roles].join(', ')}</option>`,
  );
  return page(
    200,
    'Pick an account',
    html`
<p>Sign in to <strong>${request.application.displayName}</strong>. Continue only if you started this yourself.</p>
<form method="post" action="${step.action}">${hidden(step)}
<label for="account">Account</label>
<input type="text" id="account" name="account" list="people" value="${step.fields.login_hint ?? first[0]?.userPrincipalName ?? ''}" required>
<datalist id="people">${options}</datalist>
<button name="choice" value="continue">Continue</button><button name="choice" value="cancel">Cancel</button>
</form>`,
  );
}

export function consentScreen({ request, missing, tenant }: ConsentNeeded, step: Step): Answer {
  const list = missing.map(({ value }) => html`<li>${value}</li>`);
  return page(
    200,
    'Permissions requested',
    html`
<p><strong>${request.application.displayName}</strong> asks ${tenant.organization().DisplayName} for:</p>
<ul>${list}</ul>
<form method="post" action="${step.action}">${hidden(step)}
<button name="choice" value="accept">Accept</button><button name="choice" value="cancel">Cancel</button>
</form>`,
  );
}

export function refusalScreen(refusal: Refusal): Answer {
  const titles: Readonly<Record<number, string>> = {
    53003: 'You cannot access this right now',
    90094: 'Need admin approval',
    65004: 'You cancelled',
  };
  return page(
    400,
    titles[refusal.code] ?? 'Sorry, but we are having trouble signing you in',
    html`<p>${sentenceOf(refusal)}</p>`,
  );
}

export function doneScreen(text: string): Answer {
  return page(200, 'You have signed in', html`<p>${text}</p>`);
}

/** RFC 6749 and OAuth's form_post; a button, since the page runs no script. */
export function postScreen(action: string, fields: Readonly<Record<string, string>>): Answer {
  return page(
    200,
    'Back to the application',
    html`
<form method="post" action="${action}">${hidden({ action, fields })}<button>Continue</button></form>`,
  );
}

function hidden({ fields }: Step): readonly Html[] {
  return Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  );
}
