/** Of which of the kinds that `MessageTypeMatches` knows a message is (exchange-online.md 4.3 and 8.4). Pure. */
import type { MessageType } from '../exchange-objects.ts';
import { allOf, firstOf, type Message } from './message.ts';

export function isOfType(message: Message, type: MessageType): boolean {
  return tests[type](message);
}

const tests: Readonly<Record<MessageType, (message: Message) => boolean>> = {
  OOF: message => /^auto-replied/i.test(firstOf(message, 'Auto-Submitted') ?? ''),
  AutoForward: message => allOf(message, 'X-MS-Exchange-Inbox-Rules-Loop').length > 0 && !tests.OOF(message),
  Encrypted: message =>
    /^application\/(x-)?pkcs7-mime/i.test(contentType(message)) &&
    !/smime-type\s*=\s*"?signed-data/i.test(contentType(message)),
  Calendaring: message =>
    /calendarmessage/i.test(firstOf(message, 'Content-Class') ?? '') || hasPart(message, 'text/calendar'),
  PermissionControlled: message =>
    /rpmsg\.message/i.test(firstOf(message, 'Content-Class') ?? '') ||
    hasPart(message, 'application/x-microsoft-rpmsg-message'),
  Voicemail: message => /voice/i.test(firstOf(message, 'Content-Class') ?? ''),
  Signed: message =>
    /^multipart\/signed.*pkcs7-signature/i.test(contentType(message)) ||
    /^application\/(x-)?pkcs7-mime.*smime-type\s*=\s*"?signed-data/i.test(contentType(message)),
  ApprovalRequest: message =>
    allOf(message, 'X-MS-Exchange-Organization-Approval-Initiator').length > 0 ||
    /approval\.request/i.test(firstOf(message, 'Content-Class') ?? ''),
  ReadReceipt: message =>
    /^multipart\/report.*report-type\s*=\s*"?disposition-notification/i.test(contentType(message)),
};

function contentType(message: Message) {
  return firstOf(message, 'Content-Type') ?? '';
}

/** Part headers lie in the body as lines of their own. */
function hasPart(message: Message, type: string) {
  if (contentType(message).toLowerCase().startsWith(type)) return true;
  const pattern = new RegExp(`^content-type:\\s*${type.replace(/[/.]/g, '\\$&')}`, 'im');
  return pattern.test(message.body.toString('latin1'));
}
