/**
 * Mail made to be slow: each shape repeats what once was, or might be, read again and again. `make(n)` grows with `n`; the
 * first number is a size at which a step per pair of repeats would show.
 */
type Shape = readonly [name: string, size: number, make: (size: number) => string];

const top = 'From: a@a.example\r\nMIME-Version: 1.0\r\n';
const html = (body: string): string => `${top}Content-Type: text/html; charset=utf-8\r\n\r\n${body}`;
const plain = (body: string): string => `${top}Content-Type: text/plain; charset=utf-8\r\n\r\n${body}`;
const flowed = (body: string): string => `${top}Content-Type: text/plain; format=flowed\r\n\r\n${body}`;
const quotedPrintable = (type: string, body: string): string =>
  `${top}Content-Type: text/${type}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n${body}`;
const base64 = (body: string): string =>
  `${top}Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n${body}`;
const header = (fields: string): string =>
  `From: a@a.example\r\n${fields}\r\nMIME-Version: 1.0\r\n\r\nhello\r\n`;
const mixed = (body: string): string =>
  `${top}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n${body}`;

const repeated =
  (envelop: (body: string) => string, piece: string, lead = '', tail = '') =>
  (size: number): string =>
    envelop(lead + piece.repeat(size) + tail);
const inHtml = (piece: string, lead = '', tail = 'x') => repeated(html, piece, lead, tail);
const inPlain = (piece: string, lead = '', tail = '') => repeated(plain, piece, lead, tail);
const inHeader = (piece: string, lead = '', tail = '') => repeated(header, piece, lead, tail);
const token = '0'.repeat(32);

