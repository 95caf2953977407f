/**
 * Random mail for property tests and the fuzzer: bytes of any kind, messages grown from the MIME grammar with the oddities
 * that occur, and known messages damaged. Shrinks to small messages.
 */
import { Buffer } from 'node:buffer';
import fc from 'fast-check';

export const anyBytes: fc.Arbitrary<Buffer> = fc
  .uint8Array({ maxLength: 300 })
  .map(bytes => Buffer.from(bytes));

/** Line-shaped junk: what random bytes alone would never form. */
export const anyLines: fc.Arbitrary<Buffer> = fc
  .array(
    fc.constantFrom(
      ...['From: a@b.example', 'Content-Type: text/plain', 'Content-Type: multipart/mixed; boundary=b', ''],
      ...[
        '--b',
        '--b--',
        ' folded',
        'no field',
        'X:',
        ':',
        'MIME-Version: 1.0',
        '<p>',
        '> quoted',
        '\r',
        '\n',
      ],
      ...[
        '\0',
        'Content-Transfer-Encoding: base64',
        'Content-Transfer-Encoding: quoted-printable',
        '=',
        'YWFh',
      ],
    ),
    { maxLength: 30 },
  )
  .chain(lines => fc.constantFrom('\r\n', '\n', '\r').map(end => Buffer.from(lines.join(end), 'latin1')));

const token = fc.constantFrom(
  'a',
  'b',
  'ab',
  'b1',
  '=_x',
  "a'b",
  'a+b',
  'a.b',
  'a b',
  'a:b',
  'x?y',
  '-',
  '--',
  'a--',
);

const words = [
  ...[
    'Hello',
    'Regards, Ann',
    'Gr\u00fc\u00dfe',
    '\u4f60\u597d',
    '> quoted',
    '> again',
    '> and again',
    '-- ',
    '--',
    '--a',
    '--b--',
  ],
  ...[
    'On 3 Mar 2026, Ann <ann@a.example> wrote:',
    'From: Ann',
    'Sent: Monday',
    'To: Bob',
    'Subject: x',
    '',
    '',
    ' ',
    '\t',
  ],
  ...[
    '-----Original Message-----',
    '________________________________',
    'Sent from my iPhone',
    '.',
    '..',
    'From here',
  ],
  ...[
    'ends in a blank ',
    'tab\t',
    '=',
    '=3D',
    '=20',
    'x'.repeat(80),
    'long '.repeat(210),
    '\u00a0',
    '&nbsp;',
    '\t \t',
  ],
];

const tags = [
  ...[
    '<html>',
    '<head>',
    '</head>',
    '<body>',
    '<body dir="ltr">',
    '</body>',
    '</html>',
    '<div>',
    '</div>',
    '<p>',
    '</p>',
    '<br>',
  ],
  ...[
    '<blockquote type="cite">',
    '<blockquote>',
    '</blockquote>',
    '<div id="appendonsend"></div>',
    '<hr>',
    '<table><tr><td>',
  ],
  ...[
    '</td></tr></table>',
    '<div class="gmail_quote">',
    '<div class="WordSection1">',
    '<p class="MsoNormal">',
    '<o:p></o:p>',
  ],
  ...[
    '<div class="moz-cite-prefix">',
    '<div id="divRplyFwdMsg">',
    '<!--',
    '-->',
    '<style>',
    '</style>',
    '<b>',
    '</b>',
    '<',
    '>',
  ],
  ...[
    '<img src="cid:x">',
    '<div class="gmail_signature">',
    '<span',
    '="',
    '<pre>',
    '</pre>',
    '<script>',
    '</script>',
    '<td>',
  ],
  ...[
    '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in">',
    '<ul><li>',
    '<title>',
    '&amp;',
  ],
];

const plainText = fc.array(fc.constantFrom(...words), { maxLength: 12 }).map(lines => lines.join('\r\n'));
const htmlText = fc
  .array(fc.oneof(fc.constantFrom(...tags), fc.constantFrom(...words)), { maxLength: 16 })
  .chain(pieces => fc.constantFrom('', '\r\n').map(glue => pieces.join(glue)));

type Content = { readonly header: readonly string[]; readonly body: Buffer };

const charsets = ['us-ascii', 'utf-8', 'iso-8859-1', 'windows-1252'] as const;
type CharsetName = (typeof charsets)[number];

function encoded(text: string, charset: CharsetName, encoding: string): Buffer {
  const bytes = Buffer.from(text, charset === 'utf-8' ? 'utf8' : 'latin1');
  const name = encoding.toLowerCase();
  if (name.startsWith('base64')) return Buffer.from(bytes.toString('base64').replace(/.{76}/g, '$&\r\n'));
  if (name.startsWith('quoted')) return quotedPrintable(bytes);
  return bytes;
}

