import assert from 'node:assert/strict';
import { Buffer, isAscii } from 'node:buffer';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { type ReportSubject, reportForms, writeReport } from '../../src/relay/report.ts';
import { readWithMailsplit, readWithPerl, readWithPython } from '../support/readers.ts';

const message = Buffer.from(
  [
    'Received: from client by relay.example; Wed, 25 Nov 2026 00:00:00 +0000',
    'From: Ada <ada@contoso.com>',
    'X-Signet-Route: the-secret',
    ' continued-secret',
    'Subject: =?utf-8?q?Angebot_f=C3=BCr_Sie?=',
    'Message-ID: <1@contoso.com>',
    '',
    'the content nobody may repeat',
    '',
  ].join('\r\n'),
);

const subject: ReportSubject = {
  refused: [
    {
      recipient: 'bob@x.test',
      answer: { code: 550, enhanced: '5.1.1', text: 'User unknown' },
      host: 'mx.x.test',
    },
    { recipient: 'eve@x.test', answer: { code: 554, enhanced: '', text: 'x'.repeat(400) } },
  ],
  from: 'ada@contoso.com',
  message,
  receivedAt: Date.UTC(2026, 10, 25, 9, 30),
  now: Date.UTC(2026, 10, 25, 9, 31),
  hostname: 'relay.example',
  domain: 'contoso.com',
  token: '0123456789abcdef0123456789abcdef',
  unique: 'u1',
  headerBytes: 65_536,
};

const umlautHeader = Buffer.from(
  'From: ada@contoso.com\r\nSubject: Grüße aus München, und viel mehr\r\n\r\nx\r\n',
);

const cases: readonly (readonly [name: string, subject: ReportSubject, to: string, tree: string])[] = [
  [
    'plain ASCII',
    subject,
    'ada@contoso.com',
    'multipart/report(text/plain,message/delivery-status,text/rfc822-headers)',
  ],
  [
    'a header with raw UTF-8',
    { ...subject, message: umlautHeader },
    'ada@contoso.com',
    'multipart/report(text/plain,message/delivery-status,text/rfc822-headers)',
  ],
  [
    'a refused address beyond ASCII',
    { ...subject, refused: [{ recipient: 'jürgen+x@x.test' }] },
    'ada@contoso.com',
    'multipart/report(text/plain,message/delivery-status,text/rfc822-headers)',
  ],
  [
    'a sender beyond ASCII',
    { ...subject, message: umlautHeader },
    'jürgen@contoso.com',
    'multipart/report(text/plain,message/global-delivery-status,message/global-headers)',
  ],
  [
    'a thousand refused recipients',
    { ...subject, refused: Array.from({ length: 1_000 }, (_, index) => ({ recipient: `r${index}@x.test` })) },
    'ada@contoso.com',
    'multipart/report(text/plain,message/delivery-status,text/rfc822-headers)',
  ],
];

test('Python, MIME::Parser and mailsplit see the parts of a report', async () => {
  const reports = cases.map(([, of, to]) => writeReport(of, to));
  const trees = cases.map(([, , , tree]) => tree);
  for (const readings of [readWithPython(reports), readWithPerl(reports)])
    if (readings)
      assert.deepEqual(
        readings.map(({ tree }) => tree),
        trees,
      );
  const split = await Promise.all(reports.map(readWithMailsplit));
  assert.deepEqual(
    split.map(({ tree }) => tree),
    trees,
  );
});

for (const [name, of, to] of cases) {
  test(`${name}: lines are CRLF, none is too long, ASCII where the sender is`, () => {
    const bytes = writeReport(of, to);
    assert.equal(isAscii(bytes), isAscii(Buffer.from(to)));
    const lines = bytes.toString('latin1').split('\r\n');
    assert.ok(lines.every(line => line.length <= 998 && !/[\r\n\0]/.test(line)));
  });

  test(`${name}: it repeats no content and no route secret`, () => {
    const text = writeReport(of, to).toString('latin1');
    assert.doesNotMatch(text, /secret|nobody may repeat/i);
  });
}

test('Python reads each refused recipient with status, host and answer', () => {
  const script = [
    'import email,sys,json',
    'm=email.message_from_bytes(sys.stdin.buffer.read())',
    's=m.get_payload()[1].get_payload()',
    'print(json.dumps([[list(map(str,i)) for i in p.items()] for p in s]+[[[m.get_content_type(),m.get_param("report-type")]],[["text",m.get_payload()[0].get_payload(decode=True).decode()]]]))',
  ].join('\n');
  const python = spawnSync('python3', ['-c', script], { input: writeReport(subject, 'ada@contoso.com') });
  assert.equal(python.status, 0, python.stderr?.toString());
  const [about, bob, eve, type, text] = JSON.parse(python.stdout.toString()) as [string, string][][];
  assert.deepEqual(about, [
    ['Reporting-MTA', 'dns; relay.example'],
    ['Arrival-Date', 'Wed, 25 Nov 2026 09:30:00 +0000'],
  ]);
  assert.deepEqual(bob, [
    ['Final-Recipient', 'rfc822; bob@x.test'],
    ['Action', 'failed'],
    ['Status', '5.1.1'],
    ['Remote-MTA', 'dns; mx.x.test'],
    ['Diagnostic-Code', 'smtp; 550 5.1.1 User unknown'],
  ]);
  assert.deepEqual(eve?.slice(0, 3), [
    ['Final-Recipient', 'rfc822; eve@x.test'],
    ['Action', 'failed'],
    ['Status', '5.0.0'],
  ]);
  assert.deepEqual(type, [['multipart/report', 'delivery-status']]);
  assert.match(text?.[0]?.[1] ?? '', /<bob@x\.test>: 550 5\.1\.1 User unknown/);
});

test('it says that it is automatic and carries the token, so that nobody answers it and no rule signs it', () => {
  const header = writeReport(subject, 'ada@contoso.com').toString('latin1').split('\r\n\r\n', 1)[0] ?? '';
  assert.match(header, /^Auto-Submitted: auto-replied$/m);
  assert.match(header, /^X-Signet-Processed: 0123456789abcdef0123456789abcdef\r$/m);
  assert.match(header, /^Date: Wed, 25 Nov 2026 09:31:00 \+0000\r$/m);
});

test('a long header is cut between fields', () => {
  const fields = Array.from({ length: 2_000 }, (_, index) => `X-Field-${index}: ${'v'.repeat(60)}\r\n`);
  const long = Buffer.from(`${fields.join('')}\r\nbody\r\n`);
  const bytes = writeReport({ ...subject, message: long, headerBytes: 10_000 }, 'ada@contoso.com');
  const text = bytes.toString('latin1');
  assert.ok(bytes.length < 13_000);
  assert.doesNotMatch(text.replaceAll(/X-Field-\d+: v{60}\r\n/g, ''), /X-Field|vvv/);
});

test('it is tried from the null sender, then from postmaster; a null sender is reported to postmaster', () => {
  const envelope = (of: ReportSubject) =>
    reportForms(of).map(({ from, recipients }) => [from, ...recipients]);
  assert.deepEqual(envelope(subject), [
    ['', 'ada@contoso.com'],
    ['postmaster@contoso.com', 'ada@contoso.com'],
  ]);
  assert.deepEqual(envelope({ ...subject, from: '' }), [
    ['', 'postmaster@contoso.com'],
    ['postmaster@contoso.com', 'postmaster@contoso.com'],
  ]);
});
