/** Certificates from Let's Encrypt's own test server, ordered by the whole appliance and put in use without a restart. */
import assert from 'node:assert/strict';
import type { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { createLog } from '../../src/log.ts';
import { freePort, startPebble, withoutPebble } from '../support/pebble.ts';
import { freePorts } from '../support/serve.ts';

const folder = mkdtempSync(join(tmpdir(), 'signet-acme-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function start(environment: Readonly<Record<string, string>>) {
  const config = readConfig({ ...freePorts, ...environment });
  assert.ok(config.kind === 'ok', JSON.stringify(config));
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const write = (line: string) => {
    lines.push(line);
    for (const look of waiting) look();
  };
  const logged = (pattern: RegExp) =>
    new Promise<void>(resolve => {
      const look = () => {
        if (lines.some(line => pattern.test(line))) resolve();
      };
      waiting.add(look);
      look();
    });
  /** A refusal ends the wait as well, and is told. */
  async function ordered() {
    await logged(/a new certificate is in use|SIGNET_ACME_FAILED/);
    assert.deepEqual(
      lines.filter(line => line.includes('SIGNET_ACME_FAILED')),
      [],
    );
  }
  return { app: createApp(config.value, { log: createLog('info', { write }) }), lines, logged, ordered };
}

/** The certificate that the relay shows behind STARTTLS; undefined where it offers none. */
function shownBy(smtp: string): Promise<X509Certificate | undefined> {
  const port = Number(smtp.split(':').at(-1));
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.on('error', reject);
    let said = '';
    socket.on('data', function read(piece: Buffer) {
      said += piece.toString();
      if (/^220 [\s\S]*^250 [\s\S]*^220 /m.test(said)) {
        socket.off('data', read);
        const secured = connectTls({ socket, rejectUnauthorized: false }, () => {
          resolve(secured.getPeerX509Certificate());
          secured.destroy();
        });
        secured.on('error', reject);
      } else if (/^250 /m.test(said)) {
        if (/^250[ -]STARTTLS/m.test(said)) return void socket.write('STARTTLS\r\n');
        socket.destroy();
        resolve(undefined);
      } else socket.write('EHLO test.example\r\n');
    });
  });
}

test('a certificate is ordered at the first start, shown by relay and pages, renewed when its names change, and kept', {
  skip: withoutPebble,
}, async () => {
  const pebble = await startPebble(folder, await freePort());
  after(pebble.stop);
  const environment = {
    SIGNET_DATA: join(folder, 'data'),
    SIGNET_HTTPS_LISTEN: '127.0.0.1:0',
    SIGNET_ACME: 'signet.contoso.example, smtp.contoso.example',
    SIGNET_ACME_CONTACT: 'admin@contoso.example',
    SIGNET_ACME_DIRECTORY: pebble.directoryUrl,
    SIGNET_ACME_CA: pebble.caFile,
    SIGNET_ACME_LISTEN: `127.0.0.1:${pebble.challengePort}`,
  };
  const first = start(environment);
  const started = await first.app.start();
  assert.ok(started.kind === 'ok', JSON.stringify(started));
  await first.ordered();
  const shown = await shownBy(started.value.smtp);
  assert.equal(shown?.subjectAltName, 'DNS:signet.contoso.example, DNS:smtp.contoso.example');
  const page = first.lines.map(line => JSON.parse(line)).find(({ msg }) => /over HTTPS/.test(msg));
  const pages = await new Promise<X509Certificate | undefined>((resolve, reject) => {
    const socket = connectTls(
      { host: '127.0.0.1', port: Number(new URL(page.url).port), rejectUnauthorized: false },
      () => {
        resolve(socket.getPeerX509Certificate());
        socket.destroy();
      },
    );
    socket.on('error', reject);
  });
  assert.equal(pages?.fingerprint256, shown?.fingerprint256);
  assert.equal(
    (await fetch(`http://127.0.0.1:${pebble.challengePort}/.well-known/acme-challenge/x`)).status,
    404,
  );
  await first.app.stop();

  const renamed = start({ ...environment, SIGNET_ACME: 'other.contoso.example' });
  const restarted = await renamed.app.start();
  assert.ok(restarted.kind === 'ok');
  await renamed.ordered();
  const renewed = await shownBy(restarted.value.smtp);
  assert.equal(renewed?.subjectAltName, 'DNS:other.contoso.example');
  await renamed.app.stop();

  pebble.stop();
  const second = start({ ...environment, SIGNET_ACME: 'other.contoso.example' });
  const again = await second.app.start();
  assert.ok(again.kind === 'ok');
  assert.equal((await shownBy(again.value.smtp))?.fingerprint256, renewed?.fingerprint256);
  await second.app.stop();
});

test('an authority that cannot validate or be reached leaves the mail flow alone and says why', {
  skip: withoutPebble,
}, async () => {
  const [wrongPort, rightPort] = await Promise.all([freePort(), freePort()]);
  const pebble = await startPebble(folder, wrongPort);
  after(pebble.stop);
  const unreachable = { SIGNET_ACME_DIRECTORY: `https://localhost:${await freePort()}/dir` };
  for (const [environment, reason] of [
    [
      { SIGNET_ACME_DIRECTORY: pebble.directoryUrl },
      /SIGNET_ACME_FAILED.*\((connection|unauthorized|dns|malformed)[^)]*/,
    ],
    [unreachable, /SIGNET_ACME_FAILED.*cannot be reached \(.*ECONNREFUSED/],
  ] as const) {
    const { app, logged } = start({
      SIGNET_DATA: mkdtempSync(join(folder, 'failing-')),
      SIGNET_ACME: 'signet.contoso.example',
      SIGNET_ACME_CA: pebble.caFile,
      SIGNET_ACME_LISTEN: `127.0.0.1:${rightPort}`,
      ...environment,
    });
    const started = await app.start();
    assert.ok(started.kind === 'ok');
    await logged(reason);
    assert.equal(await shownBy(started.value.smtp), undefined);
    await app.stop();
  }
});