const markup: readonly Shape[] = [
  ['open divs', 20_000, inHtml('<div>')],
  ['nested divs', 12_000, size => html(`${'<div>'.repeat(size)}x${'</div>'.repeat(size)}`)],
  ['open blockquotes', 15_000, inHtml('<blockquote>')],
  ['open cited blockquotes', 8_000, inHtml('<blockquote type=cite>', 'hi')],
  ['cited blockquotes in a row', 6_000, inHtml('<blockquote type=cite>a</blockquote>', 'hi')],
  ['nested Gmail quotes', 4_000, inHtml('<div class=gmail_quote><blockquote>a</blockquote>', 'hi')],
  ['less-than signs', 200_000, inHtml('<', '', '')],
  ['less-than signs and blanks', 100_000, inHtml('< ', '', '')],
  ['ampersands', 200_000, inHtml('&', '', '')],
  ['comment starts', 50_000, inHtml('<!--', '', '')],
  ['comments', 25_000, inHtml('<!-- -->')],
  ['declaration starts', 80_000, inHtml('<!', '', '')],
  ['end tag starts', 80_000, inHtml('</', '', '')],
  ['tags that never end', 50_000, inHtml('<a ', '', '')],
  ['attributes without a name', 80_000, inHtml(' =', '<a', '')],
  ['open quotes in tags', 40_000, inHtml('<a "', '', '')],
  ['attributes', 25_000, inHtml(' a="b"', '<div', '>x')],
  ['blanks in a tag', 200_000, inHtml(' ', '<div a', '>x')],
  ['long style attributes', 60, size => html(`<div style="${'border:none;'.repeat(330)}">`.repeat(size))],
  ['border styles', 3_000, inHtml('<div style="border:none;border-top:solid #E1E1E1 2.0pt;padding:3pt">')],
  ['paragraph ends', 30_000, inHtml('</p>')],
  ['open paragraphs', 25_000, inHtml('<p>')],
  ['open cells', 20_000, inHtml('<td>')],
  ['open tables', 6_000, inHtml('<table><tr><td>')],
  ['open lists', 10_000, inHtml('<ul><li>')],
  ['misnested bold', 8_000, inHtml('<b><p></b>')],
  ['open bold', 20_000, inHtml('<b>')],
  ['end tags far from their start', 6_000, size => html('<font>'.repeat(size) + '<div></font>'.repeat(size))],
  ['list items in depth', 6_000, size => html('<b>'.repeat(size) + '<li></li>'.repeat(size))],
  [
    'blocks in depth in a paragraph',
    6_000,
    size => html(`<p><table><td>${'<b>'.repeat(size)}${'<div></div>'.repeat(size)}`),
  ],
  ['body ends in depth', 6_000, size => html(`<body>${'<div>'.repeat(size)}${'</body>'.repeat(size)}x`)],
  ['bodies', 12_000, inHtml('<body>')],
  ['heads', 12_000, inHtml('<head>')],
  ['open scripts', 25_000, inHtml('<script>')],
  ['open selects', 15_000, inHtml('<select>')],
  ['titles and styles', 6_000, inHtml('<title></title><style></style>')],
  ['breaks', 30_000, inHtml('<br>')],
  ['hard blanks', 30_000, inHtml('&nbsp;<br>')],
  ['empty paragraphs', 8_000, inHtml('<p><o:p>&nbsp;</o:p></p>')],
  ['one line of many pieces', 15_000, inHtml('<i>a</i>')],
  ['one long line', 250_000, inHtml('a')],
  ['Word sections', 6_000, inHtml('<div class=WordSection1>')],
  ['Word sections in a row', 5_000, inHtml('<div class=WordSection1>x</div>')],
  ['client signatures', 6_000, inHtml('<div class=gmail_signature>')],
  ['cite prefixes', 5_000, inHtml('<div class=moz-cite-prefix>a</div><blockquote type=cite>b</blockquote>')],
  ['reply markers in depth', 5_000, inHtml('<div id=appendonsend>', '<blockquote>')],
  ['rules in depth', 3_000, size => html(`hi${'<div>'.repeat(size)}${'<hr>'.repeat(size)}`)],
  [
    'rules in depth below a quote',
    3_000,
    size => html(`hi<blockquote type=cite>x</blockquote>${'<div>'.repeat(size)}${'<hr>'.repeat(size)}`),
  ],
  [
    'attributions in depth',
    1_500,
    size => html(`<blockquote>${'<div>'.repeat(size)}${'On 1 Mar 2020 x@y.example wrote:<br>'.repeat(size)}`),
  ],
  ['attributions in HTML', 6_000, inHtml('<div>On 1 May a@b.example wrote:</div>')],
  ['header lines in HTML', 12_000, inHtml('From: x<br>\r\n')],
  ['prefixes of quoted classes', 60_000, inHtml('x_', 'hi<blockquote type=cite>')],
  ['marks', 2_500, inHtml(`<div class="signet-signature" data-signet="${token}">`)],
  ['marks in a row', 2_500, inHtml(`<div class="signet-signature" data-signet="${token}"></div>`)],
  ['marks of others', 3_000, inHtml('<div class=signet-signature data-signet=q>')],
  ['code words in HTML', 15_000, inHtml('*signature* ')],
  ['a code word behind many runs', 12_000, inHtml('<b>x</b>', '', '*signature*')],
  ['code words in attributes', 6_000, inHtml('<img alt="*signature*">', '<p>a</p>')],
  ['PGP starts', 12_000, inHtml('>-----BEGIN PGP ')],
];

const lines: readonly Shape[] = [
  ['dots', 70_000, inPlain('.\r\n')],
  ['blank lines', 120_000, inPlain('\r\n')],
  ['bare LF', 60_000, inPlain('\n')],
  ['bare CR', 60_000, inPlain('\r')],
  ['quote signs', 60_000, inPlain('>\r\n')],
  ['quoted lines between blank ones', 25_000, inPlain('> a\r\n\r\n', 'hi\r\n')],
  ['quoted lines between texts', 20_000, inPlain('> a\r\ntext\r\n', 'hi\r\n')],
  ['gaps above quotes', 100, size => plain(`text\r\n${'\r\n'.repeat(200)}> a\r\n`.repeat(size))],
  ['header lines', 25_000, inPlain('From: x\r\n')],
  ['halves of attributions', 20_000, inPlain('On 1 May\r\n')],
  ['long halves of attributions', 500, inPlain(`On 1 ${'a '.repeat(200)}\r\n`)],
  ['attributions', 12_000, inPlain('On 1 May a@b.example wrote:\r\n')],
  ['signature separators', 40_000, inPlain('-- \r\n')],
  ['underscores', 6_000, inPlain(`${'_'.repeat(32)}\r\n\r\n`)],
  ['list footers', 15_000, inPlain('____\r\nx mailing-lis\r\n')],
  ['phone lines', 10_000, inPlain('Sent from my iPhone\r\n', 'hi\r\n> a\r\n> a\r\n> a\r\n')],
  ['plain marks', 40_000, inPlain('\t \t\r\n')],
  ['plain marks with ends', 25_000, inPlain('\t \t\r\na\t \t\r\n')],
  ['colons', 200_000, inPlain(':')],
  ['lines of colons', 15_000, inPlain('::::: : : :\r\n')],
  ['starred labels', 6_000, inPlain(`${'* '.repeat(16)}:\r\n`)],
  ['dashed lines', 8_000, inPlain(`${'- '.repeat(12)}original\r\n`)],
  ['code words', 15_000, inPlain('*signature* ')],
  ['flowed lines', 50_000, repeated(flowed, 'a \r\n')],
  ['blanks', 250_000, inPlain(' ')],
];

