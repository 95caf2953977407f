import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { type Config, type Environment, readConfig } from '../src/config.ts';

test('without settings both servers stay on loopback and the data beside the caller', () => {
  assert.deepEqual(accepted({}), {
    dataFolder: resolve('data'),
    smtpListen: { host: '127.0.0.1', port: 2525 },
    httpListen: { host: '127.0.0.1', port: 8080 },
    trustedProxies: [],
    logLevel: 'info',
  });
});

test('every setting arrives', () => {
  assert.deepEqual(
    accepted({
      SIGNET_BUNDLE: 'contoso.yaml',
      SIGNET_DATA: '/srv/signet',
      SIGNET_SMTP_LISTEN: '0.0.0.0:25',
      SIGNET_HTTP_LISTEN: '[::1]:8080',
      SIGNET_HTTPS_LISTEN: '[::]:8443',
      SIGNET_HTTPS_CERT: 'pages.pem',
      SIGNET_HTTPS_KEY: 'pages-key.pem',
      SIGNET_PUBLIC_URL: 'https://signet.example.com/',
      SIGNET_TRUSTED_PROXIES: '192.0.2.1, 10.0.0.0/8',
      SIGNET_HOSTNAME: 'Signet.Example.com',
      SIGNET_TLS_CERT: 'cert.pem',
      SIGNET_TLS_KEY: '/etc/key.pem',
      SIGNET_TLS_CLIENT_CA: 'ca.pem',
      SIGNET_LOG_LEVEL: 'debug',
    }),
    {
      bundleFile: resolve('contoso.yaml'),
      dataFolder: '/srv/signet',
      smtpListen: { host: '0.0.0.0', port: 25 },
      httpListen: { host: '::1', port: 8080 },
      httpsListen: { host: '::', port: 8443 },
      https: { certificateFile: resolve('pages.pem'), keyFile: resolve('pages-key.pem') },
      publicUrl: 'https://signet.example.com',
      trustedProxies: ['192.0.2.1', '10.0.0.0/8'],
      hostname: 'signet.example.com',
      tls: { certificateFile: resolve('cert.pem'), keyFile: '/etc/key.pem', clientCaFile: resolve('ca.pem') },
      logLevel: 'debug',
    },
  );
});

test('an empty value counts as unset', () => {
  const empty = Object.fromEntries(
    [
      'SIGNET_BUNDLE',
      'SIGNET_DATA',
      'SIGNET_HTTP_LISTEN',
      'SIGNET_HOSTNAME',
      'SIGNET_TLS_CERT',
      'SIGNET_LOG_LEVEL',
    ].map(name => [name, '']),
  );
  assert.deepEqual(accepted(empty), accepted({}));
});

test('variables of other programs are none of our business', () => {
  assert.deepEqual(accepted({ PATH: '/bin', MY_SIGNET_DATA: 'x', signet_data: 'x' }), accepted({}));
});

test('nobody can change the settings after they are read', () => {
  const config = accepted({ SIGNET_TLS_CERT: 'a', SIGNET_TLS_KEY: 'b' });
  assert.throws(() => Object.assign(config, { logLevel: 'debug' }), TypeError);
  assert.throws(() => Object.assign(config.httpListen, { port: 1 }), TypeError);
  assert.throws(() => Object.assign(config.tls ?? {}, { keyFile: 'x' }), TypeError);
});

const addresses: readonly [text: string, host: string, port: number][] = [
  ['0.0.0.0:8080', '0.0.0.0', 8080],
  ['localhost:0', 'localhost', 0],
  ['[::1]:65535', '::1', 65535],
  ['[::]:80', '::', 80],
];

for (const [text, host, port] of addresses) {
  test(`the address ${text} is understood`, () => {
    assert.deepEqual(accepted({ SIGNET_HTTP_LISTEN: text }).httpListen, { host, port });
  });
}

for (const text of [
  '8080',
  ':8080',
  '127.0.0.1',
  '127.0.0.1:',
  'a:b',
  '::1:8080',
  '127.0.0.1:65536',
  'http://a:1',
  'a b:1',
]) {
  test(`the address "${text}" is refused with an example`, () => {
    for (const [name, example] of [
      ['SIGNET_HTTP_LISTEN', /127\.0\.0\.1:8080/],
      ['SIGNET_SMTP_LISTEN', /127\.0\.0\.1:2525/],
    ] as const) {
      const { code, sentence } = refused({ [name]: text });
      assert.equal(code, `${name}_INVALID`);
      assert.match(sentence, example);
    }
  });
}

test('an unknown setting is refused with the list of the known ones', () => {
  const { code, sentence } = refused({ SIGNET_DATA_DIR: '/srv' });
  assert.equal(code, 'SIGNET_UNKNOWN_VARIABLE');
  assert.match(
    sentence,
    /^SIGNET_DATA_DIR is not a setting.*SIGNET_BUNDLE, SIGNET_DATA, .*SIGNET_LOG_LEVEL\.$/,
  );
});

test('an unknown log level is refused with the list of the known ones', () => {
  const { code, sentence } = refused({ SIGNET_LOG_LEVEL: 'loud' });
  assert.equal(code, 'SIGNET_LOG_LEVEL_INVALID');
  assert.match(sentence, /info, warn/);
});

for (const name of ['mail server', '-a.example', 'a..example', 'https://a.example', 'a_b.example']) {
  test(`the host name "${name}" is refused with an example`, () => {
    const { code, sentence } = refused({ SIGNET_HOSTNAME: name });
    assert.equal(code, 'SIGNET_HOSTNAME_INVALID');
    assert.match(sentence, /signet\.example\.com/);
  });
}

test('a certificate without its key, and the other way round, is refused by the name of the missing one', () => {
  assert.match(refused({ SIGNET_TLS_CERT: 'a' }).sentence, /^SIGNET_TLS_KEY is not set/);
  assert.match(refused({ SIGNET_TLS_KEY: 'a' }).sentence, /^SIGNET_TLS_CERT is not set/);
  assert.equal(refused({ SIGNET_TLS_CLIENT_CA: 'a' }).code, 'SIGNET_TLS_INCOMPLETE');
});

test('names for an authority come with its directory and the port of its challenges', () => {
  const { acme } = accepted({ SIGNET_ACME: 'Signet.contoso.com, smtp.contoso.com' });
  assert.deepEqual(acme?.names, ['signet.contoso.com', 'smtp.contoso.com']);
  assert.deepEqual(acme?.listen, { host: '0.0.0.0', port: 80 });
  assert.match(acme?.directoryUrl ?? '', /letsencrypt\.org/);
  assert.equal(accepted({}).acme, undefined);
});

for (const [environment, says] of [
  [{ SIGNET_ACME: 'localhost' }, /names "localhost"/],
  [{ SIGNET_ACME: 'a b_c.example' }, /names "a"/],
  [{ SIGNET_ACME: 'a.example', SIGNET_TLS_CERT: 'a', SIGNET_TLS_KEY: 'b' }, /both set/],
  [{ SIGNET_ACME: 'a.example', SIGNET_ACME_DIRECTORY: 'http://a.example' }, /HTTPS address/],
] as const)
  test(`${JSON.stringify(environment)} is refused`, () => {
    const { code, sentence } = refused(environment);
    assert.equal(code, 'SIGNET_ACME_INVALID');
    assert.match(sentence, says);
  });

function accepted(environment: Environment): Config {
  const result = readConfig(environment);
  assert.equal(result.kind, 'ok');
  return result.value;
}

function refused(environment: Environment) {
  const result = readConfig(environment);
  assert.equal(result.kind, 'problem');
  return result.problem;
}
