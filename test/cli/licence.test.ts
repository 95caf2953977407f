import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runHere } from '../support/run-here.ts';
import { runSignet, scratch } from '../support/signet.ts';

const pair = generateKeyPairSync('ed25519');
const other = generateKeyPairSync('ed25519');
const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const pem = { type: 'pkcs8', format: 'pem' } as const;
const publicPem = { type: 'spki', format: 'pem' } as const;

function desk() {
  const folder = mkdtempSync(join(scratch, 'licence-'));
  const put = (name: string, content: string | Buffer) => writeFileSync(join(folder, name), content);
  put('licence.key', pair.privateKey.export(pem));
  put('licence.pub', pair.publicKey.export(publicPem));
  put('other.pub', other.publicKey.export(publicPem));
  put('rsa.key', rsa.privateKey.export(pem));
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  const licence = async (...words: string[]) => {
    const { code, stdout, stderr } = await runSignet(['licence', ...words], { folder });
    return { code, stdout: stdout.toString(), stderr };
  };
  return { folder, put, read, licence };
}

const signing = ['sign', '--key', 'licence.key', '--domain', 'Büro.example', '--seats', '250'];

test('a licence that was signed shows what was said, and that its signature is valid', async () => {
  const { licence, put } = desk();
  const made = await licence(
    ...signing,
    '--from',
    '2026-01-01',
    '--until',
    '2026-12-31',
    '--note',
    'Order 4711',
  );
  assert.deepEqual([made.code, made.stderr], [0, '']);
  put('x.licence', made.stdout);
  const shown = await licence(
    'show',
    '--public-key',
    'other.pub',
    '--public-key',
    'licence.pub',
    'x.licence',
  );
  assert.equal(shown.code, 0, shown.stderr);
  const raw = Buffer.from(pair.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const key = createHash('sha256').update(raw).digest('hex').slice(0, 16);
  const today = new Date().toISOString().slice(0, 10);
  assert.match(
    shown.stdout,
    new RegExp(
      `^Licence {4}[0-9a-f]{16}\nDomain {5}xn--bro-hoa\\.example\nSeats {6}250 in each calendar month\nFrom {7}2026-01-01\nUntil {6}2026-12-31, included\nIssued {5}${today}\nNote {7}Order 4711\nKey {8}${key}\nSignature {2}valid, by the given key\n$`,
    ),
  );
  const { code, stdout } = await licence('show', '--json', 'x.licence');
  assert.equal(code, 0);
  const { id, ...report } = JSON.parse(stdout);
  assert.match(id, /^[0-9a-f]{16}$/);
  assert.deepEqual(report, {
    domain: 'xn--bro-hoa.example',
    seats: 250,
    from: '2026-01-01',
    until: '2026-12-31',
    issued: today,
    note: 'Order 4711',
    key,
    signature: 'unchecked',
  });
});

test('an open licence says so', async () => {
  const { licence } = desk();
  assert.equal((await licence(...signing, '--out', 'x.licence')).stdout, '');
  const { stdout } = await licence('show', 'x.licence');
  assert.match(stdout, /^From {7}at once\nUntil {6}for ever$/m);
  assert.match(stdout, /^Signature {2}not checked: give --public-key FILE$/m);
  assert.match((await licence('show', '--json', 'x.licence')).stdout, /"from":null,"until":null/);
});

test('a file that exists is never written over', async () => {
  const { licence, put, read } = desk();
  put('x.licence', 'precious');
  const { code, stderr } = await licence(...signing, '--out', 'x.licence');
  assert.deepEqual([code, read('x.licence')], [1, 'precious']);
  assert.match(stderr, /^SIGNET_FILE_UNWRITABLE: x\.licence cannot be made \(a file is in the way\)/);
});

test('show refuses what was changed, is another’s, or no licence, and says why', async () => {
  const { licence, put, read } = desk();
  await licence(...signing, '--out', 'x.licence');
  put('more.licence', read('x.licence').replace('Seats: 250', 'Seats: 2500'));
  put('later.licence', read('x.licence').replace('Signet-Licence: 1', 'Signet-Licence: 2'));
  put('none.licence', 'hello\n');
  const refusal = async (...words: string[]) => {
    const { code, stdout, stderr } = await licence('show', ...words);
    assert.deepEqual([code, stdout], [2, '']);
    return (
      /^SIGNET_LICENCE_REFUSED: \S+ is refused \(([a-z-]+)\), because it .*: .*\.\n$/.exec(stderr)?.[1] ??
      stderr
    );
  };
  assert.equal(await refusal('--public-key', 'licence.pub', 'more.licence'), 'tampered');
  assert.equal(await refusal('--public-key', 'other.pub', 'x.licence'), 'foreign-key');
  assert.equal(await refusal('later.licence'), 'future-version');
  assert.equal(await refusal('none.licence'), 'malformed');
});

test('a key that is none of the right kind is named', async () => {
  const { licence, folder } = desk();
  const failure = async (...words: string[]) => {
    const { code, stderr } = await licence(...words);
    assert.equal(code, 2);
    return stderr;
  };
  const sign = (key: string) =>
    failure('sign', '--domain', 'a.example', '--seats', '1', '--out', 'x', '--key', key);
  assert.match(await sign('rsa.key'), /^SIGNET_LICENCE_KEY: rsa\.key is not usable \(it is a key for rsa\)/);
  assert.match(await sign('licence.pub'), /^SIGNET_LICENCE_KEY: .* \(it is no private key in PEM form\)/);
  assert.match(await sign('absent.key'), /^SIGNET_FILE_UNREADABLE: absent\.key/);
  assert.equal(existsSync(join(folder, 'x')), false);
  await licence(...signing, '--out', 'y');
  const mixed = await failure('show', '--public-key', 'licence.key', 'y');
  assert.match(mixed, /^SIGNET_LICENCE_KEY: licence\.key is not usable \(it is a private key\)/);
});

const usage: readonly (readonly [string[], RegExp])[] = [
  [[], /say what to do: show, import, remove, key or sign/],
  [['constructor'], /there is no "licence constructor"/],
  [['import'], /import takes one licence file/],
  [['import', 'a', 'b'], /import takes one licence file/],
  [['remove'], /remove takes the id of one licence/],
  [['key', 'a', '--remove', 'b'], /key takes one FILE, or --remove ID/],
  [['show', '--month', '2026-13'], /--month is "2026-13"/],
  [['show', '--csv', '--json'], /choose one of --csv and --json/],
  [['show', '--public-key', 'a'], /--public-key needs a licence file/],
  [['show', '--tenant', 'a', 'b'], /leave FILE out/],
  [['sign'], /--key FILE is missing/],
  [['sign', '--key', 'licence.key', '--domain', 'a.example'], /--seats N is missing/],
  [['sign', '--key', 'licence.key', '--seats', '1'], /--domain DOMAIN is missing/],
  [[...signing.slice(0, -1), '0'], /the seats must be a whole number from 1 to 1000000/],
  [[...signing.slice(0, -1), '1e3'], /the seats must be a whole number/],
  [[...signing, '--until', '2026-02-30'], /"2026-02-30" is no day/],
  [[...signing, '--from', '2027-01-01', '--until', '2026-01-01'], /it would end before it begins/],
  [[...signing, '--note', 'a\nb'], /the note must be one line/],
  [['show', 'a', 'b'], /show takes one licence file/],
];

for (const [words, sentence] of usage) {
  test(`signet licence ${words.join(' ').replaceAll('\n', '\\n')} is bad usage`, async () => {
    const { code, stdout, stderr } = await runHere(['licence', ...words]);
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, sentence);
    assert.match(stderr, /^SIGNET_USAGE: .*: see "signet licence --help"\.\n$/);
  });
}
