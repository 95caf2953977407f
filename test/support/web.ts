/** The admin pages on a real store, a real socket and a browser that keeps its cookie: for tests of routes. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type { TestContext } from 'node:test';
import { Secret, TOTP } from 'otpauth';
import { createEditing } from '../../src/app/editing/editing.ts';
import { createContentTools } from '../../src/content/content.ts';
import { createLog } from '../../src/log.ts';
import { startWorker } from '../../src/start-worker.ts';
import type { Grant } from '../../src/store/accounts.ts';
import type { Database } from '../../src/store/database.ts';
import { createRecorder } from '../../src/store/recorder.ts';
import type { Store } from '../../src/store/store.ts';
import { createPasswords } from '../../src/web/accounts/password.ts';
import { hashRecoveryCode } from '../../src/web/accounts/recovery-codes.ts';
import { createListener } from '../../src/web/listen.ts';
import type { WebNeeds } from '../../src/web/needs.ts';
import { createWebServer, type WebServer } from '../../src/web/server.ts';
import { mailFlowOf } from './mail-flow-service.ts';
import { acme, createSetClock, prepareStore, type SetClock } from './store.ts';

export const passphrase = 'seven green kites over Kiel';
export const other = { ...acme, id: 'other', name: 'Other Ltd', domains: ['other.example'] };

export type Web = {
  readonly url: string;
  readonly server: WebServer;
  readonly store: Store;
  readonly clock: SetClock;
};

const noon = Date.parse('2026-11-25T12:00:00Z');

/** Two tenants, `acme` with one message in its log, and no account yet. */
export async function startWeb(
  database: Database,
  context: TestContext,
  overrides: Partial<WebNeeds> | ((store: Store) => Promise<Partial<WebNeeds>>) = {},
): Promise<Web> {
  const clock = createSetClock(noon);
  const store = await prepareStore(database, clock);
  await store.tenants.saveTenant(acme);
  await store.tenants.saveTenant(other);
  await recordOne(database, clock);
  const log = createLog('silent');
  const server = await createWebServer({
    log,
    clock,
    random: randomBytes,
    wait: async () => {},
    store,
    mailFlow: await mailFlowOf(store, clock),
    editing: createEditing({
      store,
      clock,
      content: createContentTools(startWorker),
      timeZone: 'Europe/Berlin',
    }),
    health: () => ({
      ...{ isListening: true, tenants: 2, connections: 0, messages: 0 },
      ...{ waiting: 0, reservedBytes: 0, budgetBytes: 1 },
    }),
    metrics: { text: async () => 'signet_up 1\n', contentType: 'text/plain' },
    recorder: () => ({ queued: 0, dropped: 0 }),
    startedAt: noon - 86_400_000,
    hostname: 'signet.example',
    certificateUntil: () => undefined,
    timeZone: 'Europe/Berlin',
    trustedProxies: [],
    factorPolicy: 'required',
    certificates: () => ({}),
    versions: { signet: '0.0.0', node: '24', openssl: '3' },
    takeBackup: async () => {
      const bytes = Buffer.from('SQLite format 3\0');
      const value = { name: 'signet.sqlite', sizeBytes: bytes.length, bytes: Readable.from([bytes]) };
      return { kind: 'ok', value };
    },
    ...(typeof overrides === 'function' ? await overrides(store) : overrides),
  });
  const listener = createListener(server.handle);
  const url = await listener.listen({ host: '127.0.0.1', port: 0 });
  context.after(listener.close);
  assert.equal(url.kind, 'ok');
  return { url: url.kind === 'ok' ? url.value : '', server, store, clock };
}

async function recordOne(database: Database, clock: SetClock) {
  const recorder = createRecorder({ database, clock, log: createLog('silent') });
  recorder.recordMessage({
    id: 'message1',
    tenantId: acme.id,
    at: noon - 60_000,
    sender: 'ada@acme.example',
    recipients: ['bob@partner.example', 'carol@partner.example'],
    reason: 'stamped',
    outcome: 'delivered',
    sizeBytes: 8_192,
    detail: {
      decisions: [
        {
          recipients: 2,
          outcome: 'stamped',
          rules: ['External <b>'],
          signatures: ['Corporate'],
          bytesAdded: 512,
        },
      ],
      reply: '250 2.0.0 Ok',
    },
  });
  assert.equal(await recorder.close(), 0);
}

