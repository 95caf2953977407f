import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { applyFormats } from '../../src/signature/format.ts';
import { formatDate, localTime } from '../../src/signature/format-date.ts';

const place = { language: 'en', timeZone: 'Europe/Berlin', countries: [] as (string | undefined)[] };

function formatted(value: string, name: string, ...values: string[]) {
  return applyFormats(value, [{ name, arguments: values }], place);
}

describe('Telephone numbers', () => {
  const table: readonly (readonly [
    value: string,
    style: string,
    country: string | undefined,
    want: string,
  ])[] = [
    ['+49 30 1234567', 'international', undefined, '+49 30 1234567'],
    ['030 / 123 45 67', 'international', 'DE', '+49 30 1234567'],
    ['030 / 123 45 67', 'international', 'Germany', '+49 30 1234567'],
    ['030 / 123 45 67', 'international', 'Deutschland', '+49 30 1234567'],
    ['030 / 123 45 67', 'international', undefined, '030 / 123 45 67'],
    ['+49 30 1234567', 'national', undefined, '030 1234567'],
    ['(212) 555-0123', 'e164', 'United States', '+12125550123'],
    ['(212) 555-0123', 'international', 'USA', '+1 212 555 0123'],
    ['020 7946 0958', 'international', 'UK', '+44 20 7946 0958'],
    ['020 7946 0958 ext. 12', 'international', 'GB', '+44 20 7946 0958 x12'],
    ['020 7946 0958 x12', 'rfc3966', 'GB', 'tel:+442079460958;ext=12'],
    ['0043 1 234567', 'international', 'DE', '+43 1 234567'],
    ['ask reception', 'international', 'DE', 'ask reception'],
    ['12', 'national', 'DE', '12'],
    ['9'.repeat(200), 'e164', 'DE', '9'.repeat(200)],
  ];
  for (const [value, style, country, want] of table)
    it(`${value.slice(0, 30)} as ${style} in ${country}`, () => {
      const call = { name: 'phone', arguments: [style] };
      assert.equal(applyFormats(value, [call], { ...place, countries: [country] }), want);
    });

  it('are dialled by tel, with what digits there are', () => {
    const tel = (value: string, country?: string) =>
      applyFormats(value, [{ name: 'tel', arguments: [] }], { ...place, countries: [country] });
    assert.equal(tel('030 / 123 45 67', 'DE'), '+49301234567');
    assert.equal(tel('020 7946 0958 x12', 'GB'), '+442079460958;ext=12');
    assert.equal(tel('(0)123'), '0123');
    assert.equal(tel('+999 1'), '+9991');
    assert.equal(tel('reception'), '');
  });

  it('take the country from the format before the person, and the first that is known', () => {
    assert.equal(formatted('030 1234567', 'phone', 'e164', 'DE'), '+49301234567');
    assert.equal(
      applyFormats('01 234567', [{ name: 'phone', arguments: [] }], {
        ...place,
        countries: ['Middle-earth', undefined, 'AT'],
      }),
      '+43 1 234567',
    );
  });
});

