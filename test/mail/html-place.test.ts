import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Section, StampOptions } from '../../src/mail/report.ts';
import { stamp } from '../../src/mail/stamp.ts';

const token = 'f'.repeat(32);
const header = 'Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n';

/** The HTML after stamping: each wrapper of ours as `[zone:content]`, without line ends around it and empty lines in it. */
function placed(html: string, sections: readonly Section[], more: Partial<StampOptions> = {}): string {
  const stamped = stamp(Buffer.from(header + html), sections, { token, id: 'i', ...more });
  const out = Buffer.concat(stamped.slices).toString();
  return out
    .slice(out.indexOf('\r\n\r\n') + 4)
    .replace(
      new RegExp(
        `(?:\r\n)?<div class="signet-(\\w+)" data-signet="${token}">(?:<div><br></div>)?(.*?)(?:<div><br></div>)?</div>(?:\r\n)?`,
        'gs',
      ),
      '[$1:$2]',
    );
}

const one: readonly Section[] = [{ zone: 'signature', html: 'S' }];
const all: readonly Section[] = [
  { zone: 'bottom', html: 'B1' },
  { zone: 'signature', html: 'S1' },
  { zone: 'top', html: 'T' },
  { zone: 'signature', html: 'S2' },
  { zone: 'bottom', html: 'B2' },
];
const mark = (content: string, carried = ` data-signet="${token}"`, prefix = ''): string =>
  `<div class="${prefix}signet-signature"${carried}>${content}</div>`;

describe('zones', () => {
  const cases: readonly (readonly [name: string, html: string, result: string])[] = [
    [
      'stand above, under and below the text',
      '<body><p>hi</p></body>',
      '<body>[top:T]<p>hi</p>[signature:S1\r\nS2][bottom:B1\r\nB2]</body>',
    ],
    [
      'keep their order in an empty page',
      '<body></body>',
      '<body>[top:T][signature:S1\r\nS2][bottom:B1\r\nB2]</body>',
    ],
    ['keep their order in an empty part', '', '[top:T][signature:S1\r\nS2][bottom:B1\r\nB2]'],
    [
      'part at the quotation',
      '<body><p>hi</p><div class="gmail_quote"><blockquote>old</blockquote></div></body>',
      '<body>[top:T]<p>hi</p>[signature:S1\r\nS2]<div class="gmail_quote"><blockquote>old</blockquote></div>[bottom:B1\r\nB2]</body>',
    ],
    [
      'meet under the text of a bottom-poster',
      '<body><blockquote type="cite">old</blockquote><p>hi</p></body>',
      '<body>[top:T]<blockquote type="cite">old</blockquote><p>hi</p>[signature:S1\r\nS2][bottom:B1\r\nB2]</body>',
    ],
    [
      "stay in Word's section",
      '<body><div class=WordSection1><p class=MsoNormal>hi</p></div></body>',
      '<body><div class=WordSection1>[top:T]<p class=MsoNormal>hi</p>[signature:S1\r\nS2][bottom:B1\r\nB2]</div></body>',
    ],
  ];
  for (const [name, html, result] of cases) test(name, () => assert.equal(placed(html, all), result));
});

describe('code words', () => {
  const cases: readonly (readonly [
    name: string,
    html: string,
    result: string,
    more?: Partial<StampOptions>,
  ])[] = [
    [
      'a word in a paragraph of its own marks the place',
      '<p>a</p><p>*signature*</p><p>b</p>',
      '<p>a</p>[signature:S]<p></p><p>b</p>',
    ],
    [
      'a word in a sentence puts the signature behind its paragraph',
      '<p>a *signature* b</p><p>c</p>',
      '<p>a  b</p>[signature:S]<p>c</p>',
    ],
    ['case does not matter', '<p>a</p><p>*SigNature*</p><p>b</p>', '<p>a</p>[signature:S]<p></p><p>b</p>'],
    [
      'a word in the quotation is none',
      '<p>a</p><blockquote type="cite"><p>*signature* *nosignature*</p></blockquote>',
      '<p>a</p>[signature:S]<blockquote type="cite"><p>*signature* *nosignature*</p></blockquote>',
    ],
    [
      'a word in an attribute, a comment or a style is none',
      '<!--*nosignature*--><style>*signature*</style><p title="*nosignature*">a</p>',
      '<!--*nosignature*--><style>*signature*</style><p title="*nosignature*">a</p>[signature:S]',
    ],
    ['suppression takes the word out and adds nothing', '<p>a *nosignature*</p>', '<p>a </p>'],
    [
      'own words replace the usual ones',
      '<p>a</p><p>[[hier]]</p><p>*signature*</p>',
      '<p>a</p>[signature:S]<p></p><p>*signature*</p>',
      { codeWords: { place: '[[hier]]' } },
    ],
    [
      'words that are switched off are text',
      '<p>*nosignature*</p><p>*signature*</p><p>b</p>',
      '<p>*nosignature*</p><p>*signature*</p><p>b</p>[signature:S]',
      { codeWords: {} },
    ],
    [
      'words beyond ASCII are found in the charset of the part',
      '<p>a</p><p>*gr\u00fc\u00dfe*</p><p>b</p>',
      '<p>a</p>[signature:S]<p></p><p>b</p>',
      { codeWords: { place: '*gr\u00fc\u00dfe*' } },
    ],
  ];
  for (const [name, html, result, more] of cases)
    test(name, () => assert.equal(placed(html, one, more), result));
});

