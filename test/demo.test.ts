/**
 * Everything at once, over real sockets and TLS: the demonstration's appliance is connected by a one-time code, forty people of the
 * simulated tenant write, and each recipient's copy is judged by mailparser; DKIM by mailauth, as the receiver outside does.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { simpleParser } from 'mailparser';
import { connectDemonstration } from '../src/cli/demo/connect.ts';
import { type Demonstration, relayName, startDemonstration } from '../src/cli/demo/demonstration.ts';
import { openDemoFolder } from '../src/cli/demo/folder.ts';
import type { Person } from '../src/sandbox/directory.ts';
import { fabrikamId } from '../src/sandbox/seed.ts';
import { mailClients, writeMail } from '../src/sandbox/written-mail.ts';
import { outboundConnector, routingRule } from './support/sandbox-mail.ts';
import { scratchFolder } from './support/scratch-folder.ts';

const folder = join(scratchFolder(), 'demo');
let demo: Demonstration;
before(async () => {
  const started = await startDemonstration({ SIGNET_DATA: folder, SIGNET_HTTP_LISTEN: '127.0.0.1:0' });
  assert.ok(started.kind === 'ok', JSON.stringify(started));
  demo = started.value;
});
after(() => demo?.stop());

const attachment = {
  name: 'figures.bin',
  bytes: Buffer.from(Array.from({ length: 3_000 }, (_, i) => i % 251)),
};
const outside = 'kim.akers@fabrikam.example';
let count = 0;

/** Resolves when nothing moves. */
async function send(
  person: Person,
  to: readonly string[],
  wish: Partial<Parameters<typeof writeMail>[0]> = {},
) {
  count += 1;
  const draft = {
    from: { name: person.displayName, address: person.mail ?? '' },
    ...{ to, subject: `Mail ${count}`, client: 'outlook' as const, isReply: false, text: 'As agreed.' },
    ...wish,
  };
  const bytes = writeMail(draft, { unique: `demo${count}`, now: Date.now() });
  demo.sandbox.mail().submit(demo.contoso, { sender: draft.from.address, recipients: to, bytes });
  await demo.sandbox.mail().settled();
  return `Mail ${count}`;
}

async function received(address: string, subject: string) {
  const found = [];
  for (const stored of demo.sandbox.mail().mailboxes.list(address, 'inbox')) {
    const mail = await simpleParser(stored.bytes);
    if (mail.subject?.endsWith(subject)) found.push({ mail, stored });
  }
  assert.equal(found.length, 1, `${subject} arrived ${found.length} times at ${address}`);
  const [one] = found;
  assert.ok(one);
  return { ...one, html: String(one.mail.html), text: one.mail.text ?? '' };
}

function times(text: string, piece: string) {
  return text.split(piece).length - 1;
}

const writers = () =>
  demo.contoso.directory.people().filter(({ mailbox, licensed }) => mailbox === 'user' && licensed);
const inGroup = ({ id }: Person, address: string) =>
  demo.contoso.directory.peopleIn(demo.contoso.directory.findGroup(address)?.id ?? '').has(id);

/** The rule's accent colour tells the card. */
function expected(person: Person) {
  if (inGroup(person, 'sales@contoso.com')) return '#b4430f';
  return person.city === 'München' ? '#2f6b3c' : '#0b6e99';
}

test('before it is connected, mail goes out unsigned', async () => {
  const [person] = writers();
  assert.ok(person);
  const { html, stored } = await received(outside, await send(person, [outside]));
  assert.equal(times(html, 'This message is meant'), 0);
  assert.equal(stored.dkim, 'pass');
});

test('the tenant is connected by a one-time code', async () => {
  const result = await connectDemonstration(demo);
  assert.ok(result.kind === 'succeeded', JSON.stringify(result));
  const { outboundConnectors } = demo.contoso;
  assert.equal(outboundConnectors.latest()[0]?.IsValidated, true);
});

