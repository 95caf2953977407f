import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { demonstrationFolder } from '../support/mail-flow.ts';
import { runHere, startHere } from '../support/run-here.ts';
import { fieldsOf, startSandbox, type TestSandbox } from '../support/sandbox.ts';

let sandbox: TestSandbox;
let environment: Record<string, string>;

const pem = (name: string) => fileURLToPath(new URL(`../support/certificates/${name}`, import.meta.url));

before(async () => {
  sandbox = await startSandbox();
  sandbox.state.pollSeconds = 0.2;
  // No relay runs here: Exchange's test of the connector is another test's.
  delete sandbox.state.hooks.validateConnector;
  environment = {
    SIGNET_DATA: demonstrationFolder(sandbox),
    SIGNET_HOSTNAME: 'signet.contoso.com',
    SIGNET_TLS_CERT: pem('relay.pem'),
    SIGNET_TLS_KEY: pem('relay.key'),
  };
});
after(() => sandbox.sandbox.close());

const run = (...words: string[]) => runHere(['tenant', ...words], environment);

/** Starts the command and does at Microsoft's page what it says. */
async function signedIn(words: readonly string[], typed: readonly string[] = [], choice = 'continue') {
  const command = startHere(['tenant', ...words], environment, typed);
  const [, code = ''] = await command.said(/(?:type the code |"code":")([A-Z0-9]{9})/);
  const url = `${sandbox.cloud.pages}/devicelogin`;
  const shown = await sandbox.form(url, { code });
  await sandbox.form(`${url}/account`, { ...fieldsOf(shown), account: 'admin@contoso.com', choice });
  return command;
}

test('a tenant is connected after a question, and what is asked for wrongly is refused before', async () => {
  assert.equal((await run('add', 'Contoso', '--domain', 'Contoso.com')).code, 0);
  const twice = await run('add', 'Contoso');
  assert.deepEqual([twice.code, twice.stdout], [1, '']);
  assert.match(twice.stderr, /^SIGNET_TENANT_NAME: There is a tenant "Contoso" already/);

  for (const [words, sentence] of [
    [['connect', 'Contoso', '--all', '--group', 'a@contoso.com'], /choose one of --all and --group/],
    [['connect', 'Contoso', '--json'], /--json does not ask/],
    [['connect', 'Contoso', '--done'], /go with --manual/],
    [['connect', 'Contoso', '--lease', 'soon'], /--lease is "soon"/],
    [['connect', 'Contoso', '--cloud', 'mars'], /--cloud is "mars"/],
    [['frobnicate'], /there is no "tenant frobnicate"/],
  ] as const) {
    const { code, stderr } = await run(...words);
    assert.equal(code, 2, stderr);
    assert.match(stderr, sentence);
  }
  const real = await run('connect', 'Contoso', '--cloud', 'worldwide', '--dry-run');
  assert.match(real.stderr, /^SIGNET_SANDBOX_ONLY: /);

  const connect = await signedIn(['connect', 'Contoso', '--internal', '--no-pilot'], ['y']);
  const { code, stdout, stderr } = await connect.end;
  assert.deepEqual([code, stderr], [0, '']);
  for (const line of [
    /To sign in, open http\S+ in a browser and type the code \S{9}\n/,
    /Signed in as admin@contoso\.com\.\n/,
    /Contoso: contoso\.com, signet\.contoso\.com, contoso\.onmicrosoft\.com\n/,
    /\+ Make the outbound connector "Signet - to relay"\.\n/,
    /Mail of everyone in the organisation goes through Signet, also to recipients inside\.\n/,
    /Connect "Contoso"\? .* \[y\/N\]/,
    /Exchange tests the connection to Signet \.\.\.\n/,
    /done: Make the mail flow rule "Signet - route for signature"\.\n/,
    /\nConnectors configuration successful\.\n$/,
  ])
    assert.match(stdout, line);
  assert.ok(sandbox.contoso.transportRules.latest().some(({ State }) => State === 'Enabled'));
  const [route] = sandbox.contoso.transportRules
    .latest()
    .filter(rule => rule.SetHeaderName === 'X-Signet-Route');
  assert.ok(route?.SetHeaderValue && !stdout.includes(route.SetHeaderValue), 'the secret is not told');
});

test('status tells in fields how a tenant stands, and signing stops at once', async () => {
  const status = JSON.parse((await run('status', 'contoso', '--json')).stdout);
  assert.deepEqual(
    [status.state, status.signing, status.cloud, status.scope, status.drift],
    ['waiting', 'on', 'sandbox', { senders: { kind: 'all' }, isInternalToo: true }, []],
  );
  assert.match(
    (await run('list')).stdout,
    /^Contoso +Connectors configuration successful; Exchange may take/,
  );
  assert.match((await run('stop-signing', 'Contoso')).stdout, /^Signing is stopped/);
  assert.match((await run('status', 'Contoso')).stdout, /\nSigning {4}stopped: mail passes unsigned\n/);
  await run('start-signing', 'Contoso');
  assert.match((await run('status', 'Contoso')).stdout, /\nSigning {4}on\n/);
});

test('a difference is told with exit code 1, and what Signet made is listed, then gone', async () => {
  const { outboundConnectors, transportRules } = sandbox.contoso;
  outboundConnectors.put(
    outboundConnectors.latest().map(connector => ({ ...connector, SmartHosts: ['elsewhere.example'] })),
    sandbox.clock.now(),
  );
  const verify = await (await signedIn(['verify', 'Contoso'])).end;
  assert.equal(verify.code, 1, verify.stderr);
  assert.match(
    verify.stdout,
    /"Signet - to relay" has SmartHosts elsewhere\.example and should have signet\.contoso\.com/,
  );
  assert.match((await run('list')).stdout, /Drifted/);

  const unwanted = await (await signedIn(['remove', 'Contoso'], ['no'])).end;
  assert.equal(unwanted.code, 1);
  assert.match(
    unwanted.stdout,
    /This goes:\n {2}- Remove the mail flow rule "Signet - route for signature"\./,
  );
  assert.match(unwanted.stderr, /^SIGNET_SETUP_CANCELLED: Nothing was changed/);
  assert.equal(transportRules.latest().length, 3);

  const removed = await (await signedIn(['remove', 'Contoso', '--yes', '--json'])).end;
  assert.deepEqual([removed.code, removed.stderr], [0, '']);
  const told = removed.stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line));
  assert.equal(told.at(-1).done.state, 'not-configured');
  assert.deepEqual([transportRules.latest().length, outboundConnectors.latest().length], [0, 0]);
});

