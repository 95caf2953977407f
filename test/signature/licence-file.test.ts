import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type LicenceTerms,
  licenceRefusals,
  readLicenceFile,
  termsProblem,
  verifyLicenceFile,
  writeLicenceFile,
} from '../../src/signature/licence-file.ts';

function makeKey() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const id = idOf(publicKey);
  return {
    signing: { id, sign: (bytes: Uint8Array) => sign(null, bytes, privateKey) },
    trusted: {
      id,
      verify: (bytes: Uint8Array, signature: Uint8Array) => verify(null, bytes, publicKey, signature),
    },
  };
}

function idOf(publicKey: KeyObject) {
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  return createHash('sha256').update(raw).digest('hex').slice(0, 16);
}

const ours = makeKey();
const theirs = makeKey();
const terms: LicenceTerms = {
  id: '9f86d081884c7d65',
  domain: 'example.com',
  seats: 250,
  from: '2026-01-01',
  until: '2026-12-31',
  issued: '2025-12-01',
  note: 'Order 4711: Büro & Co.',
};
const file = writeLicenceFile(terms, ours.signing);
const tenant = { domains: ['brand.example', 'Example.com'], today: '2026-12-31' };
const judge = (text: string, setting: Partial<typeof tenant> = {}, keys = [theirs.trusted, ours.trusted]) => {
  const result = verifyLicenceFile(text, keys, { ...tenant, ...setting });
  return result.kind === 'ok' ? 'ok' : result.refusal;
};

test('a licence file is the text that its format says', () => {
  const lines = file.split('\n');
  assert.deepEqual(lines.slice(0, -2), [
    'Signet-Licence: 1',
    'Id: 9f86d081884c7d65',
    'Domain: example.com',
    'Seats: 250',
    'From: 2026-01-01',
    'Until: 2026-12-31',
    'Issued: 2025-12-01',
    'Note: Order 4711: Büro & Co.',
    `Key: ${ours.signing.id}`,
  ]);
  assert.match(lines.at(-2) ?? '', /^Signature: [\w-]{86}$/);
});

test('a licence comes back as it was signed', () => {
  const expected = { kind: 'ok', licence: { ...terms, keyId: ours.signing.id } };
  assert.deepEqual(verifyLicenceFile(file, [ours.trusted], tenant), expected);
  assert.deepEqual(readLicenceFile(file.replaceAll('\n', '\r\n')), expected);
  const { from, until, ...open } = { ...terms, note: '' };
  assert.deepEqual(verifyLicenceFile(writeLicenceFile(open, ours.signing), [ours.trusted], tenant), {
    kind: 'ok',
    licence: { ...open, keyId: ours.signing.id },
  });
});

const refusals: readonly (readonly [string, () => string, string])[] = [
  ['more seats', () => judge(file.replace('Seats: 250', 'Seats: 2500')), 'tampered'],
  ['another domain', () => judge(file.replace('example.com', 'brand.example')), 'tampered'],
  ['a later end', () => judge(file.replace('2026-12-31', '2027-12-31')), 'tampered'],
  ['no end', () => judge(file.replace('Until: 2026-12-31\n', '')), 'tampered'],
  ['another note', () => judge(file.replace('4711', '4712')), 'tampered'],
  ['the name of another key', () => judge(file.replace(ours.signing.id, theirs.signing.id)), 'tampered'],
  [
    'a signature over other terms',
    () =>
      judge(
        file.replace(
          /Signature: .*/,
          writeLicenceFile({ ...terms, seats: 1 }, ours.signing).match(/Signature: .*/)?.[0] ?? '',
        ),
      ),
    'tampered',
  ],
  [
    'a key that is not ours',
    () => judge(writeLicenceFile(terms, theirs.signing), {}, [ours.trusted]),
    'foreign-key',
  ],
  ['no trusted key at all', () => judge(file, {}, []), 'foreign-key'],
  ['another tenant', () => judge(file, { domains: ['other.example'] }), 'wrong-tenant'],
  ['a subdomain', () => judge(file, { domains: ['mail.example.com'] }), 'wrong-tenant'],
  ['the day after the last', () => judge(file, { today: '2027-01-01' }), 'expired'],
  ['a later version', () => judge('Signet-Licence: 2\nwhatever it looks like then\n'), 'future-version'],
  [
    'a later version that only says so',
    () => judge(file.replace('Signet-Licence: 1', 'Signet-Licence: 3')),
    'future-version',
  ],
  ['version 0', () => judge(file.replace('Signet-Licence: 1', 'Signet-Licence: 0')), 'malformed'],
  ['an empty file', () => judge(''), 'malformed'],
  ['something else', () => judge('From: ada@example.com\n'), 'malformed'],
  ['a line more', () => judge(`${file}Seats: 9\n`), 'malformed'],
  ['a line twice', () => judge(file.replace('Seats: 250', 'Seats: 250\nSeats: 250')), 'malformed'],
  ['lines in another order', () => judge(file.replace(/(Id: .*\n)(Domain: .*\n)/, '$2$1')), 'malformed'],
  ['leading zeros', () => judge(file.replace('Seats: 250', 'Seats: 0250')), 'malformed'],
  ['no seats', () => judge(file.replace('Seats: 250', 'Seats: 0')), 'malformed'],
  ['a day that is none', () => judge(file.replace('2026-12-31', '2026-02-30')), 'malformed'],
  ['a signature in other base64', () => judge(file.replace(/(Signature: .*)\n/, '$1==\n')), 'malformed'],
  ['a signature cut short', () => judge(file.slice(0, -10)), 'malformed'],
];

