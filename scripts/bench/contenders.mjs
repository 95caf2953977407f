/**
 * The ways to put a signature into a message that are compared. Each takes the message and a sink, and hands over all
 * bytes of the result; the two that are not Signet are used as their own documentation shows.
 */
import { createRequire } from 'node:module';
import { finished } from 'node:stream/promises';

const require = createRequire(import.meta.url);
/** As large as a mailer over the network would hand it over. */
const CHUNK = 64 * 1024;

export const marker = 'Signet-Bench-4711';
const html =
  `<table cellpadding="0" cellspacing="0" border="0" style="font-family:Arial,sans-serif;font-size:10pt;color:#222222"><tr><td style="padding:8px 0 0 0"><b>Bob Sample</b><br>Sales, ${marker}</td></tr>` +
  '<tr><td style="padding:4px 0 0 0">Example Ltd · 1 High Street · 12345 Köln<br><a href="https://www.example.com/" style="color:#0563c1">www.example.com</a> · +49 221 4711</td></tr></table>';
const text = `Bob Sample\r\nSales, ${marker}\r\nExample Ltd, 1 High Street, 12345 Köln\r\nhttps://www.example.com/`;

/** `start` loads what the contender needs, so that no process carries the code of another. */
export const contenders = {
  signet: bundle => signet(bundle, slices => slices),
  'signet+concat': bundle => signet(bundle, slices => [Buffer.concat(slices)]),
  'mailsplit-rewriter': mailsplitRewriter,
  recompose,
};

function signet(bundle, joined) {
  const { stamp } = require(bundle);
  const sections = [{ zone: 'signature', html, text }];
  const options = {
    token: '0123456789abcdef0123456789abcdef',
    id: 'a1b2c3d4e5f60718',
    domains: ['example.com'],
    envelopeFrom: 'bob@example.com',
    codeWords: { place: '#signature#', suppress: '#nosignature#' },
  };
  return (message, sink) => {
    const stamped = stamp(message, sections, options);
    for (const slice of joined(stamped.slices)) sink(slice);
    if (stamped.outcome !== 'stamped') throw new Error(`expected a stamped message, got ${stamped.reason}`);
  };
}

/** Decodes the text parts and encodes them anew; everything else passes through. */
function mailsplitRewriter() {
  const { Joiner, Rewriter, Splitter } = require('@zone-eu/mailsplit');
  const isText = node => /^text\/(?:html|plain)$/.test(node.contentType) && node.disposition !== 'attachment';
  return async (message, sink) => {
    const splitter = new Splitter();
    const rewriter = new Rewriter(isText);
    const joiner = new Joiner();
    rewriter.on('node', ({ node, decoder, encoder }) => {
      const chunks = [];
      decoder.on('data', chunk => chunks.push(chunk));
      decoder.on('end', () => encoder.end(withSignature(Buffer.concat(chunks).toString(), node.contentType)));
    });
    joiner.on('data', sink);
    splitter.pipe(rewriter).pipe(joiner);
    for (let at = 0; at < message.length; at += CHUNK) splitter.write(message.subarray(at, at + CHUNK));
    splitter.end();
    await finished(joiner);
  };
}

/** Takes the message apart to strings and attachments, and writes a new one from them. */
function recompose() {
  const { simpleParser } = require('mailparser');
  // Not ours but mailparser's dependency: the version that it works with.
  const MailComposer = createRequire(require.resolve('mailparser'))('nodemailer/lib/mail-composer');
  return async (message, sink) => {
    const mail = await simpleParser(message, {
      skipTextToHtml: true,
      skipHtmlToText: true,
      skipImageLinks: true,
      skipTextLinks: true,
    });
    const composer = new MailComposer({
      from: mail.from?.text,
      to: mail.to?.text,
      subject: mail.subject,
      date: mail.date,
      messageId: mail.messageId,
      inReplyTo: mail.inReplyTo,
      references: mail.references,
      html: mail.html ? withSignature(mail.html, 'text/html') : undefined,
      text: mail.text ? withSignature(mail.text, 'text/plain') : undefined,
      attachments: mail.attachments.map(({ content, contentType, filename, cid, contentDisposition }) => ({
        content,
        contentType,
        filename,
        cid,
        contentDisposition,
      })),
    });
    const stream = composer.compile().createReadStream();
    stream.on('data', sink);
    await finished(stream);
  };
}

/** The least that can be done: before the last `</body>`, or at the end. */
function withSignature(content, type) {
  if (type !== 'text/html') return `${content}\r\n${text}\r\n`;
  const at = content.lastIndexOf('</body>');
  return at < 0 ? content + html : content.slice(0, at) + html + content.slice(at);
}
