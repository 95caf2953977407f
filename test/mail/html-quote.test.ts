import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readPage } from '../../src/mail/html-page.ts';
import { findHtmlQuote, hasTextBelow } from '../../src/mail/html-quote.ts';

type Found = { readonly at: string; readonly isBelow: boolean } | undefined;

/** What stands at the start of the quotation, and whether the writer's text goes on below it. */
function quoteIn(source: string): Found {
  const read = (from: number, to: number): string => source.slice(from, to);
  const page = readPage(source, read, '');
  const quote = findHtmlQuote(page);
  return quote && { at: source.slice(quote.at), isBelow: hasTextBelow(page, quote) };
}

const labels = '<b>From:</b> Ann<br><b>Sent:</b> 2 March 2026 10:15<br><b>To:</b> Bob<br><b>Subject:</b> x';
const word = (style: string): string => `<div style="${style}"><p class=MsoNormal>${labels}</p></div>`;

describe('the markers of mail clients begin the quotation (outlook-html.md 1 and 2.1)', () => {
  const boundaries: readonly (readonly [client: string, boundary: string])[] = [
    ['Outlook on the web', '<div id="appendonsend"></div><hr><div id="divRplyFwdMsg">x</div>'],
    [
      'Outlook on the web, rule first',
      '<hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr">x</div>',
    ],
    ['Outlook on the web without a rule', "<div id='divRplyFwdMsg'>x</div>"],
    [
      'Outlook for iOS',
      '<div id="mail-editor-reference-message-container"><hr><div id=divRplyFwdMsg>x</div></div>',
    ],
    [
      'Outlook for Android',
      '<div class="ms-outlook-mobile-reference-message skipProofing" dir="auto">x</div>',
    ],
    ['Word in centimetres', word('border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm')],
    ['Word in inches', word('border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0in 0in 0in')],
    [
      'Word, written anew with blanks',
      word('border: none; border-top: solid #E1E1E1 1.0pt; padding: 3.0pt 0cm 0cm 0cm'),
    ],
    ['Word, another colour', word('PADDING:3.0pt 0mm 0mm 0mm;BORDER:none;BORDER-TOP:solid #123456 1.0pt')],
    [
      'Word, indented',
      '<div style="border:none;border-left:solid blue 1.5pt;padding:0cm 0cm 0cm 4.0pt">x</div>',
    ],
    ['Outlook for Mac 2011', '<span id="OLK_SRC_BODY_SECTION">x</span>'],
    ['Apple Mail', '<blockquote type="cite">x</blockquote>'],
    [
      'Gmail',
      '<div class="gmail_quote gmail_quote_container"><div class="gmail_attr">On x wrote:</div><blockquote class="gmail_quote">x</blockquote></div>',
    ],
    [
      'Thunderbird',
      '<div class="moz-cite-prefix">On 3/3/26 10:15, Ann wrote:<br></div><blockquote type="cite">x</blockquote>',
    ],
    [
      'Thunderbird, forwarded',
      '<div class="moz-forward-container">-------- Forwarded Message --------x</div>',
    ],
    ['Yahoo', '<div class="ydp1yahoo_quoted">x</div>'],
    ['Yahoo of old', '<p class="yahoo-quoted-begin">x</p>'],
    [
      'Windows Mail',
      '<div style="border-top-color: rgb(229, 229, 229); border-top-width: 1px; padding-top: 5px;">x</div>',
    ],
    ['Zoho', '<div class="zmail_extra">x</div>'],
    ['Proton', '<div class="protonmail_quote">x</div>'],
    ['Outlook of old', '<table class="OutlookMessageHeader"><tr><td>x</td></tr></table>'],
    [
      'Mailspring',
      '<div class="gmail_quote_attribution">On x wrote:</div><blockquote class="gmail_quote">x</blockquote>',
    ],
    ['labels in bold', `<p>${labels}</p>`],
    ['an original message', '<p>-----Urspr&uuml;ngliche Nachricht-----</p><p>x</p>'],
    [
      'an attribution above a plain blockquote',
      '<p>On 3 Mar 2026, Ann &lt;a@x.example&gt; wrote:</p><blockquote>x</blockquote>',
    ],
  ];
  for (const [client, boundary] of boundaries) {
    test(client, () => {
      const found = quoteIn(`<html><body><p>new</p>${boundary}</body></html>`);
      const start = found?.at.replace('</body></html>', '') ?? 'none';
      // Where text is what tells, the place is that of the text: its tags in front are empty.
      const bare = boundary.replace(/^(?:<(?:p|b)>)+/, '');
      assert.ok(start === boundary || start === bare || start === boundary.replace(/^<p>/, ''), start);
      assert.equal(found?.isBelow, false);
    });
  }
});

describe('what only looks like a boundary is none', () => {
  const cases: readonly (readonly [name: string, html: string])[] = [
    ['an id that was quoted before', '<div id="x_appendonsend"></div><div id="x_divRplyFwdMsg">x</div>'],
    ['a class that was quoted before', '<div class="x_gmail_quote">x</div>'],
    ['a comment', '<!-- <div id="appendonsend"></div> -->'],
    ['a conditional comment', '<!--[if mso]><div id="divRplyFwdMsg">x</div><![endif]-->'],
    ['a style sheet', '<style>.gmail_quote, #appendonsend { color: red }</style>'],
    ['markup shown as text', '<p>&lt;div id="appendonsend"&gt;</p>'],
    ['an attribute of another name', '<div title="appendonsend" data-id="divRplyFwdMsg">x</div>'],
    ['a longer id', '<div id="appendonsend2">x</div><div class="my_gmail_quote">x</div>'],
    ['a plain blockquote', '<blockquote>as the poet says</blockquote>'],
    ['a border that is no rule', '<div style="border:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">x</div>'],
    ['one label', '<p><b>From:</b> Berlin</p><p>x</p>'],
    ['"On ... wrote" within a sentence', '<p>On Monday I wrote the report.</p><p>x</p>'],
  ];
  for (const [name, html] of cases)
    test(name, () => assert.equal(quoteIn(`<body><p>new</p>${html}<p>end</p></body>`), undefined));
});

test('what is never finished at the end belongs to no line', () => {
  assert.match(quoteIn('<p>new</p><p>--Original Message<')?.at ?? '', /^--Original Message/);
});

test('the earliest boundary in the document counts', () => {
  const found = quoteIn('<p>a</p><div id=appendonsend></div><p>b</p><div class=gmail_quote>c</div>');
  assert.match(found?.at ?? '', /^<div id=appendonsend>/);
});

describe('the writer goes on below the quotation', () => {
  const quote = '<blockquote type="cite">old</blockquote>';
  const cases: readonly (readonly [name: string, html: string, isBelow: boolean])[] = [
    ['with text', `${quote}<p>new</p>`, true],
    ['with a picture', `${quote}<img src="x">`, true],
    ['between two quotations', `${quote}<p>one</p>${quote}<p>two</p>`, true],
    ['not with blanks', `${quote}<p>&nbsp;</p><br> <div>&#160;</div>`, false],
    ['not with a signature of the client', `${quote}<div class="moz-signature">-- <br>Ann</div>`, false],
    ['not with a line of the phone', `${quote}<p>Sent from my iPhone</p>`, false],
    ['not with text that only stands between quotations of one answer', `${quote}${quote}`, false],
    ['not below a boundary that has no end', '<div id=divRplyFwdMsg>x</div><p>old</p>', false],
  ];
  for (const [name, html, isBelow] of cases)
    test(name, () => assert.equal(quoteIn(`<body>${html}</body>`)?.isBelow, isBelow));
});