test('what is refused at Microsoft, or stopped here, changes nothing and says so', async () => {
  const declined = await (await signedIn(['connect', 'Contoso', '--dry-run'], [], 'cancel')).end;
  assert.deepEqual(
    [declined.code, /^SIGNET_SIGN_IN_ENDED: /.test(declined.stderr)],
    [1, true],
    declined.stderr,
  );
  const stopped = startHere(['tenant', 'connect', 'Contoso'], environment);
  await stopped.said(/type the code/);
  stopped.stop();
  const { code, stderr } = await stopped.end;
  assert.deepEqual([code, stderr], [1, 'SIGNET_SETUP_CANCELLED: Stopped; nothing was changed.\n']);
});

test('by hand: steps and script hold the secret, the page to keep does not, and the word of the administrator counts', async () => {
  const script = (await run('connect', 'Contoso', '--manual', '--script')).stdout;
  const [, secret = ''] = /-SetHeaderName 'X-Signet-Route' -SetHeaderValue '([\w-]{43})'/.exec(script) ?? [];
  assert.equal(secret.length, 43, script);
  assert.ok((await run('connect', 'Contoso', '--manual')).stdout.includes(secret));
  const emergency = (await run('connect', 'Contoso', '--manual', '--emergency')).stdout;
  assert.match(emergency, /^Taking Signet out of the mail flow of Contoso\n/);
  assert.ok(!emergency.includes(secret));
  assert.match((await run('remove', 'Contoso', '--manual')).stdout, /Remove-TransportRule/);
  const done = await run('connect', 'Contoso', '--manual', '--done');
  assert.deepEqual([done.code, done.stderr], [0, '']);
  const status = JSON.parse((await run('status', 'Contoso', '--json')).stdout);
  assert.deepEqual(
    [status.state, status.method, status.microsoftTenantId],
    ['waiting', 'manual', sandbox.contoso.id],
  );
});
