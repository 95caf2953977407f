import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { type Charset, charsetNamed, encodeHtml, withByteOrder } from '../../src/mail/charset.ts';

/** The labels of the WHATWG Encoding Standard, without those of its "replacement" encoding. */
const whatwgLabels = `
  unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf8 utf-8 x-unicode20utf8 866 cp866 csibm866 ibm866
  csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2 latin2
  csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 l3 latin3
  csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 l4 latin4
  csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 iso88595 iso_8859-5 iso_8859-5:1988
  arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6 iso-8859-6-e iso-8859-6-i iso-ir-127
  iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987 csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126
  iso8859-7 iso88597 iso_8859-7 iso_8859-7:1987 sun_eu_greek csiso88598e csisolatinhebrew hebrew iso-8859-8
  iso-8859-8-e iso-ir-138 iso8859-8 iso88598 iso_8859-8 iso_8859-8:1988 visual csiso88598i iso-8859-8-i logical
  csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 latin6 iso-8859-13 iso8859-13 iso885913
  iso-8859-14 iso8859-14 iso885914 csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9 iso-8859-16
  cskoi8r koi koi8 koi8-r koi8_r koi8-ru koi8-u csmacintosh mac macintosh x-mac-roman
  dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874 cp1250 windows-1250 x-cp1250
  cp1251 windows-1251 x-cp1251 ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1
  iso88591 iso_8859-1 iso_8859-1:1987 l1 latin1 us-ascii windows-1252 x-cp1252 cp1253 windows-1253 x-cp1253
  cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 iso_8859-9:1989 l5 latin5 windows-1254
  x-cp1254 cp1255 windows-1255 x-cp1255 cp1256 windows-1256 x-cp1256 cp1257 windows-1257 x-cp1257
  cp1258 windows-1258 x-cp1258 x-mac-cyrillic x-mac-ukrainian chinese csgb2312 csiso58gb231280 gb2312 gb_2312
  gb_2312-80 gbk iso-ir-58 x-gbk gb18030 big5 big5-hkscs cn-big5 csbig5 x-x-big5 cseucpkdfmtjapanese euc-jp x-euc-jp
  csiso2022jp iso-2022-jp csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis
  cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 windows-949
  unicodefffe utf-16be csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16le utf-16 x-user-defined
`
  .trim()
  .split(/\s+/);

/** Labels of iconv-lite that are transfer encodings or inner machinery, not charsets. */
const pseudoLabels = ['base64', 'hex', 'binary', 'utf7imap', '_internal', '_sbcs', '_dbcs', '_utf32'];

const iconvLabels = () => {
  iconv.encodingExists('utf-8');
  return Object.keys(iconv.encodings ?? {}).filter(label => !pseudoLabels.includes(label));
};

/** Any character that HTML can name: no surrogate, no C1 control; no ampersand, so that references are ours. */
const character = fc
  .oneof(fc.integer({ min: 0, max: 0x2ff }), fc.integer({ min: 0x300, max: 0x10ffff }))
  .map(code => String.fromCodePoint(code))
  .filter(written => !/[&\x80-\x9f\ufeff\p{Surrogate}]/u.test(written));

const labels = [...new Set([...iconvLabels(), ...whatwgLabels])];
const charsets = [...new Map(labels.map(label => [named(label).name, named(label)])).values()];
/** Characters whose second byte is a backslash, a bar or a letter in some charset, and others of many scripts. */
const samples = 'ソ表能予十功許蓋丂乗갂갃ĳ😀éßЖעשกあア漢中€“ﾊ';
const single = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