describe('an older mark of ours', () => {
  const quote = '<blockquote type="cite">old</blockquote>';
  const cases: readonly (readonly [name: string, html: string, result: string])[] = [
    [
      'is replaced where it stands',
      `<p>a</p>${mark('OLD')}<p>b</p>${quote}`,
      `<p>a</p>[signature:S]<p>b</p>${quote}`,
    ],
    [
      'is known without its token, which clients drop',
      `<p>a</p>${mark('OLD', '')}<p>b</p>`,
      '<p>a</p>[signature:S]<p>b</p>',
    ],
    [
      'goes with everything in it',
      `<p>a</p>${mark('<div><div>x</div></div><table><tr><td>y</td></tr></table>')}`,
      '<p>a</p>[signature:S]',
    ],
    [
      "of another tenant's token stays",
      `<p>a</p>${mark('OLD', ' data-signet="e"')}`,
      `<p>a</p>${mark('OLD', ' data-signet="e"')}[signature:S]`,
    ],
    [
      'in the quotation stays',
      `<p>a</p><blockquote type="cite">${mark('OLD', ' data-signet="e"')}</blockquote>`,
      `<p>a</p>[signature:S]<blockquote type="cite">${mark('OLD', ' data-signet="e"')}</blockquote>`,
    ],
    [
      'of a similar class is none',
      '<p>a</p><div class="my-signet-signature">x</div>',
      '<p>a</p><div class="my-signet-signature">x</div>[signature:S]',
    ],
  ];
  for (const [name, html, result] of cases) test(name, () => assert.equal(placed(html, one), result));

  test('in the quotation says that this is not the first message, whatever a client made of it', () => {
    const marked = (html: string): boolean =>
      stamp(Buffer.from(header + html), one, { token, id: 'i' }).markedBefore;
    const below = (inner: string): string => `<p>a</p><blockquote type="cite">${inner}</blockquote>`;
    assert.ok(marked(below(mark('x'))));
    assert.ok(marked(below(mark('x', '', 'x_x_'))));
    assert.ok(marked(below('<img src="cid:signet-1-abc@signet">')));
    assert.ok(!marked(below('<p>signet</p>')));
    assert.ok(!marked(mark('x')));
    assert.ok(!marked('<p>a</p>'));
  });
});

describe("the client's own signature", () => {
  const own = [
    '<div id="Signature">Ann</div>',
    '<div id="ms-outlook-mobile-signature"><div></div>Get <a href="https://aka.ms/o0ukef">Outlook for iOS</a></div>',
    '<div class="moz-signature">-- <br>Ann</div>',
    '<pre class="moz-signature" cols="72">-- \r\nAnn</pre>',
    '<div class="gmail_signature" data-smartmail="gmail_signature">Ann</div>',
  ];
  test('is taken out when that is wanted, and stays otherwise', () => {
    for (const signature of own) {
      assert.equal(
        placed(`<p>a</p>${signature}`, one, { removeClientSignature: true }),
        '<p>a</p>[signature:S]',
        signature,
      );
      assert.equal(placed(`<p>a</p>${signature}`, one), `<p>a</p>${signature}[signature:S]`, signature);
    }
  });

  test('is never taken out of the quotation', () => {
    for (const signature of own) {
      const quote = `<blockquote type="cite">${signature}</blockquote>`;
      assert.equal(
        placed(`<p>a</p>${quote}`, one, { removeClientSignature: true }),
        `<p>a</p>[signature:S]${quote}`,
        signature,
      );
    }
  });
});