test('everybody of the company is signed, once, as the rules say, and attachments stay', async () => {
  const all = writers();
  assert.ok(all.length >= 30, `${all.length} people can write`);
  for (const [index, person] of all.entries()) {
    const client = mailClients[index % 3] ?? 'outlook';
    const wish = { client, ...(index % 4 === 0 ? { attachment } : {}) };
    const { mail, html, text, stored } = await received(outside, await send(person, [outside], wish));
    assert.equal(stored.dkim, 'pass', person.displayName);
    assert.equal(times(html, 'This message is meant for its addressees alone'), 1, person.displayName);
    assert.equal(times(text, 'This message is meant for its addressees alone'), 1, person.displayName);
    assert.equal(
      times(html, `border-left:3px solid ${expected(person)}`),
      1,
      `${person.displayName}: ${html}`,
    );
    assert.ok(text.includes(person.displayName));
    assert.ok(text.includes('As agreed.'));
    assert.doesNotMatch(html + text, /\{\{|undefined/);
    if ('attachment' in wish)
      assert.deepEqual(
        mail.attachments.filter(({ filename }) => filename === attachment.name).map(({ content }) => content),
        [attachment.bytes],
      );
    assert.doesNotMatch(stored.bytes.toString('latin1'), /^X-Signet-Route:/im);
    assert.match(stored.bytes.toString('latin1'), /^X-Signet-Processed:/im);
  }
});

test('a reply has the short form above the quote, in the way of each client', async () => {
  const person = writers().find(one => expected(one) === '#0b6e99' && one.businessPhones.length > 0);
  assert.ok(person);
  for (const client of mailClients) {
    const { html } = await received(outside, await send(person, [outside], { client, isReply: true }));
    const short = html.indexOf(`<b>${person.displayName}</b>`);
    assert.ok(
      short > html.indexOf('As agreed.') && short < html.indexOf('Could you send me'),
      `${client}: ${html}`,
    );
    assert.equal(times(html, 'border-left:3px solid'), 0);
  }
});

test('among colleagues the mail stays internal and has the internal signature', async () => {
  const [person, colleague] = writers();
  assert.ok(person && colleague?.mail);
  const { html, stored } = await received(colleague.mail, await send(person, [colleague.mail]));
  assert.equal(stored.isFromOutside, false);
  assert.equal(times(html, 'This message is meant'), 0);
  assert.ok(html.includes(person.department ?? ''));
});

test('an automatic reply passes as it is', async () => {
  const [person] = writers();
  assert.ok(person?.mail);
  const bytes = Buffer.from(
    `From: <${person.mail}>\r\nTo: <${outside}>\r\nSubject: Away\r\nMessage-ID: <away@contoso.com>\r\nAuto-Submitted: auto-replied\r\nX-Auto-Response-Suppress: All\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nI am away.\r\n`,
  );
  demo.sandbox.mail().submit(demo.contoso, { sender: person.mail, recipients: [outside], bytes });
  await demo.sandbox.mail().settled();
  const { text } = await received(outside, 'Away');
  assert.equal(text.trim(), 'I am away.');
});

test('while the inbound host throttles, mail waits and comes later, once', async () => {
  const [person] = writers();
  assert.ok(person);
  const { state } = demo.sandbox;
  state.faults.put('inbound-throttled');
  const subject = await send(person, [outside]);
  assert.ok(demo.sandbox.mail().waiting().length > 0);
  state.faults.clear();
  state.time.advance(3_600_000);
  await demo.sandbox.mail().runDue();
  const { html } = await received(outside, subject);
  assert.equal(times(html, 'This message is meant'), 1);
});

test('a mail is written on the page, arrives, and is shown with its signature in a frame that runs nothing', async () => {
  const { pages } = demo.sandbox.cloud();
  const form = await (await fetch(`${pages}/sandbox/write`)).text();
  const from = writers().find(one => expected(one) === '#0b6e99')?.mail ?? '';
  assert.ok(form.includes(`value="${from}"`));
  const fields = {
    from,
    to: 'reader@outside.example',
    subject: 'Größe <b>',
    client: 'gmail',
    text: 'Hi\n\nthere',
  };
  const post = (body: Record<string, string>) =>
    fetch(`${pages}/sandbox/write`, { method: 'POST', body: new URLSearchParams(body), redirect: 'manual' });
  assert.equal((await post({ ...fields, to: 'nobody' })).status, 400);
  const reply = await post(fields);
  assert.equal(reply.status, 303);
  await demo.sandbox.mail().settled();
  const list = await (await fetch(new URL(reply.headers.get('location') ?? '', pages))).text();
  const [, id] = /href="\/sandbox\/message\/(\d+)">Größe &lt;b&gt;/.exec(list) ?? [];
  const shown = await (await fetch(`${pages}/sandbox/message/${id}`)).text();
  assert.match(shown, /This is a simulation/);
  assert.match(
    shown,
    /<iframe sandbox title="The message" srcdoc="[^"]*border-left:3px solid #0b6e99[^"]*">/,
  );
  const source = await fetch(`${pages}/sandbox/message/${id}/source`);
  assert.match(source.headers.get('content-type') ?? '', /text\/plain/);
  assert.match(await source.text(), /^X-Signet-Processed:/m);
});

test('faults are switched and the clock is moved on the page', async () => {
  const { pages } = demo.sandbox.cloud();
  const { state } = demo.sandbox;
  const post = (body: Record<string, string>) =>
    fetch(`${pages}/sandbox`, { method: 'POST', body: new URLSearchParams(body) });
  await post({ on: 'connector-dead' });
  assert.ok('connector-dead' in state.faults.active());
  const page = await (await post({ off: 'connector-dead' })).text();
  assert.deepEqual(state.faults.active(), {});
  assert.match(page, /value="connector-dead">On</);
  const before = state.time.now();
  await post({ ahead: 'hour' });
  assert.ok(state.time.now() - before >= 3_600_000);
});

test('a stranger whose connector leads here is refused, and only the stranger hears of it', async () => {
  const fabrikam = demo.sandbox.state.tenants.get(fabrikamId);
  assert.ok(fabrikam);
  fabrikam.outboundConnectors.reset([outboundConnector()]);
  const [person] = writers();
  assert.ok(person?.mail);
  const sara = 'sara.davis@fabrikam.com';
  const { mailboxes, settled, submit } = demo.sandbox.mail();
  const ours = mailboxes.list(person.mail, 'inbox').length;
  for (const [from, secret] of [
    [sara, 'guessed-by-a-stranger-0123456789'],
    [person.mail, 'guessed-by-a-stranger-0123456789'],
  ] as const) {
    fabrikam.transportRules.reset([routingRule({ FromScope: null, SetHeaderValue: secret })]);
    const draft = { from: { name: 'Sara Davis', address: from }, to: ['victim@outside.example'] };
    const bytes = writeMail(
      { ...draft, subject: 'Stranger', client: 'gmail', isReply: false, text: 'Hello' },
      { unique: `stranger${from.length}`, now: Date.now() },
    );
    submit(fabrikam, { sender: sara, recipients: draft.to, bytes });
    await settled();
  }
  assert.equal(mailboxes.list('victim@outside.example', 'inbox').length, 0);
  assert.equal(mailboxes.list(person.mail, 'inbox').length, ours);
  const reports = mailboxes.list(sara, 'inbox').map(({ bytes }) => bytes.toString('latin1'));
  assert.ok(reports.length >= 1 && reports.every(text => text.includes('550 5.7.1')), reports.join());
  fabrikam.transportRules.reset([]);
});

test('an appliance that stands still for an hour of Exchange’s time loses nothing and doubles nothing', async () => {
  const { state } = demo.sandbox;
  const mail = demo.sandbox.mail();
  await demo.app.stop();
  const subjects: string[] = [];
  for (const person of writers().slice(0, 10)) subjects.push(await send(person, [outside]));
  state.time.advance(3_600_000);
  await mail.runDue();
  assert.equal(mail.waiting().length, subjects.length);
  const started = await demo.app.start();
  assert.ok(started.kind === 'ok', JSON.stringify(started));
  mail.smartHosts.set(relayName, { host: '127.0.0.1', port: Number(started.value.smtp.split(':').at(-1)) });
  state.time.advance(3_600_000);
  await mail.runDue();
  assert.equal(mail.waiting().length, 0);
  for (const subject of subjects) {
    const { html, stored } = await received(outside, subject);
    assert.equal(times(html, 'This message is meant'), 1);
    assert.equal(stored.dkim, 'pass');
  }
});

test('no secret, code or passphrase stands in what the data folder shows in the clear', () => {
  const rules = demo.contoso.transportRules.latest();
  const secrets = rules.flatMap(({ SetHeaderName, SetHeaderValue }) =>
    SetHeaderName === 'X-Signet-Route' && SetHeaderValue ? [SetHeaderValue] : [],
  );
  assert.equal(secrets.length > 0, true);
  for (const name of readdirSync(folder).filter(one => /sqlite|log|json/.test(one))) {
    const text = readFileSync(join(folder, name), 'latin1');
    for (const secret of [...secrets, demo.account.passphrase]) assert.ok(!text.includes(secret), name);
    assert.doesNotMatch(text, /eyJ[\w-]{20,}\.eyJ/, name);
  }
});

test('a folder that holds anything but a demonstration is refused and stays as it is', async () => {
  const real = mkdtempSync(join(scratchFolder(), 'real-'));
  writeFileSync(join(real, 'signet.sqlite'), 'a database');
  const result = await openDemoFolder(real);
  assert.ok(result.kind === 'problem' && result.problem.code === 'SIGNET_DEMO_FOLDER');
  assert.deepEqual(readdirSync(real), ['signet.sqlite']);
  const running = await openDemoFolder(folder);
  assert.ok(running.kind === 'problem' && /runs in/.test(running.problem.sentence));
  assert.ok(existsSync(join(folder, 'signet.sqlite')));
});
