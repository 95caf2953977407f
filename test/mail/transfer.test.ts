import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { applySplices, type Splice } from '../../src/mail/splice.ts';
import {
  decodeBody,
  encodeBody,
  encodeSplices,
  type TransferEncoding,
  transferEncodingNamed,
} from '../../src/mail/transfer.ts';

type Encoded = { readonly encoding: 'quoted-printable' | 'base64'; readonly body: Buffer };

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
const apply = (body: Buffer, splices: readonly Splice[]): Buffer =>
  Buffer.concat(applySplices(body, splices));
const decode = ({ encoding, body }: Encoded): Buffer =>
  decodeBody(encoding, body) ?? assert.fail('not decoded');
const longestLine = (body: Buffer): number =>
  Math.max(
    ...body
      .toString('latin1')
      .split('\r\n')
      .map(line => line.length),
  );

const pieces = (...texts: readonly string[]): fc.Arbitrary<Buffer> =>
  fc.array(fc.constantFrom(...texts), { maxLength: 40 }).map(parts => bytes(parts.join('')));

const words = [
  'a',
  'D',
  '4',
  ' ',
  '\t',
  '=',
  '\r\n',
  '\r\n',
  '\r',
  '\n',
  '\0',
  '.',
  'From ',
  '\xc3\xa4',
  '='.repeat(9),
];
const texts = pieces(...words, 'word '.repeat(7), 'x'.repeat(37));
const malformed = pieces(...words, '=\r\n', '= \r\n', '=3D', '=3d', '=20', '=0D=0A', '=4', 'x'.repeat(30));
const choices = fc.array(fc.nat(9), { minLength: 1, maxLength: 30 });

/** Bodies as other programs make them: `choices` says where they escape, break and pad. */
function foreignQuotedPrintable(text: Buffer, choices: readonly number[], padding: string): Buffer {
  let body = '';
  for (let at = 0; at < text.length; at++) {
    const choice = choices[at % choices.length] ?? 0;
    const character = String.fromCharCode(text[at] ?? 0);
    if (text.subarray(at, at + 2).equals(bytes('\r\n'))) {
      body += `${choice < 4 ? padding : ''}\r\n`;
      at++;
    } else {
      const isBlankAtEnd =
        ' \t'.includes(character) && /^(\r\n|$)/.test(text.toString('latin1', at + 1, at + 3));
      const mustEscape = isBlankAtEnd || '=\r\n'.includes(character);
      const hex = bytes(character).toString('hex');
      if (mustEscape || choice === 9) body += `=${choice % 2 ? hex.toUpperCase() : hex}`;
      else body += character;
      if (choice === 5 || body.length - body.lastIndexOf('\n') > 65) body += `=${padding}\r\n`;
    }
  }
  return bytes(body + padding);
}

function foreignBase64(text: Buffer, choices: readonly number[]): Buffer {
  const width = 4 + 7 * (choices[0] ?? 0);
  const characters = text.toString('base64').replace(choices[1] === 0 ? /=+$/ : /$^/, '');
  const lines = characters.match(new RegExp(`.{1,${width}}`, 'g')) ?? [];
  return bytes(lines.join('\r\n') + '\r\n '.repeat((choices[2] ?? 0) % 3));
}

const styles: Readonly<Record<string, (text: Buffer, choices: readonly number[]) => Encoded>> = {
  'own quoted-printable': text => ({
    encoding: 'quoted-printable',
    body: encodeBody('quoted-printable', text),
  }),
  'foreign quoted-printable': (text, choices) => ({
    encoding: 'quoted-printable',
    body: foreignQuotedPrintable(text, choices, ''),
  }),
  'padded quoted-printable': (text, choices) => ({
    encoding: 'quoted-printable',
    body: foreignQuotedPrintable(text, choices, ' \t'),
  }),
  'own base64': text => ({ encoding: 'base64', body: encodeBody('base64', text) }),
  'foreign base64': (text, choices) => ({ encoding: 'base64', body: foreignBase64(text, choices) }),
};

