/** The pages of signatures: the whole loop by forms alone, and what people typed never becomes part of a page of ours. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PNG } from 'pngjs';
import { openFreshSqlite } from '../support/databases.ts';
import { addAccount, createBrowser, startWeb } from '../support/web.ts';

test('a signature is written, refused, previewed, published, rolled back and removed by forms alone', async context => {
  const database = await openFreshSqlite();
  context.after(database.close);
  const web = await startWeb(database, context);
  const { store } = web;
  await addAccount(web, 'editor', [{ tenantId: 'acme', role: 'editor' }]);
  await store.people.replacePeople('acme', 'test', {
    people: [
      {
        ...{ id: 'p1', kind: 'user', address: 'ada@acme.example', aliases: [], custom: {}, groups: [] },
        fields: { displayName: 'Ada <script>alert(1)</script>' },
      },
    ],
    groups: [],
  });
  const browser = createBrowser(web.url);
  await browser.signIn('editor');

  const made = await browser
    .get('/tenants/acme/signatures')
    .then(() => browser.send('/tenants/acme/signatures', { name: 'Corporate' }));
  const href = made.location;
  assert.match(href, /^\/tenants\/acme\/signatures\/[\w-]{12}$/);
  const page = (await browser.get(href)).body;
  assert.match(page, /<iframe[^>]* sandbox(?:=""|[ >])/);

  const put = { _method: 'PUT', name: 'Corporate', section: '0', 's0.zone': 'signature', 's0.reply': 'own' };
  const wrong = await browser.send(href, {
    ...put,
    basedOn: '1',
    's0.new.html': '<p>{{person.displayName}}</p>',
    's0.reply.html': '<p>\n{{person.displayNam}}</p>',
  });
  assert.equal(wrong.status, 422);
  assert.match(wrong.body, /id="s0.reply.html-error">Line 2, column \d+: /);
  assert.match(wrong.body, /\{\{person\.displayNam\}\}/, 'what was typed stays');

  const typed = {
    ...put,
    basedOn: '1',
    's0.new.html': '<p>New {{person.displayName}}</p>',
    's0.reply.html': '<p>Short</p>',
  };
  const preview = await browser.send(`${href}/preview`, { ...typed, person: 'p1', show: 'new' });
  assert.match(preview.body, /New Ada &lt;script>|New Ada &lt;script&gt;/);
  assert.doesNotMatch(preview.body, /<script/);
  assert.match(preview.headers.get('content-security-policy') ?? '', /default-src 'none'.*; sandbox$/);
  assert.match((await browser.send(`${href}/preview`, { ...typed, show: 'reply' })).body, /Short/);

  assert.equal((await browser.send(href, { ...typed, publish: '1' })).location, href);
  const [published] = await store.signatures.listPublished('acme');
  assert.deepEqual(published?.content.sections, [
    {
      kind: 'own',
      section: {
        zone: 'signature',
        new: { html: '<p>New {{person.displayName}}</p>' },
        reply: { html: '<p>Short</p>' },
      },
    },
  ]);

  const late = await browser.send(href, { ...typed, 's0.new.html': '<p>Mine</p>' });
  assert.equal(late.status, 409);
  assert.match(late.body, /- &lt;p>New \{\{person\.displayName\}\}&lt;\/p>|- &lt;p&gt;New/);
  assert.match(late.body, /\n&lt;p>Mine|\n&lt;p&gt;Mine/, 'what was typed stays');

  const picture = PNG.sync.write(new PNG({ width: 4, height: 4 }));
  assert.equal((await upload(browser, href, picture, '../../logo.png')).status, 303);
  const shown = await browser.get(`${href}/images/logo.png`);
  assert.equal(shown.headers.get('content-type'), 'image/png');
  assert.equal((await upload(browser, href, Buffer.from('<svg/>'), 'logo.png')).status, 422);

  await browser.get(href);
  await browser.send(`${href}/publication`, { _method: 'PUT', version: '1' });
  const [back] = await store.signatures.listPublished('acme');
  assert.match(JSON.stringify(back?.content), /jobTitle/);
  await browser.send(`${href}/publication`, { _method: 'DELETE' });
  assert.deepEqual(await store.signatures.listPublished('acme'), []);
  assert.equal((await browser.send(href, { _method: 'DELETE' })).location, '/tenants/acme/signatures');
  assert.deepEqual(await store.signatures.list('acme'), []);
});

type Sender = ReturnType<typeof createBrowser>;

async function upload(browser: Sender, href: string, bytes: Buffer, name: string) {
  await browser.get(href);
  const boundary = 'b0undary';
  return browser.sendBody(`${href}/images`, `multipart/form-data; boundary=${boundary}`, token =>
    Buffer.concat([
      Buffer.from(
        `--${boundary}\r\nContent-Disposition: form-data; name="_token"\r\n\r\n${token}\r\n--${boundary}\r\nContent-Disposition: form-data; name="image"; filename="${name}"\r\nContent-Type: image/png\r\n\r\n`,
      ),
      bytes,
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]),
  );
}