describe('charset labels', () => {
  test('every label of iconv-lite and of the WHATWG is known, and its canonical name means the same', () => {
    for (const label of labels) {
      const { name } = named(label);
      assert.equal(charsetNamed(name)?.name, name, label);
      assert.equal(name, name.toLowerCase());
    }
  });

  const spellings: [string, string][] = [
    ['UTF-8', 'utf-8'],
    [' "utf8" ', 'utf-8'],
    ["'Utf-8'", 'utf-8'],
    ['cp65001', 'utf-8'],
    ['x-sjis', 'shift_jis'],
    ['Windows-31J', 'shift_jis'],
    ['cp1252', 'windows-1252'],
    ['ks_c_5601-1987', 'euc-kr'],
    ['cp949', 'euc-kr'],
    ['gb2312', 'gbk'],
    ['cp936', 'gbk'],
    ['unicode-1-1-utf-7', 'utf-7'],
    ['iso-8859-8-i', 'iso-8859-8-i'],
    ['x-mac-roman', 'macintosh'],
    ['ansi_x3.4-1968', 'us-ascii'],
    ['x-ia5', 'us-ascii'],
    ['latin1', 'iso-8859-1'],
    ['iso-8859-1:1987', 'iso-8859-1'],
    ['iso-8859-9', 'iso-8859-9'],
    ['tis-620', 'tis-620'],
    ['ibm850', 'cp850'],
    ['cp50220', 'iso-2022-jp'],
    ['csISO2022JP', 'iso-2022-jp'],
    ['ucs-2', 'utf-16'],
    ['unicode', 'utf-16'],
    ['unicodeFFFE', 'utf-16be'],
    ['utf-16le', 'utf-16le'],
    ['ucs-4', 'utf-32'],
  ];
  for (const [label, name] of spellings) {
    test(`the label ${JSON.stringify(label)} means ${name}`, () => assert.equal(named(label).name, name));
  }

  const unknown = [
    ...pseudoLabels,
    ...[
      '',
      ' ',
      '""',
      'constructor',
      '__proto__',
      'proto',
      'toString',
      'hasOwnProperty',
      'utf-7-imap',
      'b-a-s-e64',
    ],
    ...[
      'iso-2022-kr',
      'hz-gb-2312',
      'replacement',
      'johab',
      'cp037',
      'iso-8859-12',
      'utf-8\0',
      'utf-8;x',
      '\u212aoi8-r',
    ],
    `utf-8${' '.repeat(60)}`,
  ];
  for (const label of unknown) {
    test(`the label ${JSON.stringify(label)} is unknown`, () => assert.equal(charsetNamed(label), undefined));
  }

  test('a label is looked up once, and strange spellings do not pile up for ever', () => {
    assert.equal(charsetNamed('utf-8'), charsetNamed('utf-8'));
    for (let extra = 0; extra < 1200; extra++) named(`utf${'-'.repeat(extra % 50)}8${'.'.repeat(extra % 7)}`);
    assert.equal(named('utf-8').name, 'utf-8');
  });
});

describe('every charset', () => {
  for (const charset of charsets) {
    const { name, unitBytes } = charset;
    const texts = textsOf(charset);
    const marked = fc.tuple(texts, fc.nat()).map(([text, place]) => ({ text, place }));

    test(`${name}: what is encoded decodes to the same text`, () => {
      fc.assert(
        fc.property(texts, text => {
          assert.equal(charset.decode(bytesOf(charset, text)), text);
        }),
      );
    });

    test(`${name}: the view shows the ASCII characters of the text, each at its place, and no other`, () => {
      fc.assert(
        fc.property(texts, text => {
          const bytes = bytesOf(charset, text);
          const fixed = withByteOrder(charset, bytes);
          const view = charset.view(bytes);
          assert.equal(view.length, Math.floor(bytes.length / unitBytes));
          assert.equal(asciiOf(view), asciiOf(name === 'utf-7' ? text.replace(/[+\\~]/g, '') : text));
          for (const { index } of view.matchAll(/[\0-\x7f]/g)) {
            const before = fixed.decode(bytes.subarray(0, index * unitBytes));
            assert.ok(text.startsWith(`${before}${view[index]}`), `${JSON.stringify(text)} at ${index}`);
          }
        }),
        { numRuns: 50 },
      );
    });

    test(`${name}: markup put before any ASCII character of the view stands there after decoding`, () => {
      fc.assert(
        fc.property(marked, ({ text, place }) => {
          const bytes = bytesOf(charset, text);
          const fixed = withByteOrder(charset, bytes);
          const places = [...fixed.view(bytes).matchAll(/[\0-\x7f]/g)].map(match => match.index * unitBytes);
          const at = places[place % Math.max(places.length, 1)];
          if (at === undefined) return;
          const before = fixed.decode(bytes.subarray(0, at));
          const inserted = `<p>${text}</p>`;
          const spliced = Buffer.concat([
            bytes.subarray(0, at),
            bytesOf(fixed, inserted),
            bytes.subarray(at),
          ]);
          assert.equal(fixed.decode(spliced), before + inserted + text.slice(before.length));
        }),
      );
    });

    test(`${name}: HTML with any character survives, with references for what is missing`, () => {
      const html = fc.string({ unit: fc.oneof(fc.constantFrom(...'<>"%$\\~ é€'), character) });
      fc.assert(
        fc.property(html, fc.boolean(), (written, asciiOnly) => {
          const read = charset.decode(encodeHtml(charset, written, asciiOnly));
          assert.equal(resolved(read), written);
          if (asciiOnly) assert.match(read, /^[\0-\x7f]*$/);
        }),
      );
    });

    test(`${name}: no bytes make reading throw or change the length of the view`, () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 64 }), array => {
          const bytes = Buffer.from(array);
          assert.equal(typeof charset.decode(bytes), 'string');
          assert.ok(charset.decode(bytes).isWellFormed());
          assert.equal(charset.view(bytes).length, Math.floor(bytes.length / unitBytes));
        }),
      );
    });

    test(`${name}: a lone surrogate is not written, nor passed on in HTML`, () => {
      assert.equal(charset.encode('a\ud800b'), undefined);
      assert.equal(charset.decode(encodeHtml(charset, 'a\udc00b', false)), 'a&#65533;b');
    });
  }
});

