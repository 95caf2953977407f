import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readBundle } from '../../src/bundle/read.ts';
import { createContentTools } from '../../src/content/content.ts';
import { renderSignature } from '../../src/signature/render.ts';
import { createCompiler } from '../../src/snapshot/signature.ts';
import { compileSigning } from '../../src/snapshot/tenant.ts';
import { startWorker } from '../../src/start-worker.ts';
import { freshPace } from '../support/people.ts';

const content = createContentTools(startWorker);
const compiler = createCompiler(content);

const noFiles = () => Promise.reject(new Error('no file is named'));
const read = (html: string, fields: string) =>
  readBundle(
    `version: 1
tenants:
  - name: contoso
    domains: [contoso.com]
    nextHop: {host: mail.contoso.com}
    fields: ${fields}
    people: [{address: anna@contoso.com, displayName: Anna, businessPhone: 030 1234567}]
    signatures: [{name: S, html: '${html}'}]
    rules: [{name: R, signatures: [S]}]
`,
    noFiles,
    compiler.check,
  );

async function rendered(html: string, fields: string) {
  const bundle = await read(html, fields);
  assert.equal(bundle.kind, 'ok', JSON.stringify(bundle));
  const [tenant] = bundle.kind === 'ok' ? bundle.bundle.tenants : [];
  assert.ok(tenant);
  const signing = await compileSigning(tenant, {
    compile: compiler.compile,
    render: renderSignature,
    qr: content.qr,
    pace: freshPace(),
    timeZone: 'UTC',
  });
  assert.equal(signing.kind, 'ok');
  if (signing.kind !== 'ok') return undefined;
  const plan = signing.value.plan({
    facts: {
      from: { address: 'anna@contoso.com', name: '' },
      sender: undefined,
      subject: 'Hello',
      isReply: false,
      importance: 'normal',
      sizeBytes: 1_000,
    },
    recipients: ['bob@example.org'],
    now: Date.UTC(2026, 4, 6),
  });
  return plan.variants[0]?.sections[0];
}

describe('Fields of a tenant', () => {
  it('are shown by their names, and their country is that of phone numbers without one', async () => {
    const section = await rendered(
      '<p>{{tenant.legalName}}, {{tenant.name}}, {{person.businessPhone | phone}}</p>',
      '{legalName: Contoso & Söhne GmbH, country: DE}',
    );
    assert.equal(section?.html, '<p>Contoso &amp; Söhne GmbH, contoso, +49 30 1234567</p>');
  });

  it('that nobody gave are a mistake in the template', async () => {
    const result = await read('<p>{{tenant.legalname}}</p>', '{legalName: Contoso}');
    assert.deepEqual(result, {
      kind: 'problems',
      problems: [
        {
          line: 8,
          column: 34,
          sentence:
            'signature "S", html, line 1, column 6: There is no field "tenant.legalname". Did you mean tenant.legalName?',
        },
      ],
    });
  });

  for (const name of ['name', '1st', '"a.b"', '"{{x"'])
    it(`may not be called ${name}`, async () => {
      const result = await read('<p>x</p>', `{${name}: x}`);
      assert.equal(result.kind, 'problems');
      assert.match(JSON.stringify(result), /the name of a field is a letter/);
    });
});

describe('Style sheets and codes of a bundle', () => {
  it('are inlined and drawn', async () => {
    const section = await rendered(
      '<style>.n{color:red}</style><p class="n">{{person.displayName}} <img src="{{person.vcard}}" alt="Card" width="120"></p>',
      '{}',
    );
    assert.match(section?.html ?? '', /^<p style="color:red">Anna <img [^>]*src="cid:vcard-person"/);
    assert.deepEqual(
      section?.images?.map(({ name, type }) => [name, type]),
      [['vcard-person', 'image/png']],
    );
  });

  it('that are broken are told at their place in the bundle', async () => {
    const result = await read('<style>p{color</style><p>x</p>', '{}');
    assert.match(
      JSON.stringify(result),
      /signature \\"S\\", html, line 1, column 1: The style sheet is broken/,
    );
  });
});
