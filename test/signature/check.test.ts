import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, it } from 'node:test';
import { pictureFacts } from '../../src/signature/picture.ts';
import { imageNamed } from '../support/signature-fixtures.ts';
import { compiled, personWith, problemsOf, render, warningsOf } from '../support/signatures.ts';

const logo = imageNamed('logo');
const images = [logo, imageNamed('phone')];

describe('Pictures', () => {
  it('are known by their first bytes', () => {
    assert.deepEqual(pictureFacts(logo.bytes), {
      type: 'image/png',
      width: 240,
      height: 80,
      isTransparent: true,
    });
    const gif = Buffer.from('GIF89a\x10\x00\x20\x00\x00\x00\x00', 'latin1');
    assert.deepEqual(pictureFacts(gif), { type: 'image/gif', width: 16, height: 32, isTransparent: false });
    const jpeg = Buffer.from('ffd8ffe000044a46ffc0001108003000400301220000', 'hex');
    assert.deepEqual(pictureFacts(jpeg), { type: 'image/jpeg', width: 64, height: 48, isTransparent: false });
    for (const broken of [
      '',
      'ffd8ff',
      'ffd8ffe0ffff',
      'ffd8ff00000000000000000000',
      '89504e470d0a1a0a',
      '474946383961',
      '00',
    ])
      assert.equal(pictureFacts(Buffer.from(broken, 'hex')), undefined, broken);
  });

  it('that do not exist are refused', () => {
    assert.deepEqual(
      problemsOf({ html: '<p>\n<img src="cid:logos" alt="" width="1" height="1"></p>' }, { images }),
      ['2:1 There is no picture "logos" in this signature. (cid:logo)'],
    );
  });

  it('that do not exist are refused as backgrounds, and pictures without address are removed', () => {
    assert.deepEqual(
      problemsOf({ html: '<table background="cid:x"><tr><td>a</td></tr></table>' }, { images }),
      ['1:1 There is no picture "x" in this signature.'],
    );
    assert.equal(render({ html: 'a<img alt="b"><img src="x.png" alt="">' }).html, 'a');
  });

  const table: readonly (readonly [what: string, change: object, want: string])[] = [
    [
      'of another type',
      { type: 'image/gif' },
      'The picture "logo" is said to be image/gif, and is image/png.',
    ],
    ['that are none', { bytes: Buffer.from('<svg>') }, 'The picture "logo" is no PNG, JPEG or GIF.'],
    [
      'that are too heavy',
      { bytes: Buffer.concat([logo.bytes, Buffer.alloc(200 * 1024)]) },
      'The picture "logo" has 207 KB: at most 200 KB travel with every mail.',
    ],
    [
      'with names that no Content-ID can bear',
      { name: 'my logo.png' },
      'The picture name "my logo.png" is not made of letters, digits, dot, hyphen and underscore.',
    ],
    ['twice', { name: 'phone' }, 'There are two pictures "phone".'],
  ];
  for (const [what, change, want] of table)
    it(`${what} are refused`, () => {
      const changed = [imageNamed('phone'), { ...logo, ...change }];
      assert.deepEqual(problemsOf({ html: 'x' }, { images: changed }), [`1:1 ${want}`]);
    });

  it('that are too heavy together are refused', () => {
    const heavy = Array.from({ length: 7 }, (_, index) => ({
      ...logo,
      name: `n${index}`,
      bytes: Buffer.concat([logo.bytes, Buffer.alloc(150 * 1024)]),
    }));
    assert.match(
      problemsOf({ html: 'x' }, { images: heavy })[0] ?? '',
      /^1:1 All pictures together have \d+ KB: at most 1024 KB travel with every mail\.$/,
    );
  });

  const html =
    '<p><img src="cid:logo" data-linked-src="https://e.example/l.png" alt="L" width="120" height="40"><img src="cid:phone" alt="P" width="9" height="9"></p>';
  const signature = compiled([{ zone: 'signature', new: { html }, reply: 'same' }], { images });

  it('travel along when they are shown', () => {
    const [section] = render(signature, { images: 'embedded' }).sections;
    assert.match(section?.html ?? '', /src="cid:logo"/);
    assert.deepEqual(
      section?.images?.map(({ name }) => name),
      ['logo', 'phone'],
    );
  });

  it('are links for who wants that, where the template has an address', () => {
    const [section] = render(signature, { images: 'linked' }).sections;
    assert.match(section?.html ?? '', /src="https:\/\/e\.example\/l\.png"/);
    assert.doesNotMatch(section?.html ?? '', /data-linked/);
    assert.deepEqual(
      section?.images?.map(({ name }) => name),
      ['phone'],
    );
  });

  it('of persons are looked up, and go with their element when there are none', () => {
    const photo =
      '<p>{{person.displayName}} <img src="{{#first person.photo manager.photo}}" alt="" width="9" height="9"> <img src="{{person.vcard}}" alt="" width="9" height="9"></p>';
    const person = personWith({ displayName: 'Jane' }, { photo: 'ab12' });
    const both = render(
      { html: photo },
      { person, photo: () => logo, qr: text => (text.includes('FN:Jane') ? logo.bytes : undefined) },
    );
    assert.equal(
      both.html,
      '<p>Jane <img alt="" width="9" height="9" src="cid:photo-ab12"> <img alt="" width="9" height="9" src="cid:vcard-person"></p>',
    );
    assert.deepEqual(
      both.sections[0]?.images?.map(({ name, type }) => `${name} ${type}`),
      ['photo-ab12 image/png', 'vcard-person image/png'],
    );
    assert.equal(render({ html: photo }, { person }).html, '<p>Jane</p>');
    const heavy = { ...logo, bytes: Buffer.alloc(300_000) };
    assert.equal(render({ html: photo }, { person, photo: () => heavy }).html, '<p>Jane</p>');
  });

  it('of persons can be asked for', () => {
    const asked = '<p>a{{#if person.photo}} photo{{/if}}{{#if person.vcard}} code{{/if}}</p>';
    const person = personWith({}, { photo: 'ab12' });
    assert.equal(render({ html: asked }, { person }).html, '<p>a</p>');
    assert.equal(
      render({ html: asked }, { person, photo: () => logo, qr: () => logo.bytes }).html,
      '<p>a photo code</p>',
    );
  });
});