describe('the traits of charsets', () => {
  test('only UTF-16, UTF-32 and the tables that redefine ASCII bytes are not ASCII compatible', () => {
    const others = charsets.filter(charset => !charset.asciiCompatible).map(charset => charset.name);
    const wide = ['utf-16', 'utf-16be', 'utf-16le', 'utf-32', 'utf-32be', 'utf-32le'];
    assert.deepEqual(others.sort(), [...wide, 'cp864', 'iso646cn', 'iso646jp', 'tcvn', 'viscii'].sort());
  });

  test('only ISO-2022-JP and UTF-7 have shift states', () => {
    const stateful = charsets.filter(charset => charset.stateful).map(charset => charset.name);
    assert.deepEqual(stateful.sort(), ['iso-2022-jp', 'utf-7']);
  });

  test('units have two bytes in UTF-16, four in UTF-32 and one elsewhere', () => {
    for (const { name, unitBytes } of charsets) {
      assert.equal(unitBytes, name.startsWith('utf-16') ? 2 : name.startsWith('utf-32') ? 4 : 1, name);
    }
  });
});

describe('views', () => {
  const views: [charset: string, bytes: string, view: string, why: string][] = [
    ['utf-8', 'a\xc3\xa9<', 'a\xc3\xa9<', 'UTF-8 stands as it is'],
    ['euc-jp', '\xa4\xa2\\', '\xa4\xa2\\', 'EUC-JP has no ASCII bytes in its characters'],
    ['shift_jis', '\x83\x5c\\', '\xff\xff\\', 'the backslash byte of the katakana SO is not seen'],
    ['shift_jis', '\xb1\\', '\xb1\\', 'half-width katakana are single bytes'],
    ['shift_jis', '\x81<b>', '\x81<b>', 'a lead byte does not swallow what cannot follow it'],
    ['shift_jis', 'a\x83', 'a\x83', 'a lead byte at the end stands alone'],
    ['gbk', '\x81\x5c\\', '\xff\xff\\', 'GBK ends characters with ASCII bytes'],
    ['gb2312', '\x81\x7c|', '\xff\xff|', 'GBK is masked under the label of GB2312 too'],
    ['gb18030', '\x81\x30\x81\x301', '\xff\xff\xff\xff1', 'the digits of four-byte characters are not seen'],
    ['gb18030', '\x81\x301', '\x8101', 'digits after a broken lead byte are'],
    ['gb18030', '\x811', '\xff\xff', 'nor those of one that the end cuts off'],
    ['big5', '\xe9\x81\xeb\x40@', '\xff\xff\xff\xff@', 'a wrong high byte belongs to its lead byte'],
    ['big5', '\xa5\x5c\\', '\xff\xff\\', 'Big5 ends characters with ASCII bytes'],
    ['cp949', '\x81\x41A', '\xff\xffA', 'CP949 ends characters with letters'],
    ['cp949', '\x81[', '\x81[', 'but not with brackets'],
    ['viscii', '\x02<\xd5', '\xff<\xd5', 'a Vietnamese letter on a control byte is not seen as one'],
    ['iso646-jp', 'a\\~', 'a\xff\xff', 'the yen sign is no backslash'],
    ['armscii-8', '\xa4(', ')(', 'a second byte for an ASCII character shows that character'],
    ['utf-7', '<p>+ADw-b+AD4<', '<p>\xff\xff\xff\xff\xffb\xff\xff\xff\xff<', 'base64 runs are masked'],
    ['utf-7', '1+-1-', '1\xff\xff1-', 'so is the plus sign'],
    ['iso-2022-jp', 'a\x1b$B<"\x1b(B<', `a${'\xff'.repeat(8)}<`, 'kanji and both escapes are masked'],
    ['iso-2022-jp', '\x1b(Ja\\\x1b(Bb', `${'\xff'.repeat(8)}b`, 'JIS-Roman is not ASCII'],
    ['iso-2022-jp', '\x1b(I1\x1b(Bb', `${'\xff'.repeat(7)}b`, 'katakana are masked'],
    ['iso-2022-jp', '\x1b$(D"/\x1b(Bb', `${'\xff'.repeat(9)}b`, 'sets that nobody here reads are masked'],
    ['iso-2022-jp', '\x1b$B$"\r\n<b>', '\xff'.repeat(10), 'a line end does not leave kanji for every reader'],
    ['iso-2022-jp', 'a\x0e<\x0fb', 'a\xff\xff\xffb', 'shifted katakana are masked'],
    ['iso-2022-jp', '\x0ea\x1b(I\x0f<', '\xff'.repeat(7), 'to the end, when an escape comes between'],
    ['iso-2022-jp', 'a\x1b<b>', 'a\xff<b>', 'an unknown escape hides no markup'],
    ['iso-2022-jp', 'a\x1b%Gb', 'a\xff\xff\xffb', 'but itself'],
    ['utf-16le', '<\0\x3c\x4e', '<\u4e3c', 'a UTF-16 unit is one character'],
    ['utf-16be', '\0<\x4e\x3c\0', '<\u4e3c', 'half a unit is not shown'],
    ['utf-32be', '\0\0\0<\0\0\x3c\0', '<\xff', 'a UTF-32 unit is one character'],
    ['utf-32le', '<\0\0\0\0\x3c\0\0a', '<\xff', 'in either order'],
  ];
  for (const [charset, bytes, view, why] of views) {
    test(`${charset}: ${why} (${JSON.stringify(bytes)})`, () => {
      assert.equal(named(charset).view(Buffer.from(bytes, 'latin1')), view);
    });
  }

  for (const name of ['shift_jis', 'gb18030', 'euc-kr', 'big5', 'euc-jp', 'iso-2022-jp']) {
    test(`${name}: broken bytes show no ASCII character that a browser would not read there`, () => {
      const browser = new TextDecoder(name);
      const byte = fc.oneof(fc.constantFrom(...Buffer.from('<0A\\@|\n\x0e\x0f\x1b\x1b($BIJ')), fc.nat(255));
      fc.assert(
        fc.property(fc.array(byte, { maxLength: 12 }), array => {
          const bytes = Buffer.from(array);
          // Without the controls that ICU swaps in Shift_JIS.
          const shown = asciiOf(named(name).view(bytes)).replace(/[\x1a\x1c\x7f]/g, '');
          let at = 0;
          for (const read of browser.decode(bytes)) if (read === shown[at]) at++;
          assert.equal(at, shown.length, `${bytes.toString('hex')} shows ${JSON.stringify(shown)}`);
        }),
        { numRuns: 1000 },
      );
    });
  }

  test('a letter put at the end shows whether text may be appended there', () => {
    const isOpen = (label: string, bytes: string) =>
      named(label)
        .view(Buffer.from(`${bytes}a`, 'latin1'))
        .endsWith('a');
    assert.equal(isOpen('iso-2022-jp', '\x1b$B$"'), false);
    assert.equal(isOpen('iso-2022-jp', '\x1b$B$"\x1b(B'), true);
    assert.equal(isOpen('utf-7', '+AGE'), false);
    assert.equal(isOpen('utf-7', '+AGE-'), true);
    assert.equal(isOpen('shift_jis', '\x83'), false);
  });

  test('the bytes that are viewed stay as they were', () => {
    for (const charset of charsets) {
      const bytes = Buffer.from(single);
      charset.view(bytes);
      charset.decode(bytes);
      assert.deepEqual(bytes, single, charset.name);
    }
  });
});

