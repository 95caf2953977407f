import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReadFile } from '../../src/bundle/files.ts';
import { readBundle } from '../../src/bundle/read.ts';

const files: Readonly<Record<string, Uint8Array>> = {
  'logo.png': Buffer.from('89504e470d0a1a0a00', 'hex'),
  'new.html': Buffer.from('\ufeff<p>Größe</p>\r\n'),
  'latin1.html': Buffer.from('<p>Gr\xf6\xdfe</p>', 'latin1'),
  'secret.txt': Buffer.from('s3cret\n'),
  'empty.txt': Buffer.from('\n'),
};
const readFile: ReadFile = async file => {
  const bytes = files[file];
  return bytes ? { kind: 'ok', bytes } : { kind: 'failed', reason: 'it does not exist' };
};

/** A bundle of one tenant with these lines in it, and what is wrong with it as `line:column sentence`. */
async function problemsOf(lines: string): Promise<string[]> {
  const result = await readBundle(lines, readFile);
  if (result.kind === 'ok') return [];
  return result.problems.map(({ line, column, sentence }) => `${line}:${column} ${sentence}`);
}

const tenant = (lines: string, hop = '{host: mail.contoso.com}') =>
  `version: 1\ntenants:\n  - name: contoso\n    domains: [contoso.com]\n    nextHop: ${hop}\n    ${lines}\n`;
const rule = (entries: string) =>
  tenant(`signatures: [{name: A, text: a}]\n    rules: [{name: R, ${entries}}]`);

