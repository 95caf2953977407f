/**
 * A protected message as it travels (exchange-online.md 8.4): one `message.rpmsg`, which nobody on the way can read or
 * sign. The simulation does not really encrypt; it makes the shape that relays have to let through.
 */
import { field, firstOf, type Message, onTop, without, writeMessage } from './message.ts';

export function protect(message: Message, boundary: string): Message {
  if (/rpmsg/i.test(firstOf(message, 'Content-Class') ?? '')) return message;
  const content = writeMessage(message).toString('base64').replace(/.{76}/g, '$&\r\n');
  const body = [
    `--${boundary}`,
    'Content-Type: text/plain; charset=us-ascii',
    '',
    'This message is protected (a simulation). Open message.rpmsg to read it.',
    '',
    `--${boundary}`,
    'Content-Type: application/x-microsoft-rpmsg-message; name="message.rpmsg"',
    'Content-Transfer-Encoding: base64',
    'Content-Disposition: attachment; filename="message.rpmsg"',
    '',
    content,
    `--${boundary}--`,
    '',
  ].join('\r\n');
  const plain = without(message, [
    'Content-Type',
    'Content-Transfer-Encoding',
    'Content-Class',
    'MIME-Version',
  ]);
  return {
    ...onTop(plain, [
      field('Content-Class', 'rpmsg.message'),
      field('MIME-Version', '1.0'),
      field('Content-Type', `multipart/mixed; boundary="${boundary}"`),
    ]),
    body: Buffer.from(body, 'latin1'),
  };
}