describe('Warnings tell what will look bad', () => {
  const table: readonly (readonly [what: string, html: string, ...want: readonly string[]])[] = [
    [
      'a picture without alt',
      '<img src="cid:phone" width="24" height="24">',
      '1:1 The picture has no alt: whoever does not see it reads nothing. (add alt="..." (empty for decoration))',
    ],
    [
      'a picture without width',
      'a\n<img src="cid:phone" alt="">',
      '2:1 The picture has no width: Outlook for Windows shows it in its own size. (add width="48")',
    ],
    [
      'a picture with its width in CSS only',
      '<img src="cid:phone" alt="" style="width:24px">',
      '1:1 Outlook for Windows ignores the CSS width of pictures. (add width="24")',
    ],
    [
      'a picture without height',
      '<img src="cid:phone" alt="" width="24">',
      '1:1 The picture has no height: text jumps when it has loaded. (add height="24")',
    ],
    [
      'a picture out of proportion',
      '<img src="cid:phone" alt="" width="24" height="48">',
      '1:1 The picture is 48 x 48, and shown out of proportion. (write height="24")',
    ],
    [
      'a picture much larger than shown',
      '<img src="cid:phone" alt="" width="8" height="8">',
      '1:1 The picture is 48 wide and shown in 8: it is heavier than it has to be. (save it 16 wide)',
    ],
    [
      'a transparent logo',
      '<img src="cid:logo" alt="L" width="120" height="40">',
      '1:1 A transparent picture may vanish on the dark background of dark mode. (give dark shapes a light edge)',
    ],
    [
      'a picture by http',
      '<img src="http://e.example/x" alt="" width="1" height="1">',
      '1:1 The picture http://e.example/x is not encrypted. (write https:)',
    ],
    [
      'a link by http',
      '<a href="http://e.example">x</a>',
      '1:1 The link to http://e.example is not encrypted. (write https:)',
    ],
    [
      'CSS that Word ignores',
      '<p style="float:left">x</p><p style="float:left">y</p>',
      '1:1 Outlook for Windows ignores the CSS property "float". (lay it out with a table)',
    ],
    [
      'flex',
      '<p style="display:flex">x</p>',
      '1:1 Outlook for Windows ignores "display:flex". (lay it out with a table)',
    ],
    [
      'small text',
      '<p style="font-size:6pt">x</p><b style="font:bold 8px Arial">y</b>',
      '1:1 Text of 6pt is too small to read. (use at least 9px)',
      '1:31 Text of 8px is too small to read. (use at least 9px)',
    ],
    [
      'black text',
      '<p style="color:#000">x</p>',
      '1:1 Black text may vanish on the black background of dark mode. (use a dark grey such as #222222)',
    ],
    [
      'a white box',
      '<p style="background-color:#FFFFFF">x</p>',
      '1:1 A white background stands out as a box in dark mode. (leave the background away)',
    ],
    [
      'a table with its width in CSS only',
      '<table style="width:300px"><tr><td>x</td></tr></table>',
      '1:1 Outlook for Windows takes the width of <table> from its attribute. (add width="300")',
    ],
    [
      'much HTML',
      `<p>${'x'.repeat(53_000)}</p>`,
      '1:1 The HTML has 52 KB: Gmail clips a message at 102 KB, quoted history included. (take formatting out that repeats)',
    ],
    [
      'nothing about what is well made',
      '<p style="font-size:12px;color:#333333">x <a href="https://e.example">y</a></p>',
    ],
  ];
  for (const [what, html, ...want] of table)
    it(what, () => assert.deepEqual(warningsOf({ html }, { images }), want));
});