let hash: Promise<string> | undefined;

/** Recovery codes of each account: one for each sign-in, since a code of an app counts once in 30 seconds. */
const codes = Array.from({ length: 300 }, (_, index) => `CODE${String(index).padStart(4, '0')}`);
let used = 0;

/** One that counts, of any account of `addAccount`. */
export const nextCode = (): string => codes[used++ % codes.length] ?? '';

/** With a second factor whose seed is `factorSeed`. Hashed once for all accounts: it is slow by design. */
export async function addAccount({ store }: Web, name: string, grants: readonly Grant[]): Promise<void> {
  hash ??= createPasswords(randomBytes).hash(passphrase);
  assert.ok(await store.accounts.addAccount({ id: name, name, grants, passwordHash: await hash }));
  await store.factors.addTotp(name, { id: `totp of ${name}`, name: 'Phone', seed: factorSeed, step: 0 });
  await store.factors.replaceRecoveryCodes(name, codes.map(hashRecoveryCode));
}

export const factorSeed = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';

/** What an authenticator app shows at that time. */
export function codeOf(seed: string, now: number): string {
  return TOTP.generate({ secret: Secret.fromBase32(seed.replaceAll(' ', '')), timestamp: now });
}

export type Reply = {
  readonly status: number;
  readonly location: string;
  readonly body: string;
  readonly headers: Headers;
};

export type Browser = {
  readonly get: (path: string, headers?: Readonly<Record<string, string>>) => Promise<Reply>;
  /** With the token of the page last seen, unless `fields` has one. */
  readonly send: (
    path: string,
    fields: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Reply>;
  /** Any other body, which gets the token. */
  readonly sendBody: (path: string, type: string, body: (token: string) => BodyInit) => Promise<Reply>;
  /** With passphrase and second factor. */
  readonly signIn: (name: string) => Promise<Reply>;
  /** Adds an authenticator app, as the first page behind a new passphrase asks. Answers its seed. */
  readonly enrol: (now: number) => Promise<string>;
};

export function createBrowser(url: string): Browser {
  let cookie = '';
  let token = '';

  async function ask(path: string, init: RequestInit): Promise<Reply> {
    const headers = { ...(cookie === '' ? {} : { Cookie: cookie }), ...init.headers };
    const response = await fetch(url + path, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) cookie = line.split(';')[0] ?? '';
    const body = await response.text();
    token = /name="_token" value="([^"]+)"/.exec(body)?.[1] ?? token;
    return {
      status: response.status,
      location: response.headers.get('location') ?? '',
      body,
      headers: response.headers,
    };
  }

  const get: Browser['get'] = (path, headers = {}) => ask(path, { headers });
  const send: Browser['send'] = (path, fields, headers = {}) =>
    ask(path, {
      method: 'POST',
      headers: { 'Sec-Fetch-Site': 'same-origin', ...headers },
      body: new URLSearchParams({ _token: token, ...fields }),
    });
  const sendBody: Browser['sendBody'] = (path, type, body) =>
    ask(path, {
      method: 'POST',
      headers: { 'Sec-Fetch-Site': 'same-origin', 'Content-Type': type },
      body: body(token),
    });
  async function signIn(name: string) {
    await get('/session/new');
    const begun = await send('/session', { name, password: passphrase });
    assert.deepEqual([begun.status, begun.location], [303, '/session/proof?to=%2F'], begun.body);
    await get(begun.location);
    return send('/session/proof', { recovery: nextCode(), to: '/' });
  }
  async function enrol(now: number) {
    const shown = await get('/account/factors/totp/new');
    const seed = /id="seed">([A-Z2-7 ]+)</.exec(shown.body)?.[1] ?? '';
    const added = await send('/account/factors/totp', { code: codeOf(seed, now), name: '' });
    assert.deepEqual([added.status, added.location], [303, '/account/recovery-codes'], added.body);
    await get(added.location);
    await send('/account/recovery-codes/kept', { _method: 'PUT' });
    return seed;
  }
  return { get, send, sendBody, signIn, enrol };
}
