import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { type Config, type Environment, readConfig } from '../src/config.ts';

test('without settings the web server stays on loopback and the data beside the caller', () => {
  assert.deepEqual(accepted({}), {
    dataFolder: resolve('data'),
    httpListen: { host: '127.0.0.1', port: 8080 },
    logLevel: 'info',
  });
});

test('an empty value counts as unset', () => {
  assert.deepEqual(accepted({ SIGNET_DATA: '', SIGNET_HTTP_LISTEN: '', SIGNET_LOG_LEVEL: '' }), accepted({}));
});

test('variables of other programs are none of our business', () => {
  assert.deepEqual(accepted({ PATH: '/bin', MY_SIGNET_DATA: 'x', signet_data: 'x' }), accepted({}));
});

test('the data folder becomes absolute', () => {
  assert.equal(accepted({ SIGNET_DATA: 'here' }).dataFolder, resolve('here'));
  assert.equal(accepted({ SIGNET_DATA: '/srv/signet' }).dataFolder, '/srv/signet');
});

test('nobody can change the settings after they are read', () => {
  const config = accepted({});
  assert.throws(() => Object.assign(config, { logLevel: 'debug' }), TypeError);
  assert.throws(() => Object.assign(config.httpListen, { port: 1 }), TypeError);
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
    const { code, sentence } = refused({ SIGNET_HTTP_LISTEN: text });
    assert.equal(code, 'SIGNET_HTTP_LISTEN_INVALID');
    assert.match(sentence, /127\.0\.0\.1:8080/);
  });
}

test('an unknown setting is refused with the list of the known ones', () => {
  const { code, sentence } = refused({ SIGNET_DATA_DIR: '/srv' });
  assert.equal(code, 'SIGNET_UNKNOWN_VARIABLE');
  assert.match(
    sentence,
    /^SIGNET_DATA_DIR is not a setting.*SIGNET_DATA, SIGNET_HTTP_LISTEN, SIGNET_LOG_LEVEL\.$/,
  );
});

test('an unknown log level is refused with the list of the known ones', () => {
  const { code, sentence } = refused({ SIGNET_LOG_LEVEL: 'loud' });
  assert.equal(code, 'SIGNET_LOG_LEVEL_INVALID');
  assert.match(sentence, /info, warn/);
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