for (const [name, result, expected] of refusals) {
  test(`a licence file with ${name} is ${expected}`, () => {
    assert.equal(result(), expected);
  });
}

test('the last day counts', () => {
  assert.equal(judge(file, { today: '2026-12-31' }), 'ok');
  assert.equal(judge(file, { today: '2025-06-01' }), 'ok');
});

test('every refusal says what to do', () => {
  for (const sentence of Object.values(licenceRefusals)) assert.match(sentence, /^It.*[.:].*\.$/);
});

const bad: readonly (readonly [Partial<LicenceTerms>, RegExp])[] = [
  [{ id: 'x' }, /the id must be/],
  [{ domain: 'Example.com' }, /the domain is "Example.com"/],
  [{ domain: 'localhost' }, /the domain is/],
  [{ domain: 'a@b.example' }, /the domain is/],
  [{ seats: 0 }, /seats must be/],
  [{ seats: 1.5 }, /seats must be/],
  [{ seats: 1_000_001 }, /seats must be/],
  [{ from: '2026-13-01' }, /no day/],
  [{ from: '2027-01-01' }, /end before it begins/],
  [{ note: 'two\nlines' }, /one line/],
  [{ note: ' x' }, /one line/],
  [{ note: 'ab\u202ec' }, /one line/],
  [{ note: 'x'.repeat(201) }, /one line/],
];

for (const [part, sentence] of bad) {
  test(`terms with ${JSON.stringify(part).slice(0, 60)} are not signed`, () => {
    assert.match(termsProblem({ ...terms, ...part }) ?? '', sentence);
    assert.throws(() => writeLicenceFile({ ...terms, ...part }, ours.signing), RangeError);
  });
}

test('no single changed byte leaves a file valid', () => {
  const bytes = Buffer.from(file);
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, difference) => {
      const changed = Buffer.from(bytes);
      changed.writeUInt8((changed.readUInt8(at) + difference) % 256, at);
      assert.notEqual(judge(changed.toString('utf8')), 'ok');
    }),
    { numRuns: 500 },
  );
});

test('any terms that can be signed come back', () => {
  const day = fc.date({ min: new Date('1990-01-01'), max: new Date('2090-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000_000 }),
      day,
      fc.string({ unit: 'grapheme' }),
      (seats, issued, note) => {
        const some = { ...terms, seats, issued: issued.toISOString().slice(0, 10), note };
        fc.pre(termsProblem(some) === undefined);
        const read = verifyLicenceFile(writeLicenceFile(some, ours.signing), [ours.trusted], tenant);
        assert.deepEqual(read, { kind: 'ok', licence: { ...some, keyId: ours.signing.id } });
      },
    ),
  );
});
