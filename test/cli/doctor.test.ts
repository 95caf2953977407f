/** `signet doctor` beside a running server: what is well is said to be, and each next hop in trouble is named with its cause. */
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Finding } from '../../src/doctor/finding.ts';
import { relayTls } from '../support/certificates.ts';
import { startNextHop } from '../support/next-hop.ts';
import { runHere } from '../support/run-here.ts';
import { startSignet } from '../support/serve.ts';
import { scratch } from '../support/signet.ts';

const folder = mkdtempSync(join(scratch, 'doctor-'));
const put = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

test('what is well and what is not is told beside a running server, and nothing changes', async () => {
  const good = await startNextHop({ tls: relayTls });
  const closed = await startNextHop({
    fault: ({ stage }) => (stage === 'greeting' ? { kind: 'say', text: '554 no\r\n' } : undefined),
  });
  after(() => Promise.all([good.close(), closed.close()]));
  const tenant = (name: string, hop: string) =>
    `  - {name: ${name}, domains: [${name}.example], peers: [127.0.0.0/8], nextHop: {${hop}},\n     signatures: [{name: S, text: x}], rules: [{name: R, signatures: [S]}]}\n`;
  const bundle = put(
    'a.yaml',
    `version: 1\ntenants:\n${[
      tenant('untrusted', `host: localhost, port: ${good.port}`),
      tenant('plain', `host: 127.0.0.1, port: ${good.port}, tls: 'off'`),
      tenant('refusing', `host: 127.0.0.1, port: ${closed.port}, tls: 'off'`),
      tenant('nowhere', "host: 127.0.0.1, port: 1, tls: 'off'"),
    ].join('')}`,
  );
  const environment = {
    SIGNET_DATA: join(folder, 'data'),
    SIGNET_BUNDLE: bundle,
    SIGNET_TLS_CERT: put('relay.pem', relayTls.certificate),
    SIGNET_TLS_KEY: put('relay.key', relayTls.key),
  };
  const running = await startSignet(environment);
  after(() => running.stop());
  const doctor = (...words: string[]) =>
    runHere(['doctor', ...words], { ...environment, SIGNET_SMTP_LISTEN: `127.0.0.1:${running.port}` });

  const { code, stdout, stderr } = await doctor('--json');
  assert.deepEqual([code, stderr], [1, '']);
  const findings: Finding[] = stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line));
  const of = (check: string, subject?: string) =>
    findings
      .filter(finding => finding.check === check && (subject === undefined || finding.subject === subject))
      .map(({ state, sentence }) => `${state}: ${sentence}`);
  assert.deepEqual(of('folder'), ['fine: can be written']);
  assert.match(of('database')[0] ?? '', /^fine: is whole/);
  assert.deepEqual(of('master-key'), ['fine: opens the stored secrets']);
  assert.match(of('relay')[0] ?? '', /^fine: takes mail, encrypted on this machine alone/);
  assert.match(of('next-hop', 'untrusted')[0] ?? '', /^failure: .*no TLS that can be believed/);
  assert.match(of('next-hop', 'plain')[0] ?? '', /^warning: .*in clear text/);
  assert.match(
    of('next-hop', 'refusing')[0] ?? '',
    /^failure: .*does not take mail from here \(it says 554 no\)/,
  );
  assert.match(of('next-hop', 'nowhere')[0] ?? '', /^failure: .*cannot be reached \(.*ECONNREFUSED/);
  assert.ok(findings.every(({ state, remedy }) => (state === 'fine') === (remedy === undefined)));
  assert.deepEqual([good.deliveries, closed.deliveries], [[], []]);

  const offline = await doctor('--offline');
  assert.doesNotMatch(offline.stdout, /next-hop|hostname/);
  assert.match(offline.stdout, /^fine {2}database /m);
});

test('before the first start doctor says what is missing, and makes no database', async () => {
  const { code, stdout } = await runHere(['doctor', '--offline'], {
    SIGNET_DATA: join(folder, 'fresh'),
    SIGNET_SMTP_LISTEN: '127.0.0.1:1',
  });
  assert.equal(code, 1);
  assert.match(stdout, /^\? {5}database .*does not exist yet/m);
  assert.match(stdout, /^BAD {3}relay .*nobody listens/m);
});

test('a key that others may read, and one that is of another database, are failures', async () => {
  const environment = { SIGNET_DATA: join(folder, 'keys') };
  const running = await startSignet(environment);
  await running.stop();
  const key = join(folder, 'keys/master.key');
  chmodSync(key, 0o644);
  writeFileSync(key, `${Buffer.alloc(32).toString('base64')}\n`);
  const { stdout } = await runHere(['doctor', '--offline'], environment);
  assert.match(stdout, /^BAD {3}master-key .*can be read by others/m);
  assert.match(stdout, /^BAD {3}master-key .*is not the one that sealed/m);
});

test('doctor takes no further words', async () => {
  assert.equal((await runHere(['doctor', 'please'])).code, 2);
});
