/** A whole bundle as a company would write it: classes, a photo, a visiting card, its legal fields; read back by Python. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { runHere } from '../support/run-here.ts';

const folder = mkdtempSync(join(tmpdir(), 'signet-content-'));
after(() => rmSync(folder, { recursive: true }));

const photo = readFileSync(new URL('../signatures/images/photo.png', import.meta.url));
writeFileSync(join(folder, 'photo.png'), photo);
writeFileSync(
  join(folder, 'signature.html'),
  `<style>
  <!-- .card { font-family: "Segoe UI", Arial, sans-serif; font-size: 13px; color: #222222 }
  .card td { vertical-align: top; padding-right: 16px }
  .name { font-size: 17px; font-weight: bold; margin: 0 }
  .legal, .legal a { font-size: 11px; color: #6b7280 } -->
</style>
<table class="card" role="presentation" cellpadding="0" cellspacing="0">
<tr>
<td><img src="{{person.photo}}" width="88" height="88" alt="{{person.displayName}}"></td>
<td><p class="name">{{person.displayName}}</p>{{person.jobTitle}}<br>Phone: {{person.businessPhone | phone}}<br>Fax: {{person.faxNumber | phone}}</td>
<td><img src="{{person.vcard}}" width="120" height="120" alt="Contact card"></td>
</tr>
</table>
<p class="legal">{{tenant.legalName}} &middot; {{tenant.register}}</p>
`,
);
const bundle = join(folder, 'bundle.yaml');
writeFileSync(
  bundle,
  `version: 1
tenants:
  - name: contoso
    domains: [contoso.com]
    nextHop: {host: mail.contoso.com}
    fields: {legalName: Contoso GmbH & Co. KG, register: HRB 12345 Berlin, country: DE}
    people:
      - {address: anna@contoso.com, displayName: Anna Schäfer, jobTitle: Head of Sales, businessPhone: 030 1234567, photo: photo.png}
      - {address: ben@contoso.com, displayName: Ben Roe}
    signatures: [{name: Card, htmlFile: signature.html}]
    rules: [{name: All, signatures: [Card]}]
`,
);

async function stamped(from: string): Promise<string> {
  const file = join(folder, `${from}.eml`);
  const lines = [
    `From: ${from}@contoso.com`,
    'To: bob@example.org',
    'Subject: Offer',
    'Message-ID: <1@contoso.com>',
    'MIME-Version: 1.0',
    'Content-Type: text/html; charset=utf-8',
    '',
    '<html><body><p>Dear Bob,</p><p>please find our offer below.</p></body></html>',
    '',
  ];
  writeFileSync(file, lines.join('\r\n'));
  const out = join(folder, 'out');
  const words = ['stamp', '--bundle', bundle, '--to', 'bob@example.org', '--out', out, file];
  const { code, stderr } = await runHere(words);
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  return join(out, `${from}.eml`);
}

const reader = `
import email, email.policy, hashlib, json, sys
message = email.message_from_binary_file(open(sys.argv[1], 'rb'), policy=email.policy.default)
parts = [part for part in message.walk() if not part.is_multipart()]
print(json.dumps({
    'defects': [str(defect) for part in message.walk() for defect in part.defects],
    'html': message.get_body(('html',)).get_content(),
    'images': [[part.get_content_type(), part['Content-ID'], hashlib.sha256(part.get_content()).hexdigest()]
               for part in parts if part.get_content_maintype() == 'image'],
}))`;

type Seen = {
  readonly defects: readonly string[];
  readonly html: string;
  readonly images: readonly (readonly [type: string, id: string, hash: string])[];
};

function readBack(file: string): Seen {
  const { stdout, stderr } = spawnSync('python3', ['-c', reader, file], { encoding: 'utf8' });
  assert.equal(stderr, '');
  return JSON.parse(stdout);
}

describe('A message stamped with a whole bundle', () => {
  it('carries styles in its elements, the photo byte for byte and the visiting card', async () => {
    const { defects, html, images } = readBack(await stamped('anna'));
    assert.deepEqual(defects, []);
    assert.match(html, /<p\s+style="[^"]*font-size:17px[^"]*">Anna Sch&#228;fer<\/p>/);
    assert.match(html, /Phone: \+49 30 1234567/);
    assert.match(html, /Contoso GmbH &amp; Co. KG &#183; HRB 12345 Berlin/);
    assert.doesNotMatch(html, /<style|class="(?!signet-)|Fax|\{\{/);
    assert.deepEqual(
      images.map(([type]) => type),
      ['image/png', 'image/png'],
    );
    assert.equal(images[0]?.[2], createHash('sha256').update(photo).digest('hex'));
    for (const [, id] of images) assert.ok(html.includes(`src="cid:${id.slice(1, -1)}"`), id);
  });

  it('of someone without a photo has no trace of one', async () => {
    const { html, images } = readBack(await stamped('ben'));
    assert.equal(images.length, 1);
    assert.doesNotMatch(html, /width="88"|Phone/);
    assert.match(html, /width="120"/);
  });
});