type Plan = readonly { readonly gap: number; readonly remove: number; readonly insert: Buffer }[];
const plans = fc.array(
  fc.record({
    gap: fc.oneof(fc.nat(4), fc.nat(80)),
    remove: fc.oneof(fc.constant(0), fc.nat(6)),
    insert: pieces(...words, 'x'.repeat(37)),
  }),
  { minLength: 1, maxLength: 6 },
);

/** Splices within a text of this size, out of order. */
function planned(size: number, plan: Plan): Splice[] {
  let at = 0;
  const splices = plan.map(({ gap, remove, insert }) => {
    const splice = {
      at: Math.min(at + gap, size),
      remove: Math.min(remove, Math.max(0, size - at - gap)),
      insert,
    };
    at = splice.at + splice.remove;
    return splice;
  });
  const isOrderFree = new Set(splices.map(splice => splice.at)).size === splices.length;
  return isOrderFree ? splices.reverse() : splices;
}

function checkEdit(encoded: Encoded, plan: Plan): void {
  const text = decode(encoded);
  const splices = planned(text.length, plan);
  const body = apply(encoded.body, encodeSplices(encoded.encoding, encoded.body, splices));
  assert.deepEqual(decode({ encoding: encoded.encoding, body }), apply(text, splices));
  if (longestLine(encoded.body) <= 76) assert.ok(longestLine(body) <= 76, `a line of ${longestLine(body)}`);
}

test('an encoding is named in any case, in quotes and blanks, and 7bit when there is no name', () => {
  const names: readonly (readonly [string | undefined, TransferEncoding | undefined])[] = [
    [undefined, '7bit'],
    ['', '7bit'],
    [' \t', '7bit'],
    ['""', '7bit'],
    ['8BIT', '8bit'],
    [' Quoted-Printable\r\n ', 'quoted-printable'],
    ['"BASE64"', 'base64'],
    ['" binary "', 'binary'],
    ['x-uuencode', undefined],
    ['7 bit', undefined],
    ['base64, base64', undefined],
    ['constructor', undefined],
  ];
  for (const [value, name] of names) assert.equal(transferEncodingNamed(value), name, String(value));
});

test('7bit, 8bit and binary bodies and their splices are what they are', () => {
  const body = bytes('a=20\0\xff \r\n');
  const splices: Splice[] = [{ at: 1, remove: 2, insert: bytes('x') }];
  for (const encoding of ['7bit', '8bit', 'binary'] as const) {
    assert.equal(decodeBody(encoding, body), body);
    assert.equal(encodeSplices(encoding, body, splices), splices);
  }
});

for (const [style, encode] of Object.entries(styles)) {
  test(`${style} decodes to its text, and its edits to the edited text in lines of at most 76`, () => {
    fc.assert(
      fc.property(texts, choices, plans, (text, choices, plan) => {
        const encoded = encode(text, choices);
        assert.deepEqual(decode(encoded), text);
        checkEdit(encoded, plan);
      }),
      { numRuns: 500 },
    );
  });
}

test('malformed quoted-printable can be edited like any other', () => {
  fc.assert(
    fc.property(malformed, plans, (body, plan) => checkEdit({ encoding: 'quoted-printable', body }, plan)),
    { numRuns: 2000 },
  );
});

test('base64 with white space anywhere can be edited like any other', () => {
  const spaced = pieces(
    'QUJD',
    'QU',
    'JD',
    'QQ==',
    ' ',
    '\t',
    '\r\n',
    '\r',
    '\n',
    ' '.repeat(30),
    'QUJD'.repeat(9),
  );
  fc.assert(
    fc.property(spaced, plans, (body, plan) => {
      if (decodeBody('base64', body)) checkEdit({ encoding: 'base64', body }, plan);
    }),
    { numRuns: 2000 },
  );
});