describe('decoding', () => {
  const readings: [charset: string, bytes: string, text: string, why: string][] = [
    ['utf-8', '\xef\xbb\xbfa', 'a', 'a BOM is left out'],
    ['utf-8', 'a\xffb', 'a\ufffdb', 'malformed bytes become U+FFFD'],
    ['us-ascii', 'caf\xc3\xa9', 'café', 'UTF-8 under the label US-ASCII is read as UTF-8'],
    ['us-ascii', 'caf\xe9 \x80', 'café €', 'anything else there as windows-1252'],
    ['iso-8859-1', '\x80\x93\xe9', '€“é', 'ISO-8859-1 is read as windows-1252'],
    ['gb2312', '\x81\x40', '丂', 'GB2312 is read as GBK'],
    ['utf-16', '\xff\xfea\0', 'a', 'a BOM decides the order'],
    ['utf-16', '\xfe\xff\0a', 'a', 'in both directions'],
    ['utf-16', '<\0p\0', '<p', 'zero bytes at odd offsets are little-endian'],
    ['utf-16', '\x4e\x2d\x65\x87', '中文', 'everything else is big-endian'],
    ['utf-16be', '\xfe\xff\0a', 'a', 'a BOM that agrees with the label is left out'],
    ['utf-16le', 'a\0\x00\xd8b\0', 'a\ufffdb', 'a lone surrogate becomes U+FFFD'],
    ['utf-16le', 'a\0b', 'a\ufffd', 'and so does half a unit'],
    ['utf-32', '\xff\xfe\0\0a\0\0\0', 'a', 'UTF-32 with a BOM'],
    ['utf-32', 'a\0\0\0', 'a', 'UTF-32 without one'],
    ['utf-7', '+AGE-+AOk', 'aé', 'UTF-7 may leave a run open'],
    ['utf-7', 'a+-b', 'a+b', 'UTF-7 spells the plus sign'],
    ['iso-2022-jp', '\x1b$B$"\x1b(Ja\x1b(B', 'あa', 'ISO-2022-JP with JIS-Roman'],
    ['euc-kr', '\x81\x41', '갂', 'EUC-KR is read as CP949'],
    ['x-mac-cyrillic', '\xa2', 'Ґ', 'the Mac charset of Ukraine'],
  ];
  for (const [charset, bytes, text, why] of readings) {
    test(`${charset}: ${why} (${JSON.stringify(bytes)})`, () => {
      assert.equal(named(charset).decode(Buffer.from(bytes, 'latin1')), text);
    });
  }

  test('decoding one text leaves nothing behind for the next', () => {
    for (const charset of charsets) {
      const letter = bytesOf(charset, 'a');
      charset.decode(Buffer.from('\x1b$B$"+AGE\x81', 'latin1'));
      assert.equal(charset.decode(letter), 'a', charset.name);
    }
  });
});

