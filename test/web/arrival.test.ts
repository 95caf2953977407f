/** How a request comes: under which name, over which wire, through which proxy. */
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { testOnEachDatabase } from '../support/databases.ts';
import { addAccount, createBrowser, startWeb } from '../support/web.ts';

type Asked = { readonly status: number | undefined; readonly body: string };

/** `fetch` sets Host by itself. */
function ask(url: string, headers: Readonly<Record<string, string>>): Promise<Asked> {
  return new Promise((resolve, reject) => {
    request(`${url}/session/new`, { headers }, response => {
      text(response).then(body => resolve({ status: response.statusCode, body }), reject);
    })
      .once('error', reject)
      .end();
  });
}

testOnEachDatabase('a name that is not ours is refused, an address is not', async (database, context) => {
  const { url } = await startWeb(database, context, { publicUrl: 'https://pages.example' });
  const statuses = {
    '127.0.0.1': 200,
    '[::1]:8080': 200,
    'localhost:8080': 200,
    'signet.localhost': 200,
    'signet.example': 200,
    'SIGNET.example.': 200,
    'pages.example:443': 200,
    'evil.example': 421,
    'signet.example.evil.example': 421,
    '127.0.0.1.evil.example': 421,
  };
  for (const [host, status] of Object.entries(statuses))
    assert.equal((await ask(url, { Host: host })).status, status, host);
  assert.match((await ask(url, { Host: 'evil.example' })).body, /SIGNET_PUBLIC_URL/);
});

testOnEachDatabase('a proxy that nobody declared gets no pages', async (database, context) => {
  const { url } = await startWeb(database, context);
  for (const name of ['X-Forwarded-For', 'X-Forwarded-Proto', 'Forwarded', 'Via', 'X-Real-IP'])
    assert.equal((await ask(url, { [name]: 'https' })).status, 403, name);
  assert.equal((await ask(url, {})).status, 200);
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.end('GET /session/new HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n');
  assert.match(await text(socket), /^HTTP\/1\.1 403 /);
});

testOnEachDatabase('a declared proxy says how the browser came', async (database, context) => {
  const { url } = await startWeb(database, context, { trustedProxies: ['127.0.0.0/8'] });
  const through = { 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'signet.example' };
  assert.equal((await ask(url, through)).status, 200);
  assert.equal((await ask(url, { ...through, 'X-Forwarded-Host': 'evil.example' })).status, 421);
});

testOnEachDatabase(
  'a form from another origin is refused, whatever else is said',
  async (database, context) => {
    const web = await startWeb(database, context);
    await addAccount(web, 'ann', [{ tenantId: '', role: 'owner' }]);
    const browser = createBrowser(web.url);
    await browser.signIn('ann');
    await browser.get('/tenants');
    const look = { _method: 'PUT', theme: 'dark', back: '/tenants' };
    const statusFrom = async (Origin: string) =>
      (await browser.send('/account/look', look, { Origin })).status;
    assert.equal(await statusFrom('https://evil.example'), 403);
    assert.equal(await statusFrom('null'), 403);
    assert.equal(await statusFrom(web.url), 303);
  },
);

testOnEachDatabase('a note waits for the page that shows it', async (database, context) => {
  const web = await startWeb(database, context);
  await addAccount(web, 'ann', [{ tenantId: '', role: 'owner' }]);
  const browser = createBrowser(web.url);
  await browser.signIn('ann');
  await browser.get('/account');
  await browser.send('/account/sessions', { _method: 'DELETE' });
  assert.equal((await browser.get('/session/new')).status, 303);
  assert.equal((await browser.get('/favicon.ico')).status, 404);
  assert.doesNotMatch((await browser.get('/tenants', { 'HX-Request': 'true' })).body, /have ended/);
  assert.match((await browser.get('/tenants')).body, /have ended/);
  assert.doesNotMatch((await browser.get('/tenants')).body, /have ended/);
});

testOnEachDatabase('what cannot be written down is not done', async (database, context) => {
  const web = await startWeb(database, context);
  await addAccount(web, 'ann', [{ tenantId: '', role: 'owner' }]);
  const browser = createBrowser(web.url);
  await browser.signIn('ann');
  const guest = createBrowser(web.url);
  await guest.get('/session/new');
  await browser.get('/account');
  await database.write.schema.dropTable('audit').execute();
  const wish = {
    _method: 'PUT',
    current: 'seven green kites over Kiel',
    password: 'eleven quiet harbours of Wismar',
  };
  const refused = await browser.send('/account/password', wish);
  assert.equal(refused.status, 503);
  assert.match(refused.body, /could not be written down/);
  assert.equal((await guest.send('/session', { name: 'ann', password: 'wrong' })).status, 422);
  assert.equal((await guest.send('/session', { name: 'ann', password: wish.current })).status, 503);
  assert.equal((await browser.send('/session', { _method: 'DELETE' })).location, '/session/new');
});