const encodings: readonly Shape[] = [
  ['soft breaks', 70_000, size => quotedPrintable('html', '=\r\n'.repeat(size))],
  ['soft breaks in plain text', 70_000, size => quotedPrintable('plain', '=\r\n'.repeat(size))],
  ['blanks at a line end', 200_000, size => quotedPrintable('plain', `a${' '.repeat(size)}\r\nb`)],
  ['equals signs', 200_000, size => quotedPrintable('html', '='.repeat(size))],
  ['equals signs and blanks', 100_000, size => quotedPrintable('html', '= '.repeat(size))],
  ['escapes', 70_000, size => quotedPrintable('html', '=41'.repeat(size))],
  ['blanks in base64', 250_000, size => base64(`YWFh${' '.repeat(size)}YWFh`)],
  ['short lines of base64', 40_000, size => base64('YWFh\r\n'.repeat(size))],
];

/** Header blocks stay under their limit in the larger size too. */
const headers: readonly Shape[] = [
  ['delimiter-like lines', 40_000, repeated(mixed, '\r\n--bx')],
  ['long delimiter-like lines', 1_200, repeated(mixed, `\r\n--b${' '.repeat(300)}x`)],
  ['delimiters', 240, repeated(mixed, '\r\n--b\r\n\r\nhello')],
  [
    'delimiters within open groups',
    220,
    size => {
      const groups = Array.from({ length: 30 }, (_, level) => `g${level}x`);
      const opened = groups.map(
        boundary => `Content-Type: multipart/mixed; boundary=${boundary}\r\n\r\n--${boundary}\r\n`,
      );
      return `${top}${opened.join('')}\r\nhello${`\r\n--g29x\r\n\r\n${'hello\r\n'.repeat(150)}`.repeat(size)}`;
    },
  ],
  ['header fields', 480, inHeader('X: x\r\n', '', 'Y: y')],
  ['a long parameter', 200_000, inHeader('a', 'Content-Type: text/plain; x=')],
  ['blanks in a parameter', 200_000, inHeader(' ', 'Content-Type: text/plain; x=a', 'b')],
  ['blanks behind a type', 200_000, inHeader(' ', 'Content-Type: text/plain', 'x')],
  ['blanks and brackets', 100_000, inHeader(' (', 'Content-Type: text/plain; x=a', 'b')],
  ['parameters', 25_000, inHeader('x="a";', 'Content-Type: text/plain; ')],
  [
    'continued parameters',
    12_000,
    size =>
      header(
        `Content-Type: text/plain; ${Array.from({ length: size }, (_, index) => `a*${index}=b`).join(';')}`,
      ),
  ],
  ['nested comments', 200_000, inHeader('(', 'Content-Type: text/plain ')],
  ['escaped quotes', 100_000, inHeader('\\"', 'Content-Type: text/plain; x="', '"')],
  ['semicolons', 200_000, inHeader(';', 'Content-Type: text/plain')],
  ['blanks behind an encoding', 200_000, inHeader(' ', 'Content-Transfer-Encoding: 7bit', 'x')],
  ['comments in From', 200_000, inHeader('(', 'From: ')],
  ['angle brackets in From', 200_000, inHeader('<', 'From: ')],
  ['tags of a DKIM signature', 100_000, inHeader('; ', 'DKIM-Signature: a')],
  ['blanks in Precedence', 200_000, inHeader(' ', 'Precedence: ', 'x')],
];

export const pathologicalShapes: readonly Shape[] = [...markup, ...lines, ...encodings, ...headers];