function quotedPrintable(bytes: Buffer): Buffer {
  const lines = bytes
    .toString('latin1')
    .split('\r\n')
    .map(line =>
      line
        .replace(
          /[^\x20-\x3c\x3e-\x7e]/g,
          char => `=${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
        )
        .replace(/ $/, '=20')
        .replace(/(?:=..|[^=]){70}(?=.)/g, '$&=\r\n'),
    );
  return Buffer.from(lines.join('\r\n'), 'latin1');
}

function folded(parameter: string): fc.Arbitrary<string> {
  return fc.constantFrom('; ', ';', ';\r\n\t', ' ; ', '; (comment) ', ';\r\n ').map(glue => glue + parameter);
}

const textLeaf: fc.Arbitrary<Content> = fc
  .record({
    isHtml: fc.boolean(),
    charset: fc.constantFrom(...charsets),
    encoding: fc.constantFrom(
      '7bit',
      '8bit',
      'binary',
      'quoted-printable',
      'Quoted-Printable',
      'base64',
      'BASE64',
      '',
    ),
    flowed: fc.constantFrom('', '', '; format=flowed', '; format=flowed; delsp=yes'),
    plain: plainText,
    html: htmlText,
    isLineEnded: fc.boolean(),
  })
  .chain(leaf =>
    folded(`charset=${leaf.charset}`).map(charset => ({
      header: [
        `Content-Type: text/${leaf.isHtml ? 'html' : 'plain'}${charset}${leaf.flowed}`,
        ...(leaf.encoding ? [`Content-Transfer-Encoding: ${leaf.encoding}`] : []),
      ],
      body: encoded(
        (leaf.isHtml ? leaf.html : leaf.plain) + (leaf.isLineEnded ? '\r\n' : ''),
        leaf.charset,
        leaf.encoding,
      ),
    })),
  );

const otherLeaf: fc.Arbitrary<Content> = fc.constantFrom(
  {
    header: ['Content-Type: image/png; name="x.png"', 'Content-ID: <x>', 'Content-Transfer-Encoding: base64'],
    body: Buffer.from('iVBORw0KGgo='),
  },
  {
    header: ['Content-Type: application/pdf', 'Content-Disposition: attachment; filename=a.pdf'],
    body: Buffer.from('%PDF\0'),
  },
  {
    header: ['Content-Type: text/plain; name=notes.txt', 'Content-Disposition: attachment'],
    body: Buffer.from('notes\r\n'),
  },
  { header: ['Content-Type: message/rfc822'], body: Buffer.from('Subject: inner\r\n\r\ninner text\r\n') },
  {
    header: ['Content-Type: message/rfc822'],
    body: Buffer.from('Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n\r\ninner\r\n--a--\r\n'),
  },
  { header: [], body: Buffer.from('no header at all\r\n') },
  { header: ['Content-Type: text'], body: Buffer.from('old') },
  { header: ['Content-Type: nonsense'], body: Buffer.from('?') },
  { header: ['X-Only: this'], body: Buffer.from('') },
  { header: ['Content-Type: text/plain; charset="utf-8'], body: Buffer.from('open quote') },
  {
    header: ['Content-Type: text/html; charset=utf-8; charset=koi8-r'],
    body: Buffer.from('<p>two charsets'),
  },
  { header: ['Content-Transfer-Encoding: base64'], body: Buffer.from('not*base64') },
);

function boundaryParameter(boundary: string): fc.Arbitrary<string> {
  const half = Math.ceil(boundary.length / 2);
  return fc
    .constantFrom(
      `boundary="${boundary}"`,
      `BOUNDARY="${boundary}"`,
      /[^\w.+=_-]/.test(boundary) ? `boundary="${boundary}"` : `boundary=${boundary}`,
      `boundary*0="${boundary.slice(0, half)}"; boundary*1="${boundary.slice(half)}"`,
      `boundary="${boundary}" (a comment)`,
      `x="; boundary=no"; boundary="${boundary}"`,
    )
    .chain(folded);
}

function multipart(child: fc.Arbitrary<Content>): fc.Arbitrary<Content> {
  return fc
    .record({
      subtype: fc.constantFrom('mixed', 'alternative', 'related', 'digest', 'signed', 'x-odd', 'parallel'),
      boundary: token,
      children: fc.array(child, { minLength: 0, maxLength: 4 }),
      preamble: fc.constantFrom('', '', 'This is MIME.\r\n', '\r\n', '--not\r\n'),
      close: fc.constantFrom('--', '--', '-- ', undefined),
      epilogue: fc.constantFrom('', '\r\n', '\r\nepilogue', '\r\n--a\r\n\r\nlate\r\n'),
      blank: fc.constantFrom('\r\n', '\r\n', '\r\n', '\r\n', ''),
      padding: fc.constantFrom('', '', ' ', '\t'),
      between: fc.constantFrom('\r\n', '\r\n', '\r\n', '', '\r\n\r\n'),
    })
    .chain(shape =>
      boundaryParameter(shape.boundary).map(parameter => ({
        header: [`Content-Type: multipart/${shape.subtype}${parameter}`],
        body: Buffer.concat([
          Buffer.from(shape.preamble),
          ...shape.children.flatMap(({ header, body }, index) => [
            Buffer.from(`${index === 0 ? '' : shape.between}--${shape.boundary}${shape.padding}\r\n`),
            Buffer.from(header.map(line => `${line}\r\n`).join('') + shape.blank),
            body,
          ]),
          Buffer.from(
            shape.close === undefined ? '' : `\r\n--${shape.boundary}${shape.close}${shape.epilogue}`,
          ),
        ]),
      })),
    );
}

function contentOf(depth: number): fc.Arbitrary<Content> {
  const leaves = [
    { arbitrary: textLeaf, weight: 6 },
    { arbitrary: otherLeaf, weight: 2 },
  ];
  if (depth === 0) return fc.oneof(...leaves);
  return fc.oneof(...leaves, { arbitrary: multipart(contentOf(depth - 1)), weight: 5 });
}

const topFields = fc.array(
  fc.constantFrom(
    ...[
      'From: Ann <ann@a.example>',
      'To: b@b.example',
      'Subject: x',
      'Received: by a\r\n\t; today',
      'MIME-Version: 1.0',
    ],
    ...[
      'DKIM-Signature: v=1; d=a.example; b=x',
      'ARC-Seal: i=1; b=y',
      'X-Signet-Route: secret',
      'X: ',
      'X-Folded:\r\n a\r\n\tb',
    ],
    ...[
      'DKIM-Signature: v=1; d=other.example',
      'X-Eight: \u00e4',
      ' stray continuation',
      'From ann@a.example Mon',
    ],
  ),
  { maxLength: 7 },
);

/** A message from the grammar; most of them can be stamped. */
export const grammarMessage: fc.Arbitrary<Buffer> = fc
  .tuple(topFields, contentOf(3), fc.constantFrom('\r\n', '\r\n', '\r\n', ''))
  .map(([fields, { header, body }, blank]) =>
    Buffer.concat([
      Buffer.from([...fields, ...header].map(line => `${line}\r\n`).join(''), 'latin1'),
      Buffer.from(blank),
      body,
    ]),
  );

/** One text part in the root or beside an attachment, in encodings that are edited in place, free of code words and marks. */
export const plainLetter: fc.Arbitrary<Buffer> = fc
  .tuple(textLeaf, fc.boolean())
  .filter(([{ header }]) => !/base64/i.test(header.join()))
  .map(([{ header, body }, isAlone]) => {
    const top = 'From: Ann <ann@a.example>\r\nMIME-Version: 1.0\r\n';
    const content = Buffer.concat([Buffer.from(`${header.join('\r\n')}\r\n\r\n`), body]);
    if (isAlone) return Buffer.concat([Buffer.from(top), content]);
    return Buffer.concat([
      Buffer.from(`${top}Content-Type: multipart/mixed; boundary="=outer"\r\n\r\n--=outer\r\n`),
      content,
      Buffer.from('\r\n--=outer\r\nContent-Type: application/pdf\r\n\r\n%PDF\r\n--=outer--\r\n'),
    ]);
  });

const grafts = [
  ...words,
  ...tags,
  '\r\n',
  '\r\n\r\n',
  '\r',
  '\n',
  '\0',
  '--',
  'Content-Type: ',
  'boundary=',
  '"',
  ';',
  '(',
  ')',
  '=\r\n',
  '*signature*',
  '*nosignature*',
  'cid:',
];

type Damage = {
  readonly kind: 'cut' | 'copy' | 'graft' | 'flip';
  readonly from: number;
  readonly length: number;
  readonly to: number;
  readonly graft: string;
};

const damage: fc.Arbitrary<Damage> = fc.record({
  kind: fc.constantFrom('cut', 'copy', 'graft', 'graft', 'flip'),
  from: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.oneof(fc.nat(4), fc.nat(200)),
  to: fc.double({ min: 0, max: 1, noNaN: true }),
  graft: fc.constantFrom(...grafts),
});

/** Known messages with a few cuts, copies, grafts and flipped bytes. */
export function damaged(messages: readonly Buffer[]): fc.Arbitrary<Buffer> {
  return fc
    .tuple(fc.constantFrom(...messages), fc.array(damage, { minLength: 1, maxLength: 5 }))
    .map(([message, damages]) => damages.reduce(inflict, message));
}

function inflict(message: Buffer, { kind, from, length, to, graft }: Damage): Buffer {
  const at = Math.floor(from * message.length);
  const target = Math.floor(to * message.length);
  if (kind === 'cut') return Buffer.concat([message.subarray(0, at), message.subarray(at + length)]);
  if (kind === 'copy')
    return Buffer.concat([
      message.subarray(0, target),
      message.subarray(at, at + length),
      message.subarray(target),
    ]);
  if (kind === 'graft')
    return Buffer.concat([message.subarray(0, at), Buffer.from(graft), message.subarray(at)]);
  const flipped = Buffer.from(message);
  if (at < flipped.length) flipped[at] = (flipped[at] as number) ^ (1 << (length % 8));
  return flipped;
}