test('an insertion into quoted-printable replaces no byte, unless it splits a line end', () => {
  fc.assert(
    fc.property(malformed, plans, (body, plan) => {
      const text = decode({ encoding: 'quoted-printable', body });
      const splices = planned(
        text.length,
        plan.map(step => ({ ...step, remove: 0 })),
      ).filter(({ at }) => text.toString('latin1', at - 1, at + 1) !== '\r\n');
      const encoded = encodeSplices('quoted-printable', body, splices);
      assert.ok(encoded.every(({ remove }) => remove === 0));
    }),
    { numRuns: 1000 },
  );
});

test('no bytes at all make decoding throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), plans, (array, plan) => {
      const body = Buffer.from(array);
      checkEdit({ encoding: 'quoted-printable', body }, plan);
      if (decodeBody('base64', body)) checkEdit({ encoding: 'base64', body }, plan);
    }),
    { numRuns: 1000 },
  );
});

const slowUnits = ['word ', ' ', '= ', '=', ' \r', '=4', '=\r\n', ' \r\n', '=C3=A4 ', '\r'];
const KiB = 1024;

/** Milliseconds to decode a body of this size and to edit it every 1000 bytes, the best of three. */
function timeToEdit(encoding: TransferEncoding, unit: string, size: number): number {
  const body = Buffer.alloc(size, unit, 'latin1');
  const insert = bytes(' x\r\n');
  const times = [1, 2, 3].map(() => {
    const start = performance.now();
    const length = decodeBody(encoding, body)?.length ?? 0;
    const count = Math.floor(length / 1000);
    encodeSplices(
      encoding,
      body,
      Array.from({ length: count }, (_, index) => ({ at: index * 1000, remove: index % 2, insert })),
    );
    return performance.now() - start;
  });
  return Math.min(...times);
}

test('time grows with the size of the body, not with its square', () => {
  const growth = (encoding: TransferEncoding, unit: string): number =>
    timeToEdit(encoding, unit, 2048 * KiB) / timeToEdit(encoding, unit, 128 * KiB);
  // Sixteen times the size is 256 times the work where it is quadratic; the rest is room for a busy machine.
  for (const unit of slowUnits) assert.ok(growth('quoted-printable', unit) < 80, JSON.stringify(unit));
  assert.ok(growth('base64', 'QUJD') < 80);
});

/**
 * Python reads well-formed bodies like we do. It differs where bodies are malformed, so those are left out: it keeps blanks
 * at line ends as text, takes `= ` before a line end for text, and makes `==` one `=`.
 */
const python = `
import base64, email, json, quopri, sys
def read(encoding, body):
    plain = quopri.decodestring(body) if encoding == 'quoted-printable' else base64.b64decode(body, validate=False)
    head = b'Content-Transfer-Encoding: ' + encoding.encode() + b'\\r\\n\\r\\n'
    mail = email.message_from_bytes(head + body).get_payload(decode=True)
    return [plain.hex(), mail.hex()]
print(json.dumps([read(case['encoding'], bytes.fromhex(case['body'])) for case in json.load(sys.stdin)]))
`;

test('Python reads edited bodies as we do', t => {
  const cases = fc.sample(fc.tuple(texts, choices, plans), 200).flatMap(([text, choices, plan]) =>
    ['own quoted-printable', 'foreign quoted-printable', 'own base64'].map(style => {
      const { encoding, body } = styles[style]?.(text, choices) ?? assert.fail();
      const splices = planned(text.length, plan);
      return {
        encoding,
        body: apply(body, encodeSplices(encoding, body, splices)),
        text: apply(text, splices),
      };
    }),
  );
  const input = JSON.stringify(cases.map(({ encoding, body }) => ({ encoding, body: body.toString('hex') })));
  const run = spawnSync('python3', ['-c', python], { input, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (run.error) return t.skip('python3 is not installed');
  assert.equal(run.status, 0, run.stderr);
  const answers: unknown = JSON.parse(run.stdout);
  const expected = cases.map(({ text }) => [text.toString('hex'), text.toString('hex')]);
  assert.deepEqual(answers, expected);
});
