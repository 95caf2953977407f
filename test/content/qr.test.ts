import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createQr } from '../../src/content/qr.ts';
import { pictureFacts } from '../../src/signature/picture.ts';
import { vcardOf } from '../../src/signature/vcard.ts';
import { makePerson } from '../support/company.ts';

const card = vcardOf(
  makePerson({
    address: 'jürgen@müller.example',
    fields: {
      displayName: 'Jürgen Müller-Lüdenscheidt',
      givenName: 'Jürgen',
      surname: 'Müller-Lüdenscheidt',
      companyName: '東京 Widgets GmbH; Sons, Ltd',
      jobTitle: 'Leiter Qualitätssicherung',
      businessPhone: '+49 30 1234567',
      mobilePhone: '+49 170 1234567',
      streetAddress: 'Straße des 17. Juni 135',
      city: 'Berlin',
    },
  }),
);
const hasReader = spawnSync('zbarimg', ['--version']).status === 0;

describe('A text as a QR code', () => {
  const qr = createQr();

  it('is the same bytes each time, also from another appliance', () => {
    assert.deepEqual(qr(card), createQr()(card));
    assert.equal(qr(card), qr(card));
  });

  it('is a small PNG', () => {
    const picture = qr(card);
    assert.ok(picture && picture.length < 2_500, String(picture?.length));
    const facts = pictureFacts(picture);
    assert.equal(facts?.type, 'image/png');
    assert.equal(facts?.width, facts?.height);
  });

  it('does not exist for more than a code of readable size holds', () => {
    assert.equal(qr('x'.repeat(859)), undefined);
    assert.equal(qr('x'.repeat(5_000)), undefined);
    assert.notEqual(qr('x'.repeat(858)), undefined);
  });

  it('is remembered for the texts asked last, and no more of them', () => {
    const small = createQr({ rememberedCodes: 2, codeModules: 97 });
    const [a, b] = [small('a'), small('b')];
    assert.equal(small('a'), a);
    small('c');
    assert.equal(small('a'), a);
    assert.notEqual(small('b'), b);
    assert.deepEqual(small('b'), b);
  });

  const skip = hasReader ? false : 'zbarimg is missing: install zbar-tools';
  it('is read back by another program, byte for byte', { skip }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'signet-qr-'));
    try {
      for (const [index, text] of [card, 'a', 'x'.repeat(858)].entries()) {
        const file = join(folder, `${index}.png`);
        writeFileSync(file, qr(text) ?? '');
        const { stdout } = spawnSync('zbarimg', ['--quiet', '--raw', '-Sbinary', file]);
        assert.equal(stdout.toString('utf8').replace(/\n$/, ''), text.replace(/\n$/, ''));
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