describe('encoding', () => {
  const refusals: [charset: string, text: string, why: string][] = [
    ['us-ascii', 'é', 'US-ASCII has nothing else'],
    ['iso-8859-1', '€', 'ISO-8859-1 has no euro sign, whatever its decoder reads'],
    ['iso-8859-1', '“', 'nor curly quotes'],
    ['iso-8859-1', '\x85', 'nor a control character that would be read as an ellipsis'],
    ['iso-8859-9', '€', 'nor has ISO-8859-9'],
    ['tis-620', '€', 'nor has TIS-620'],
    ['windows-1252', 'ł', 'a character of another table'],
    ['shift_jis', '¥', 'the yen sign would come back as a backslash'],
    ['euc-jp', '‾', 'the overline would come back as a tilde'],
    ['gbk', '€', 'only Windows reads the euro sign of GBK'],
    ['big5', '\u{20b9f}', 'a character that Big5 lacks'],
    ['iso-2022-jp', 'ｱ', 'half-width katakana are not in RFC 1468'],
    ['iso-2022-jp', '丂', 'JIS X 0212 is not in RFC 1468'],
    ['iso-2022-jp', '〜', 'a wave dash would come back as a full-width tilde'],
    ['iso-2022-jp', 'é', 'characters of no Japanese set'],
    ['iso-2022-jp', 'a\x1b$B', 'text that would be an escape sequence'],
    ['iso-2022-jp', '\x0e', 'a shift'],
    ['utf-7', 'é', 'only ASCII is written in UTF-7'],
    ['utf-16', '\u4100\u4200', 'text that would be taken for little-endian'],
    ['iso646-jp', '\\', 'ISO646-JP has no backslash'],
    ['x-user-defined', 'é', 'a charset that can only be decoded'],
  ];
  for (const [charset, text, why] of refusals) {
    test(`${charset} refuses ${JSON.stringify(text)}: ${why}`, () => {
      assert.equal(named(charset).encode(text), undefined);
    });
  }

  const writings: [charset: string, text: string, bytes: string][] = [
    ['us-ascii', 'a\r\n', 'a\r\n'],
    ['utf-8', '', ''],
    ['utf-8', 'é', '\xc3\xa9'],
    ['iso-8859-1', 'é', '\xe9'],
    ['iso-8859-15', '€', '\xa4'],
    ['windows-1252', '€“', '\x80\x93'],
    ['shift_jis', 'ソ\\~', '\x83\x5c\\~'],
    ['gb2312', '中', '\xd6\xd0'],
    ['gb18030', '€', '\xa2\xe3'],
    ['utf-7', '<a+b>\\~', '<a+-b>+AFw-+AH4-'],
    ['iso-2022-jp', '<b>あ</b>', '<b>\x1b$B$"\x1b(B</b>'],
    ['iso-2022-jp', '山髙①', '\x1b$B;3|b-!\x1b(B'],
    ['utf-16', 'a', '\0a'],
    ['utf-16le', 'a', 'a\0'],
    ['utf-32', '😀', '\0\x01\xf6\0'],
    ['x-user-defined', 'a', 'a'],
  ];
  for (const [charset, text, bytes] of writings) {
    test(`${charset} writes ${JSON.stringify(text)} as ${JSON.stringify(bytes)}`, () => {
      assert.equal(named(charset).encode(text)?.toString('latin1'), bytes);
    });
  }

  test('the order of unordered UTF-16 and UTF-32 is taken from the text, and other charsets stay the same', () => {
    const order = (label: string, bytes: string) =>
      withByteOrder(named(label), Buffer.from(bytes, 'latin1')).name;
    assert.equal(order('utf-16', '\xff\xfe'), 'utf-16le');
    assert.equal(order('utf-16', '\xfe\xff'), 'utf-16be');
    assert.equal(order('utf-16', '<\0'), 'utf-16le');
    assert.equal(order('utf-16', ''), 'utf-16be');
    assert.equal(order('utf-32', '<\0\0\0'), 'utf-32le');
    assert.equal(order('utf-32', '\0\0\xfe\xff'), 'utf-32be');
    assert.equal(order('utf-16be', '<\0'), 'utf-16be');
    assert.equal(order('utf-8', '<\0'), 'utf-8');
  });
});