describe('Dates', () => {
  const table: readonly (readonly [value: string, pattern: string, language: string, want: string])[] = [
    ['2026-03-01', 'd MMMM yyyy', 'en', '1 March 2026'],
    ['2026-03-01', 'dd.MM.yy', 'de', '01.03.26'],
    ['2026-03-01', 'EEEE, d. MMMM yyyy', 'de', 'Sonntag, 1. März 2026'],
    ['2026-03-01', 'EEE d MMM', 'fr', 'dim. 1 mars'],
    ['2026-03-01', 'd MMMM', 'pl', '1 marca'],
    ['2026-03-01', 'MMMM yyyy', 'pl', 'marzec 2026'],
    ['2026-03-01', "'d' d 'of' MMMM", 'en', 'd 1 of March'],
    ['2026-03-01', "h ''o''", 'en', "12 'o'"],
    ['2026-03-01T00:05:09', 'H:mm:ss h a', 'en', '0:05:09 12 AM'],
    ['2026-03-01T13:05', 'HH.mm hh a', 'en', '13.05 01 PM'],
    ['2026-07-01T22:30:00Z', 'd.M. HH:mm', 'de', '2.7. 00:30'],
    ['2026-01-01T00:30:00+05:30', 'd.M.yyyy HH:mm', 'de', '31.12.2025 20:00'],
    ['2024-02-29', 'd MMMM', 'sv', '29 februari'],
    ['2026-03-01', 'yyyy年M月d日', 'ja', '2026年3月1日'],
    ['2026-03-01', 'd MMMM yyyy', 'ar', '1 مارس 2026'],
    ['2025-02-29', 'd MMMM', 'en', '2025-02-29'],
    ['2026-13-01', 'd MMMM', 'en', '2026-13-01'],
    ['next week', 'd MMMM', 'en', 'next week'],
  ];
  for (const [value, pattern, language, want] of table)
    it(`${value} as ${pattern} in ${language}`, () =>
      assert.equal(formatDate(value, { pattern, language, timeZone: 'Europe/Berlin' }), want));

  it('without a pattern are written out', () => {
    assert.equal(
      formatDate('2026-03-01', { pattern: undefined, language: 'de', timeZone: 'UTC' }),
      '1. März 2026',
    );
  });

  it('of the message are those of the time zone, over daylight saving', () => {
    assert.equal(localTime(Date.UTC(2026, 2, 29, 0, 59, 59), 'Europe/Berlin'), '2026-03-29T01:59:59');
    assert.equal(localTime(Date.UTC(2026, 2, 29, 1, 0, 0), 'Europe/Berlin'), '2026-03-29T03:00:00');
    assert.equal(localTime(Date.UTC(2026, 0, 1, 3, 7, 8), 'Asia/Kathmandu'), '2026-01-01T08:52:08');
    assert.equal(localTime(Date.UTC(2026, 0, 1, 3, 7, 8, 999), 'America/St_Johns'), '2025-12-31T23:37:08');
    assert.equal(localTime(Date.UTC(2026, 0, 1), 'Nowhere/Land'), '2026-01-01T00:00:00');
    assert.equal(localTime(Number.NaN, 'UTC'), '');
  });

  it('agree with the clock of Intl at any quarter of an hour', () => {
    for (let ms = Date.UTC(2026, 2, 28, 20); ms < Date.UTC(2026, 2, 29, 6); ms += 421_000) {
      const want = new Date(ms).toLocaleString('sv-SE', { timeZone: 'Europe/Berlin' }).replace(' ', 'T');
      assert.equal(localTime(ms, 'Europe/Berlin'), want);
    }
  });
});

describe('Other formats', () => {
  const table: readonly (readonly [name: string, values: readonly string[], value: string, want: string])[] =
    [
      ['upper', [], 'Straße', 'STRASSE'],
      ['lower', [], 'ÄBC', 'äbc'],
      ['title', [], 'head of procurement', 'Head Of Procurement'],
      ['title', [], 'HEAD OF IT', 'Head Of It'],
      ['title', [], 'Ronald McDonald, IT', 'Ronald McDonald, IT'],
      ['title', [], "o'neill-šmíd", "O'neill-Šmíd"],
      ['default', ['x'], '', 'x'],
      ['default', ['x'], 'y', 'y'],
      ['replace', [' ', ''], '1 2 3', '123'],
      ['replace', ['$', '$&$1'], 'a$', 'a$&$1'],
      ['replace', ['\n', ', '], 'a\nb', 'a, b'],
      ['url', [], 'a b/ü?&', 'a%20b%2F%C3%BC%3F%26'],
      ['url', [], 'a\uD800', 'a%EF%BF%BD'],
      ['upper', [], '', ''],
    ];
  for (const [name, values, value, want] of table)
    it(`${name} of "${value}"`, () => assert.equal(formatted(value, name, ...values), want));

  it('upper case is that of the language', () => {
    assert.equal(
      applyFormats('istanbul', [{ name: 'upper', arguments: [] }], { ...place, language: 'tr' }),
      'İSTANBUL',
    );
    assert.equal(
      applyFormats('istanbul', [{ name: 'upper', arguments: [] }], {
        ...place,
        language: 'no such-language',
      }),
      'ISTANBUL',
    );
  });

  it('replacing does not grow without bound', () => {
    const calls = Array.from({ length: 30 }, () => ({ name: 'replace', arguments: ['a', 'aaaaaaaaaa'] }));
    assert.equal(applyFormats('a', calls, place).length, 10_000);
  });
});
