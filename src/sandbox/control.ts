/** The sandbox's own address: its mail, its faults and its time, by page and by HTTP. `PUT` and `DELETE /sandbox/faults/NAME`, `PUT /sandbox/time`. */
import { type FaultOptions, faultNames } from './faults.ts';
import { type Answer, formOf, json, type Request, type Service } from './http.ts';
import { answerMailPage, type MailPagesNeeds } from './mail-pages.ts';
import { html, page } from './page.ts';
import type { State } from './state.ts';

export function createControl({ state, mail }: MailPagesNeeds): Service {
  return request => {
    const answer = answerMailPage({ state, mail }, request);
    if (answer) return answer;
    const { pathname } = request.url;
    const name = /^\/sandbox\/faults\/([\w-]+)$/.exec(pathname)?.[1];
    if (pathname === '/sandbox' && request.method === 'POST') return turn(state, request);
    if (pathname === '/sandbox') return overview(state);
    if (name !== undefined) return changeFault(state, request, name);
    if (pathname === '/sandbox/faults') return answerFaults(state, request);
    if (pathname === '/sandbox/time' && request.method === 'PUT') return changeTime(state, request);
    return { status: 404 };
  };
}

function answerFaults({ faults }: State, { method }: Request): Answer {
  if (method === 'DELETE') faults.clear();
  else if (method !== 'GET') return { status: 405 };
  return json(200, { known: faultNames, active: faults.active() });
}

function changeFault({ faults }: State, request: Request, name: string): Answer {
  if (request.method === 'DELETE') {
    faults.clear(name);
    return { status: 204 };
  }
  if (request.method !== 'PUT') return { status: 405 };
  const options = readOptions(request.body);
  if (!options)
    return json(400, { error: 'Expected a JSON object with times, after, only or retryAfterSeconds.' });
  return faults.put(name, options) ? { status: 204 } : json(404, { error: `No fault is called ${name}.` });
}

const numbers = ['times', 'after', 'retryAfterSeconds'];

function readOptions(body: Buffer): FaultOptions | undefined {
  const given = readObject(body);
  const isRight = ([name, value]: [string, unknown]) =>
    numbers.includes(name)
      ? Number.isInteger(value) && Number(value) >= 0
      : name === 'only' && typeof value === 'string';
  return given && Object.entries(given).every(isRight) ? given : undefined;
}

/** `{"speed": 3600}`: an hour in a second; `{"advanceMs": 60000}`: a minute at once. */
function changeTime({ time }: State, request: Request): Answer {
  const { speed, advanceMs } = readObject(request.body) ?? {};
  if (typeof speed === 'number' && speed > 0) time.run(speed);
  else if (typeof advanceMs === 'number' && advanceMs >= 0) time.advance(advanceMs);
  else return json(400, { error: 'Expected {"speed": number} or {"advanceMs": number}.' });
  return json(200, { now: new Date(time.now()).toISOString() });
}

function readObject(body: Buffer): Record<string, unknown> | undefined {
  if (body.length === 0) return {};
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** The forms of the page: a fault on or off, the clock ahead by an hour. */
function turn({ faults, time }: State, request: Request): Answer {
  const form = formOf(request);
  const [on, off] = [form.get('on'), form.get('off')];
  if (on !== null) faults.put(on);
  if (off !== null) faults.clear(off);
  if (form.get('ahead') === 'hour') time.advance(3_600_000);
  return { status: 303, headers: { location: '/sandbox' } };
}

function overview({ faults, tenants, time }: State): Answer {
  const active = faults.active();
  const rows = Object.entries(faultNames).map(([name, text]) => {
    const isOn = Object.hasOwn(active, name);
    return html`<li><button name="${isOn ? 'off' : 'on'}" value="${name}">${isOn ? 'Off' : 'On'}</button>
<code>${name}</code>${isOn ? ' (on)' : ''}: ${text}</li>`;
  });
  const list = [...tenants.values()].map(
    ({ id, organization, directory }) =>
      html`<li>${organization().DisplayName}, <code>${id}</code>, ${directory.people().length} people</li>`,
  );
  return page(
    200,
    'Simulated Microsoft 365',
    html`<p><a href="/sandbox/write">Write a mail</a> · <a href="/sandbox/mail">Mailboxes</a> ·
<a href="/devicelogin">Enter a code</a></p><h2>Tenants</h2><ul>${list}</ul>
<form method="post" action="/sandbox"><h2>Time</h2>
<p>${new Date(time.now()).toISOString()} <button name="ahead" value="hour">An hour ahead</button></p>
<h2>Faults</h2><ul>${rows}</ul></form>`,
  );
}