describe('HTML', () => {
  const pages: [charset: string, html: string, asciiOnly: boolean, bytes: string][] = [
    ['iso-8859-1', 'é€“😀', false, '\xe9&#8364;&#8220;&#128512;'],
    ['iso-8859-1', 'é', true, '&#233;'],
    ['utf-8', '<p>é', true, '<p>&#233;'],
    ['us-ascii', 'é', false, '&#233;'],
    ['shift_jis', 'あ¥', false, '\x82\xa0&#165;'],
    ['iso-2022-jp', 'あいé', false, '\x1b$B$"$$\x1b(B&#233;'],
    ['iso-2022-jp', 'あ', true, '&#12354;'],
    ['utf-7', 'a+é', false, 'a+-&#233;'],
    ['cp864', '100%', false, '100&#37;'],
    ['windows-1252', 'a\x85', true, 'a&#65533;'],
  ];
  for (const [charset, html, asciiOnly, bytes] of pages) {
    test(`${charset} writes ${JSON.stringify(html)}${asciiOnly ? ' in ASCII' : ''} as ${JSON.stringify(bytes)}`, () => {
      assert.equal(encodeHtml(named(charset), html, asciiOnly).toString('latin1'), bytes);
    });
  }

  test('in a charset without a reading for each character, those that can be written are', () => {
    const bytes = encodeHtml(named('big5'), 'Ê̄中', false);
    assert.equal(resolved(named('big5').decode(bytes)), 'Ê̄中');
  });
});

