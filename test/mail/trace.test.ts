import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Section, StampOptions } from '../../src/mail/report.ts';
import { stamp } from '../../src/mail/stamp.ts';

const token = '0123456789abcdef0123456789abcdef';
const ours = `X-Signet-Processed: ${token}\r\nX-Signet-Id: log1\r\n`;
const text: readonly Section[] = [{ zone: 'signature', text: 'Ann' }];
const from = 'From: ann@example.com\r\n';

/** The header of the stamped message. */
function headerOf(
  header: string,
  more: Partial<StampOptions> = {},
  sections = text,
  body = 'hi\r\n',
): string {
  const options = { token, id: 'log1', domains: ['example.com'], ...more };
  const stamped = stamp(Buffer.from(`${header}\r\n${body}`, 'latin1'), sections, options);
  const bytes = Buffer.concat(stamped.slices).toString('latin1');
  return bytes.slice(0, bytes.indexOf('\r\n\r\n') + 2);
}

test('our fields stand on top, all others keep their bytes and their order', () => {
  const header = `Received: by x;\r\n\tMon\r\nsubject :  odd \r\n${from}X: \xe4\r\n`;
  assert.equal(headerOf(header), ours + header);
  assert.equal(headerOf(header, {}, []), ours + header);
  const received =
    'Received: from a ([192.0.2.1]) by b with ESMTPS id 1;\r\n\tMon, 2 Mar 2026 10:00:00 +0000\r\n';
  assert.equal(headerOf(header, { traceFields: received }), received + ours + header);
  assert.doesNotMatch(headerOf(from, { traceFields: received }), /^\s*for |\bfor </m);
});

test('lines before the first field stay first', () => {
  const lead = 'From ann@example.com Mon Mar  2 10:00:00 2026\r\n continued\r\n';
  assert.equal(headerOf(lead + from), lead + ours + from);
});

test('the route secret goes always, wherever and however often it stands', () => {
  const route = 'X-Signet-Route: secret\r\nx-signet-ROUTE:\r\n\tsecret\r\n';
  assert.equal(headerOf(`${route}${from}${route}`), ours + from);
  assert.equal(headerOf(`${from}${route}`, {}, []), ours + from);
  assert.equal(headerOf(`${from}List-Id: <x>\r\n${route}`), `${ours}${from}List-Id: <x>\r\n`);
  assert.equal(headerOf(`${from}X-Signet-Routes: kept\r\n`), `${ours}${from}X-Signet-Routes: kept\r\n`);
});

const dkim = (domain: string): string =>
  `DKIM-Signature: v=1; a=rsa-sha256;\r\n\tD=x; d=${domain}; s=s1; h=from;\r\n\tb=abc\r\n`;
const arc =
  'ARC-Seal: i=1; a=rsa-sha256; d=microsoft.com; cv=none; b=x\r\n' +
  'ARC-Message-Signature: i=1; d=microsoft.com; bh=x; b=x\r\nARC-Authentication-Results: i=1; mx.example\r\n';

test('signatures that the change broke go: our domains, their onmicrosoft.com one, and all of ARC', () => {
  for (const domain of ['example.com', 'EXAMPLE.com', 'contoso.onmicrosoft.com'])
    assert.equal(headerOf(from + dkim(domain) + arc), ours + from, domain);
  assert.equal(headerOf(`${from}DKIM-Signature: d = example.com ;b=x\r\n`), ours + from);
  assert.equal(
    headerOf(`${from}DKIM-Signature: d=xn--bcher-kva.example; b=x\r\n`, {
      domains: ['example.com', 'b\u00fccher.example'],
    }),
    ours + from,
  );
});

test("others' signatures stay, and so does what merely looks like one", () => {
  const kept = [
    dkim('other.example'),
    dkim('notexample.com'),
    dkim('example.com.evil.example'),
    dkim('onmicrosoft.com.evil.example'),
    'DKIM-Signature: v=1; x=d=example.com; d=other.example; b=x\r\n',
    'DKIM-Signature: broken\r\n',
    'X-DKIM-Signature: d=example.com\r\n',
    'ARC-Other: x\r\n',
    'Authentication-Results: mx; dkim=pass header.d=example.com\r\n',
  ];
  for (const field of kept) assert.equal(headerOf(from + field), ours + from + field);
});

test('no signature goes when the body has not changed', () => {
  const header = from + dkim('example.com') + arc;
  assert.equal(headerOf(header, {}, []), ours + header);
  assert.equal(headerOf(header, { envelopeFrom: '' }), ours + header);
});

test('a suppressed message has changed when its code word went', () => {
  const header = from + dkim('example.com') + arc;
  assert.equal(headerOf(header, {}, text, 'hi *nosignature*\r\n'), ours + from);
});

test('without domains the sender counts as the only own one', () => {
  const more = { domains: undefined as never };
  assert.equal(
    headerOf(from + dkim('example.com') + dkim('other.example'), more),
    ours + from + dkim('other.example'),
  );
});
