/** Bodies as mail clients write them: Outlook on the web, Word, Gmail, and plain text with quoted history. */
import { filled, paragraph, sentence, wrapped } from './words.mjs';

const owaStyle =
  'font-family: Aptos, Aptos_EmbeddedFont, Aptos_MSFontService, Calibri, Helvetica, sans-serif; font-size: 11pt; color: rgb(0, 0, 0);';
const owaHead =
  '<html>\r\n<head>\r\n<meta http-equiv="Content-Type" content="text/html; charset=utf-8">\r\n' +
  '<style type="text/css" style="display:none;"> P {margin-top:0;margin-bottom:0;} </style>\r\n</head>\r\n<body dir="ltr">\r\n';
const wordHead =
  '<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" ' +
  'xmlns:w="urn:schemas-microsoft-com:office:word" xmlns="http://www.w3.org/TR/REC-html40">\r\n<head>\r\n' +
  '<meta http-equiv="Content-Type" content="text/html; charset=utf-8">\r\n' +
  '<meta name="Generator" content="Microsoft Word 15 (filtered medium)">\r\n<style><!--\r\n/* Font Definitions */\r\n' +
  '@font-face\r\n\t{font-family:"Cambria Math";\r\n\tpanose-1:2 4 5 3 5 4 6 3 2 4;}\r\n' +
  'p.MsoNormal, li.MsoNormal, div.MsoNormal\r\n\t{margin:0cm;\r\n\tfont-size:11.0pt;\r\n\tfont-family:"Calibri",sans-serif;}\r\n' +
  'div.WordSection1\r\n\t{page:WordSection1;}\r\n--></style><!--[if gte mso 9]><xml>\r\n' +
  '<o:shapedefaults v:ext="edit" spidmax="1026" />\r\n</xml><![endif]-->\r\n</head>\r\n' +
  '<body lang="DE" link="#0563C1" vlink="#954F72" style="word-wrap:break-word">\r\n<div class="WordSection1">\r\n';

export const owaParagraph = random =>
  `<div class="elementToProof" style="${owaStyle}">\r\n${paragraph(random)}</div>\r\n`;

export const wordParagraph = random =>
  `<p class="MsoNormal"><span lang="EN-US" style="mso-fareast-language:EN-US">${paragraph(random)}<o:p></o:p></span></p>\r\n`;

const wordTable = random =>
  `<table class="MsoNormalTable" border="0" cellspacing="0" cellpadding="0" style="border-collapse:collapse">\r\n<tbody>\r\n${Array.from(
    { length: 6 },
    () =>
      `<tr>\r\n${`<td width="151" valign="top" style="width:4.0cm;padding:0cm 5.4pt 0cm 5.4pt">\r\n<p class="MsoNormal">${sentence(random)}<o:p></o:p></p>\r\n</td>\r\n`.repeat(3)}</tr>\r\n`,
  ).join('')}</tbody>\r\n</table>\r\n`;

/** An answer above the message it answers. `depth` quoted messages share the length that the answer leaves. */
export function owaReply(length, random, depth = 1) {
  const answer = owaParagraph(random) + owaParagraph(random);
  const each = Math.max(0, (length - owaHead.length - answer.length) / depth - 700);
  let html = `${owaHead}${answer}`;
  for (let message = 0; message < depth; message++) {
    html +=
      `<div id="appendonsend"></div>\r\n<hr tabindex="-1" style="display:inline-block; width:98%">\r\n` +
      `<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri, sans-serif" color="#000000" style="font-size:11pt"><b>From:</b> Ann Example &lt;ann@example.net&gt;<br>\r\n` +
      `<b>Sent:</b> Tuesday, March 3, 2026 9:41 AM<br>\r\n<b>To:</b> Bob Sample &lt;bob@example.com&gt;<br>\r\n<b>Subject:</b> Offer 4711</font>\r\n<div>&nbsp;</div>\r\n</div>\r\n` +
      `<div class="BodyFragment">\r\n${filled(each, () => owaParagraph(random))}</div>\r\n`;
  }
  return `${html}</body>\r\n</html>\r\n`;
}

export function wordReply(length, random) {
  const answer = `${wordParagraph(random)}<p class="MsoNormal"><img width="320" height="90" src="cid:image001.png@01DA6D2B.4F1C2A30"><o:p></o:p></p>\r\n`;
  const rule = `<div>\r\n<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">\r\n<p class="MsoNormal"><b>From:</b> Ann Example &lt;ann@example.net&gt;<br>\r\n<b>Sent:</b> Tuesday, March 3, 2026 9:41 AM<br>\r\n<b>To:</b> Bob Sample &lt;bob@example.com&gt;<br>\r\n<b>Subject:</b> Offer 4711<o:p></o:p></p>\r\n</div>\r\n</div>\r\n`;
  return `${wordHead}${answer}${rule}${filled(length - 2200, () => wordParagraph(random))}</div>\r\n</body>\r\n</html>\r\n`;
}

/** A new letter without history, tables included: all of it has to be read. */
export function wordLetter(length, random) {
  let count = 0;
  const piece = () => (++count % 12 === 0 ? wordTable(random) : wordParagraph(random));
  return `${wordHead}${filled(length - 1400, piece)}</div>\r\n</body>\r\n</html>\r\n`;
}

/** Every answer holds the message before it, one level deeper. */
export function gmailThread(length, random, depth) {
  const each = length / depth - 260;
  let html = '';
  let ends = '';
  for (let level = 0; level < depth; level++) {
    html += `<div dir="ltr">${filled(each, () => `<div>${paragraph(random)}</div>\r\n`)}</div><br>\r\n`;
    if (level === depth - 1) break;
    html +=
      `<div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">On Tue, Mar 3, 2026 at 9:41 AM Ann Example &lt;<a href="mailto:ann@example.net">ann@example.net</a>&gt; wrote:<br></div>` +
      '<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">\r\n';
    ends += '</blockquote></div>\r\n';
  }
  return html + ends;
}

export function plainLetter(length, random) {
  return filled(length, () => `${wrapped(paragraph(random))}\r\n`);
}

export function outlookPlainReply(length, random) {
  const answer = `${wrapped(paragraph(random))}\r\n`;
  const header =
    '________________________________\r\nFrom: Ann Example <ann@example.net>\r\nSent: Tuesday, March 3, 2026 9:41 AM\r\n' +
    'To: Bob Sample <bob@example.com>\r\nSubject: Offer 4711\r\n\r\n';
  return answer + header + plainLetter(Math.max(0, length - answer.length - header.length), random);
}

export function quotedThread(length, random, depth) {
  let text = plainLetter(300, random);
  for (let level = 1; level <= depth; level++) {
    const signs = '>'.repeat(level);
    text += `${'>'.repeat(level - 1)} On Tue, Mar 3, 2026 at 9:41 AM, Ann Example wrote:\r\n`.replace(
      /^ /,
      '',
    );
    text += filled(length / depth - 70, () => `${wrapped(sentence(random), `${signs} `)}${signs}\r\n`);
  }
  return text;
}