describe('Python agrees', () => {
  const sentences: [charset: string, text: string][] = [
    ['iso-2022-jp', '<p>署名です。カタカナ ABC</p>\r\n漢字'],
    ['shift_jis', '<p>ソフト開発部 表示 ｱｲｳ</p>'],
    ['gbk', '<p>签名 北京 丂 ABC</p>'],
    ['gb18030', '<p>签名 é € 😀 ĳ</p>'],
    ['big5', '<p>簽名 功許 台北</p>'],
    ['euc-kr', '<p>서명 대한민국</p>'],
    ['koi8-r', '<p>Подпись ёЁ</p>'],
    ['windows-1251', '<p>Підпис ёЁ € №</p>'],
    ['iso-8859-15', '<p>Grüße € Œuvre</p>'],
    ['utf-7', '<p>1+1=2 a\\b ~</p>'],
    ['utf-16le', '<p>Grüße 😀 漢字</p>'],
  ];
  for (const [charset, text] of sentences) {
    test(`${charset}: each reads what the other writes`, t => {
      const bytes = bytesOf(named(charset), text);
      const answer = python(charset, text, bytes);
      if (!answer) return t.skip('python3 is not installed');
      assert.equal(answer.read, text);
      assert.equal(named(charset).decode(Buffer.from(answer.written, 'hex')), text);
    });
  }
});

function python(charset: string, text: string, bytes: Buffer): { read: string; written: string } | undefined {
  const program = [
    'import json, sys',
    'q = json.load(sys.stdin)',
    'read = bytes.fromhex(q["bytes"]).decode(q["charset"])',
    'print(json.dumps({"read": read, "written": q["text"].encode(q["charset"]).hex()}))',
  ].join('\n');
  const input = JSON.stringify({ charset, text, bytes: bytes.toString('hex') });
  const run = spawnSync('python3', ['-c', program], { input, encoding: 'utf8' });
  if (run.error) return undefined;
  assert.equal(run.status, 0, run.stderr);
  return JSON.parse(run.stdout);
}

/** Texts that the charset can hold, half of them ASCII. */
function textsOf(charset: Charset): fc.Arbitrary<string> {
  const isHeld = (text: string) => charset.encode(text) !== undefined;
  const ascii = [
    '<',
    '>',
    '</p>',
    '\r\n',
    'a',
    'Z',
    '1',
    '|',
    '{',
    '\\',
    '~',
    '+',
    '-',
    '&',
    '\t',
    ' ',
  ].filter(isHeld);
  const foreign = [
    ...new Set([...charset.decode(single), ...samples, ...(isWide(charset) ? everyEleventh() : [])]),
  ];
  const held = foreign.filter(character => character !== '\ufeff' && isHeld(character));
  return fc.array(fc.oneof(fc.constantFrom(...ascii), fc.constantFrom(...held))).map(parts => parts.join(''));
}

function isWide({ name }: Charset): boolean {
  return /utf|jp|jis|kr|gb|big5|cp950/.test(name);
}

function* everyEleventh(): Generator<string> {
  for (let code = 0x80; code < 0x30000; code += 11) {
    if (code < 0xd800 || code > 0xdfff) yield String.fromCodePoint(code);
  }
}

function named(label: string): Charset {
  const charset = charsetNamed(label);
  assert.ok(charset, `expected a charset for ${label}`);
  return charset;
}

function bytesOf(charset: Charset, text: string): Buffer {
  const bytes = charset.encode(text);
  assert.ok(bytes, `expected ${charset.name} to encode ${JSON.stringify(text)}`);
  return bytes;
}

function asciiOf(text: string): string {
  return text.replace(/[^\0-\x7f]/g, '');
}

function resolved(html: string): string {
  return html.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));
}