const mistakes: readonly [what: string, text: string, problems: readonly string[]][] = [
  ['nothing at all', '', ['1:1 expected a mapping of keys to values, got nothing: correct it.']],
  ['a list on top', '- a\n', ['1:1 expected a mapping of keys to values, got a list: correct it.']],
  ['no version', 'tenants: []\n', ['1:1 version is missing: add it.']],
  [
    'another version',
    'version: 2\ntenants: []\n',
    ['1:10 version: expected 1, the only version there is, got the number 2: correct it.'],
  ],
  [
    'an unknown key at the top',
    'version: 1\ntenant: []\n',
    ['1:1 tenants is missing: add it.', '2:1 unknown key "tenant": did you mean "tenants"?'],
  ],
  ['an unknown key of a tenant', tenant('peer: []'), ['6:5 unknown key "peer": did you mean "peers"?']],
  [
    'an unknown key without a neighbour',
    tenant('licences: [{seats: 5, colour: red}]'),
    ['6:27 unknown key "colour": use one of seats, from, until, note.'],
  ],
  [
    'several mistakes, in the order of the file',
    tenant('mode: of\n    kind: smpt', '{host: mail.contoso.com, port: 99999, tls: maybe}'),
    [
      '5:45 port: expected a port from 1 to 65535, got the number 99999: correct it.',
      '5:57 tls: expected one of required, opportunistic, off, got "maybe": correct it.',
      '6:11 mode: expected one of on, shadow, off, got "of": correct it.',
      '7:11 kind: expected one of smtp, exchange-online, got "smpt": did you mean "smtp"?',
    ],
  ],
  [
    'people in Graph of a tenant that has none there',
    tenant('directory: {graph: {}}'),
    ['6:16 directory: only a tenant of the kind exchange-online has people in Graph: use csv or ldap.'],
  ],
  [
    'a key given twice',
    tenant('mode: on\n    mode: off'),
    ['7:5 this is no YAML (Map keys must be unique): correct the line, and look at the one above.'],
  ],
  [
    'a NUL character, at its place',
    tenant('fields:\n      motto: "a\\0b"'),
    ['7:14 the text holds a NUL character (\\0): remove it.'],
  ],
  [
    'no YAML',
    'version: [1\n',
    [
      '2:1 this is no YAML (Flow sequence in block collection must be sufficiently indented and end with a ]): correct the line, and look at the one above.',
    ],
  ],
  [
    'a next hop without a place',
    tenant('mode: on', '{port: 25}'),
    [
      '5:14 nextHop: the next hop has no place: add host (a server) or mx (a domain whose MX records are followed).',
    ],
  ],
  [
    'a next hop with two places',
    tenant('mode: on', '{host: a.example, mx: b.example}'),
    ['5:36 mx: host and mx exclude each other: keep one of them.'],
  ],
  [
    'a password without TLS',
    tenant('mode: on', "{host: a.example, tls: 'off', user: x, passwordFile: secret.txt}"),
    [
      '5:37 tls: a password or certificate is only shown over TLS: use required, or leave user and certificate out.',
    ],
  ],
  [
    'a peer that is no address',
    tenant('peers: [10.0.0.0/33]'),
    ['6:13 peers: expected an address or a block such as 192.0.2.0/24, got "10.0.0.0/33": correct it.'],
  ],
  [
    'a peer of an unknown kind',
    tenant('peers: [{usr: x, passwordFile: secret.txt}]'),
    ['6:13 user is missing: add it.', '6:14 unknown key "usr": did you mean "user"?'],
  ],
  [
    'a missing file',
    tenant('peers: [{user: x, passwordFile: none.txt}]'),
    ['6:37 none.txt cannot be read (it does not exist): correct the name or its permissions.'],
  ],
  [
    'an empty secret',
    tenant('peers: [{user: x, passwordFile: empty.txt}]'),
    ['6:37 empty.txt is empty: put the secret into it.'],
  ],
  [
    'a signature that is not UTF-8',
    tenant('signatures: [{name: A, htmlFile: latin1.html}]'),
    ['6:38 latin1.html is not UTF-8: save it as UTF-8.'],
  ],
  [
    'a signature without content',
    tenant('signatures: [{name: A}]'),
    ['6:18 signatures: there is no content: add html, htmlFile, text or textFile.'],
  ],
  [
    'an image that is none',
    tenant('signatures: [{name: A, text: a, images: {x: new.html}}]'),
    ['6:49 image x is no PNG, JPEG or GIF: convert it to one.'],
  ],
  [
    'an image that nobody gives',
    tenant('signatures: [{name: A, html: "<img src=cid:lgo>", images: {logo: logo.png}}]'),
    ['6:18 the HTML shows image "lgo", which is not among the images: did you mean "logo"?'],
  ],
  ['an unknown signature', rule('signatures: [B]'), ['7:36 there is no signature "B": use one of A.']],
  [
    'an unknown block',
    tenant('signatures: [{name: A, sections: [{block: Legal}]}]'),
    ['6:47 there is no block "Legal": check its spelling.'],
  ],
  ['a rule that says nothing', rule('recipients: external'), ['7:13 signatures is missing: add it.']],
  [
    'an empty value',
    rule('signatures:'),
    ['7:23 signatures: expected text on one line, got nothing: correct it.'],
  ],
  [
    'an unknown attribute',
    rule('senders: [{attribute: departmnt, value: x}], signatures: none'),
    ['7:45 attribute: there is no attribute "departmnt": did you mean "department"?'],
  ],
  [
    'a test without its value',
    rule('senders: [{attribute: department}], signatures: none'),
    ['7:33 senders: the test "equal" needs a value: add it.'],
  ],
  [
    'a mistyped recipient',
    rule('recipients: extrnal, signatures: none'),
    [
      '7:35 recipients: expected anyone, internal, external, an address, {group: NAME} or {domain: NAME}, got "extrnal": did you mean "external"?',
    ],
  ],
  [
    'a day that is none',
    rule('time: {from: 2026-02-30}, signatures: none'),
    ['7:36 from: expected a day such as 2026-12-01, or 2026-12-01T18:00, got "2026-02-30": correct it.'],
  ],
  [
    'a span that is empty',
    rule('time: {from: 2026-02-01, until: 2026-01-31}, signatures: none'),
    ['7:29 time: until is not after from, so the rule never applies: correct one of them.'],
  ],
  [
    'two of one name',
    tenant('signatures: [{name: A, text: a}, {name: A, text: b}]'),
    ['6:45 there are two of signature "A": give one of them another name, or remove it.'],
  ],
  [
    'one address of two people',
    tenant('people: [{address: a@b.de}, {address: c@b.de, aliases: [A@b.de]}]'),
    ['6:61 there are two of address "a@b.de": give one of them another name, or remove it.'],
  ],
  [
    'a delivery said twice',
    tenant('delivery: one-for-all\n    preferences: {delivery: one-for-all}'),
    ['6:15 delivery: delivery stands here and in preferences: keep one of them.'],
  ],
  [
    'a time zone that is none',
    tenant('preferences: {timeZone: Europe/Berln}'),
    ['6:29 timeZone: expected a time zone such as Europe/Berlin, got "Europe/Berln": correct it.'],
  ],
  [
    'a token that is none',
    tenant('token: abc'),
    ['6:12 token: expected 32 hexadecimal digits, got "abc": correct it.'],
  ],
  [
    'nesting without end',
    `${'['.repeat(60)}${']'.repeat(60)}`,
    ['1:52 the nesting is too deep: no bundle needs that.'],
  ],
];

