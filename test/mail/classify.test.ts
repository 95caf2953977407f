import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Reason } from '../../src/mail/report.ts';
import {
  beside,
  hi,
  letter,
  mixed,
  plain,
  type Samples,
  testReason,
  token,
  verdict,
} from '../support/reasons.ts';

const from = (value: string): string => `From: ${value}\r\n\r\nhi\r\n`;
const enclosed = (part: string): string =>
  mixed('multipart/mixed', hi, `Content-Type: message/rfc822\r\n\r\n${part}`);

/** Decided in stamp.ts, from what classify.ts does not see: stamp-reasons.test.ts. */
type OtherReason =
  | 'no-text-part'
  | 'unsafe-header'
  | 'broken-structure'
  | 'structure-over-limit'
  | 'text-part-too-large'
  | 'unknown-transfer-encoding'
  | 'broken-transfer-encoding'
  | 'unknown-charset'
  | 'suppressed-by-code-word'
  | 'nothing-to-add'
  | 'internal-error';
/** Decided by the relay: test/relay/process.test.ts. */
type RelayReason = 'too-slow' | 'too-many-variants' | 'validation-probe' | 'signing-off';
type ClassReason = Exclude<Reason, OtherReason | RelayReason>;

/** For each reason messages that have it, and messages that look much like them but are signed. */
const samples: Readonly<Record<ClassReason, Samples>> = {
  'foreign-sender': {
    has: [
      from('ann@other.example'),
      from('ann@sub.example.com'),
      from('"ann@example.com" <a@b.example>'),
      from(''),
      '\r\nhi\r\n',
    ],
    signed: [
      from('"ann@other.example" <ann@EXAMPLE.com>'),
      { message: from('ann@any.example'), options: { domains: undefined as never } },
    ],
  },
  'already-processed': {
    has: [
      letter(`X-Signet-Processed: ${token}\r\n`),
      letter(`X-Signet-Processed: ${'f'.repeat(32)}\r\nx-signet-processed:\r\n ${token}\r\n`),
    ],
    signed: [
      letter(`X-Signet-Processed: ${'f'.repeat(32)}\r\n`),
      letter('X-Signet-Processed:\r\n'),
      letter(`X-Other: ${token}\r\n`),
    ],
  },
  'stamped-by-other-product': {
    has: [
      letter('X-CodeTwoProcessed: true\r\n'),
      letter('X-ExclaimerHostedSignatures-MessageProcessed: true\r\n'),
      letter('X-ProcessedByTemplafy: true\r\n'),
      letter('X-Sigsync-Processed: SIGSYNC\r\n'),
    ],
    signed: [
      letter('X-CodeTwo: true\r\n'),
      { message: letter('X-CodeTwoProcessed: true\r\n'), options: { respectOtherProducts: false } },
    ],
  },
  'null-sender': {
    has: [
      { message: letter(''), options: { envelopeFrom: '' } },
      { message: letter('Return-Path: <>\r\n'), options: { envelopeFrom: undefined as never } },
    ],
    signed: [
      letter('Return-Path: <>\r\n'),
      {
        message: letter('Return-Path: <ann@example.com>\r\n'),
        options: { envelopeFrom: undefined as never },
      },
    ],
  },
  calendar: {
    has: [
      mixed(
        'multipart/alternative',
        hi,
        'Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR',
      ),
      beside('Content-Type: TEXT/Calendar\r\nContent-Disposition: attachment; filename=a.ics'),
      letter('Content-Class: urn:content-classes:calendarmessage\r\n'),
    ],
    signed: [
      beside('Content-Type: application/octet-stream; name=a.ics\r\nContent-Disposition: attachment'),
      letter('Content-Class: urn:content-classes:message\r\n'),
      enclosed('Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR'),
    ],
  },
  automatic: {
    has: [
      letter('Auto-Submitted: auto-replied\r\n'),
      letter('Auto-Submitted: AUTO-GENERATED; x=y\r\n'),
      letter('X-Auto-Response-Suppress: All\r\n'),
      letter('X-MS-Exchange-Inbox-Rules-Loop: ann@example.com\r\n'),
      letter('X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent\r\n'),
    ],
    signed: [
      letter('Auto-Submitted: no\r\n'),
      letter('Auto-Submitted: No (a person)\r\n'),
      letter('Subject: Automatic reply\r\n'),
    ],
  },
  'delivery-report': {
    has: [
      mixed(
        'multipart/report; report-type=delivery-status',
        hi,
        'Content-Type: message/delivery-status\r\n\r\nAction: failed',
      ),
      mixed('multipart/mixed', hi, 'Content-Type: message/delivery-status\r\n\r\nAction: failed'),
      mixed('multipart/report; report-type=feedback-report', hi),
      letter('X-MS-Exchange-Message-Is-Ndr:\r\n'),
    ],
    signed: [
      enclosed('Content-Type: multipart/report; boundary=c\r\n\r\n--c\r\n\r\nx\r\n--c--'),
      mixed('multipart/mixed; report-type=delivery-status', hi),
    ],
  },
  'read-report': {
    has: [
      mixed(
        'multipart/report; report-type="disposition-notification"',
        hi,
        'Content-Type: message/disposition-notification\r\n\r\nx',
      ),
      beside('Content-Type: message/disposition-notification'),
    ],
    signed: [
      letter('Disposition-Notification-To: ann@example.com\r\n'),
      beside('Content-Type: text/plain; name=disposition-notification.txt'),
    ],
  },
  smime: {
    has: [
      letter('', 'Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\r\n\r\nMIIB'),
      letter('', 'Content-Type: application/x-pkcs7-mime\r\n\r\nMIIB'),
      mixed(
        'multipart/signed; protocol="application/pkcs7-signature"',
        hi,
        'Content-Type: application/pkcs7-signature\r\n\r\nM',
      ),
      mixed('multipart/signed', hi),
      letter('', 'Content-Type: application/octet-stream; name=smime.p7m\r\n\r\nMIIB'),
    ],
    signed: [
      enclosed('Content-Type: application/pkcs7-mime; name=smime.p7m\r\n\r\nMIIB'),
      beside('Content-Type: application/pkcs12; name=ann.p12'),
      beside('Content-Type: application/octet-stream; name=smime.p7m.txt'),
    ],
  },
  pgp: {
    has: [
      mixed(
        'multipart/encrypted; protocol="application/pgp-encrypted"',
        'Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1',
      ),
      mixed(
        'multipart/signed; protocol="application/pgp-signature"',
        hi,
        'Content-Type: application/pgp-signature\r\n\r\nx',
      ),
      plain('-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\n\r\nhi\r\n'),
      plain('hi\r\n-----BEGIN PGP MESSAGE-----\r\n\r\nhQEM\r\n'),
      letter('', 'Content-Type: text/html\r\n\r\n<pre>-----BEGIN PGP MESSAGE-----\r\nhQEM</pre>'),
      letter('', 'Content-Transfer-Encoding: base64\r\n\r\nLS0tLS1CRUdJTiBQR1AgTUVTU0FHRS0tLS0tDQo=\r\n'),
    ],
    signed: [
      beside('Content-Type: application/pgp-keys; name=key.asc\r\nContent-Disposition: attachment'),
      plain('look:\r\n\r\n> -----BEGIN PGP SIGNED MESSAGE-----\r\n> Hash: SHA256\r\n> hi\r\n'),
      plain('-----BEGIN PGP PUBLIC KEY BLOCK-----\r\n'),
      plain('what does -----BEGIN PGP MESSAGE----- mean?\r\n'),
    ],
  },
  protected: {
    has: [
      mixed(
        'multipart/mixed',
        hi,
        'Content-Type: application/x-microsoft-rpmsg-message; name=message.rpmsg\r\n\r\nx',
      ),
      beside('Content-Type: application/octet-stream; name="message_v2.rpmsg"'),
      letter('Content-Class: rpmsg.message\r\n'),
    ],
    signed: [
      beside('Content-Type: application/octet-stream; name="about message.rpmsg.pdf"'),
      letter('X-Content-Class: rpmsg.message\r\n'),
    ],
  },
  tnef: {
    has: [
      beside('Content-Type: application/ms-tnef'),
      beside(
        'Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename="WINMAIL.DAT"',
      ),
    ],
    signed: [
      letter('X-MS-TNEF-Correlator:\r\n'),
      beside('Content-Type: application/octet-stream; name=notwinmail.dat'),
    ],
  },
  recall: {
    has: [
      letter('X-MS-Exchange-RecallReportGenerated: true\r\n'),
      letter('X-MS-Exchange-Generated-Message-Source: Transport Message Recall Routing Agent\r\n'),
    ],
    signed: [letter('Subject: Recall: budget\r\n')],
  },
  approval: {
    has: [
      letter('X-MS-Exchange-Organization-Approval-Initiator: ann@example.com\r\n'),
      letter('X-MS-Exchange-Organization-Moderation-Data: x\r\n'),
      letter('Content-Class: urn:content-classes:approvalrequest\r\n'),
    ],
    signed: [letter('Subject: Approval request\r\n')],
  },
  'voice-mail': {
    has: [
      letter('X-VoiceMessageDuration: 12\r\n'),
      letter('Message-Context: voice-message\r\n'),
      mixed('multipart/voice-message', 'Content-Type: audio/32kadpcm\r\n\r\nx'),
    ],
    signed: [
      beside('Content-Type: audio/mpeg; name=voice.mp3\r\nContent-Disposition: attachment'),
      letter('Message-Context: text-message\r\n'),
    ],
  },
  journal: {
    has: [letter('X-MS-Journal-Report:\r\n'), letter('X-MS-Exchange-Organization-Journal-Report:\r\n')],
    signed: [letter('X-Journal: report\r\n')],
  },
  'list-mail': {
    has: [
      letter('List-Id: <a.example.com>\r\n'),
      letter('Precedence: bulk\r\n'),
      letter('precedence: LIST\r\n'),
      letter('X-MS-Exchange-UnifiedGroup-SubmittedViaGroupAddress: g@example.com\r\n'),
    ],
    signed: [letter('Precedence: first-class\r\n'), letter('X-List: no\r\n'), letter('Subject: list\r\n')],
  },
  'partial-message': {
    has: [letter('', 'Content-Type: message/partial; id="1@x"; number=1; total=2\r\n\r\nhi')],
    signed: [beside('Content-Type: text/plain; name=partial.txt')],
  },
};

describe('every reason to pass a message untouched', () => {
  for (const reason of Object.keys(samples) as ClassReason[]) testReason(reason, samples[reason]);
});

test('of two reasons the one that protects the message more is named', () => {
  assert.equal(verdict(`X-Signet-Processed: ${token}\r\nList-Id: <x>\r\n\r\nhi`), 'already-processed');
  assert.equal(verdict(letter('List-Id: <x>\r\n', 'Content-Type: application/pkcs7-mime\r\n\r\nM')), 'smime');
  assert.equal(verdict(`From: a@other.example\r\nAuto-Submitted: auto-replied\r\n\r\nhi`), 'automatic');
});