for (const [what, text, problems] of mistakes) {
  test(`a bundle with ${what} is refused with the place and a remedy`, async () => {
    assert.deepEqual(await problemsOf(text), problems);
  });
}

test('aliases that multiply end at a limit, in little time', async () => {
  const bomb = ['a: &a [x,x,x,x,x,x,x,x,x,x]'];
  for (let level = 0; level < 9; level++) {
    const [name, of] = [String.fromCharCode(98 + level), String.fromCharCode(97 + level)];
    bomb.push(`${name}: &${name} [${Array(10).fill(`*${of}`).join(',')}]`);
  }
  const [problem = ''] = await problemsOf(bomb.join('\n'));
  assert.match(problem, /more than 4000000 values, aliases counted/);
});

test('an alias of itself is refused', async () => {
  assert.match((await problemsOf('version: &a [*a]'))[0] ?? '', /nesting is too deep|no YAML/);
});

test('anchors and aliases may be used for what several tenants share', async () => {
  const text = `version: 1
tenants:
  - {name: a, domains: [a.example], nextHop: &hop {host: mail.example}}
  - {name: b, domains: [b.example], nextHop: *hop}
`;
  assert.deepEqual(await problemsOf(text), []);
});

test('files are read as UTF-8 without byte order mark, and secrets without their line end', async () => {
  const text = tenant(
    'peers: [{user: x, passwordFile: secret.txt}]\n    signatures: [{name: A, htmlFile: new.html}]',
  );
  const result = await readBundle(text, readFile);
  assert.equal(result.kind, 'ok');
  const [read] = result.bundle.tenants;
  assert.deepEqual(read?.peers, [
    { kind: 'user', user: 'x', password: { file: 'secret.txt', value: 's3cret' } },
  ]);
  assert.deepEqual(read?.signatures[0]?.sections, [
    { kind: 'own', section: { zone: 'signature', new: { html: '<p>Größe</p>\n' }, reply: 'same' } },
  ]);
});

test('domains and addresses take their one form', async () => {
  const text = `version: 1\ntenants: [{name: a, domains: [Bücher.EXAMPLE], nextHop: {host: Mail.Example.}, people: [{address: Anna@BÜCHER.example}]}]\n`;
  const result = await readBundle(text, readFile);
  assert.equal(result.kind, 'ok');
  const [read] = result.bundle.tenants;
  assert.deepEqual(read?.domains, ['xn--bcher-kva.example']);
  assert.deepEqual(read?.nextHop.target, { kind: 'host', host: 'mail.example' });
  assert.equal(read?.people[0]?.address, 'anna@xn--bcher-kva.example');
});

test('ten thousand rules are read in seconds, and their mistakes are listed up to a limit', async () => {
  const rules = Array.from(
    { length: 10_000 },
    (_, index) => `      - {name: R${index}, recipients: external, signatures: [A]}`,
  );
  const text = tenant(`signatures: [{name: A, text: a}]\n    rules:\n${rules.join('\n')}`);
  const begun = performance.now();
  assert.deepEqual(await problemsOf(text), []);
  const ms = performance.now() - begun;
  assert.ok(ms < 10_000, `it took ${ms} ms`);
  assert.equal((await problemsOf(text.replaceAll('[A]', '[B]'))).length, 100);
});
