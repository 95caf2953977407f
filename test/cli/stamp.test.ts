import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runSignet, scratch } from '../support/signet.ts';

const mail = [
  'From: Ada <ada@example.com>',
  'To: bob@example.net',
  'Subject: hello',
  'MIME-Version: 1.0',
  'Content-Type: text/plain; charset=utf-8',
  '',
  'Dear Bob,',
  'here it is.',
  '',
].join('\r\n');
const unix = mail.replaceAll('\r\n', '\n');
const meeting = mail.replace('text/plain', 'text/calendar');
const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const signature = 'Ada Lovelace, Analytical Engines';

/** A folder with a signature, images and a few messages. */
function desk() {
  const folder = mkdtempSync(join(scratch, 'stamp-'));
  const put = (name: string, content: string | Uint8Array) => writeFileSync(join(folder, name), content);
  put('signature.txt', `${signature}\n`);
  put('signature.html', `<p>${signature} <img src="cid:logo" alt=""></p>`);
  put('logo.png', png);
  put('mail.eml', mail);
  put('unix.eml', unix);
  put('meeting.eml', meeting);
  const read = (name: string) => readFileSync(join(folder, name), 'latin1');
  const stamp = (words: string, input?: string | Uint8Array) =>
    runSignet(['stamp', ...words.split(' ')], { folder, ...(input === undefined ? {} : { input }) });
  return { folder, put, read, stamp };
}

test('a message on standard input comes out stamped on standard output', async () => {
  const { folder, stamp } = desk();
  const before = readdirSync(folder);
  const { code, stdout, stderr } = await stamp('--text signature.txt', mail);
  assert.deepEqual([code, stderr], [0, '']);
  const text = stdout.toString('latin1');
  assert.match(text, /^X-Signet-Processed: 0{32}\r$/m);
  assert.ok(text.includes(signature));
  assert.ok(text.indexOf(signature) > text.indexOf('here it is.'));
  assert.deepEqual(readdirSync(folder), before, 'nothing is made on the disk, no data folder either');
});

test('equal input gives equal output, and the id tells the message', async () => {
  const { stamp } = desk();
  const first = await stamp('--text signature.txt', mail);
  const second = await stamp('--text signature.txt', mail);
  assert.deepEqual(first.stdout, second.stdout);
  const id = createHash('sha256').update(mail).digest('hex').slice(0, 32);
  assert.match(first.stdout.toString('latin1'), new RegExp(`^X-Signet-Id: ${id}\r$`, 'm'));
});

test('the token can be given', async () => {
  const { stamp } = desk();
  const { stdout } = await stamp(`--text signature.txt --token ${'Ab'.repeat(16)}`, mail);
  assert.match(stdout.toString('latin1'), /^X-Signet-Processed: (ab){16}\r$/m);
});

test('one message file goes to standard output without --out', async () => {
  const { stamp } = desk();
  const piped = await stamp('--text signature.txt', mail);
  const { code, stdout } = await stamp('--text signature.txt mail.eml');
  assert.equal(code, 0);
  assert.deepEqual(stdout, piped.stdout);
});

test('results take the base names of their messages, and --json tells one line for each', async () => {
  const { folder, read, stamp, put } = desk();
  mkdirSync(join(folder, 'in'));
  put('in/deep.eml', mail);
  const { code, stdout } = await stamp(
    '--text signature.txt --out made/out --json in/deep.eml mail.eml meeting.eml',
  );
  assert.equal(code, 0);
  assert.deepEqual(readdirSync(join(folder, 'made/out')).sort(), ['deep.eml', 'mail.eml', 'meeting.eml']);
  assert.equal(read('made/out/deep.eml'), read('made/out/mail.eml'));
  const [deep, , calendar] = reports(stdout);
  assert.equal(deep.file, 'in/deep.eml');
  assert.deepEqual(Object.keys(deep), ['file', 'outcome', 'reason', 'parts', 'bytesIn', 'bytesOut', 'ms']);
  assert.deepEqual([deep.outcome, deep.reason], ['stamped', null]);
  assert.deepEqual([deep.bytesIn, deep.bytesOut], [mail.length, read('made/out/deep.eml').length]);
  assert.ok(deep.ms >= 0);
  const [part] = deep.parts;
  assert.deepEqual([part.type, part.zone], ['text/plain', 'signature']);
  assert.ok(part.inserted >= signature.length);
  assert.ok(part.offset > mail.indexOf('\r\n\r\n') && part.offset <= mail.length);
  assert.deepEqual([calendar.outcome, calendar.reason], ['untouched', 'calendar']);
});

test('standard input with --out becomes stdin.eml and leaves standard output to --json', async () => {
  const { read, stamp } = desk();
  const { code, stdout } = await stamp('--text signature.txt --out out --json', mail);
  assert.equal(code, 0);
  assert.deepEqual(
    reports(stdout).map(({ file }) => file),
    ['stdin.eml'],
  );
  assert.ok(read('out/stdin.eml').includes(signature));
});

test('a Unix file keeps its line ends, and its offsets count its own bytes', async () => {
  const { read, stamp } = desk();
  const { stdout } = await stamp('--text signature.txt --out out --json unix.eml mail.eml');
  assert.equal(read('out/unix.eml').includes('\r'), false);
  assert.equal(read('out/unix.eml'), read('out/mail.eml').replaceAll('\r\n', '\n'));
  const [ofUnix, ofMail] = reports(stdout);
  const linesBefore = mail.slice(0, ofMail.parts[0].offset).split('\r\n').length - 1;
  assert.equal(ofUnix.parts[0].offset, ofMail.parts[0].offset - linesBefore);
  assert.deepEqual([ofUnix.bytesIn, ofUnix.bytesOut], [unix.length, read('out/unix.eml').length]);
});

test('every line of a Unix file is still there, in order', async () => {
  const { stamp } = desk();
  const { stdout } = await stamp('--text signature.txt unix.eml');
  const lines = stdout.toString('latin1').split('\n');
  let from = 0;
  for (const line of unix.split('\n')) {
    from = lines.indexOf(line, from) + 1;
    assert.ok(from > 0, `the line "${line}" is missing`);
  }
});

test('bytes that are no text pass as they are', async () => {
  const { stamp, put, folder } = desk();
  const bytes = Buffer.concat([Buffer.from(meeting), Buffer.from([0x80, 0xff, 0x0d, 0x0a, 0xfe])]);
  put('bytes.eml', bytes);
  await stamp('--text signature.txt --out out bytes.eml');
  const result = readFileSync(join(folder, 'out/bytes.eml'));
  assert.deepEqual(result.subarray(result.length - bytes.length), bytes);
});

test('only senders of the given domains are signed', async () => {
  const { stamp } = desk();
  const other = await stamp('--text signature.txt --domain example.org --out out --json mail.eml');
  assert.deepEqual(
    reports(other.stdout).map(({ reason }) => reason),
    ['foreign-sender'],
  );
  const own = await stamp(
    '--text signature.txt --domain example.org --domain Example.COM --out out --json mail.eml',
  );
  assert.deepEqual(
    reports(own.stdout).map(({ outcome }) => outcome),
    ['stamped'],
  );
});

test('an image arrives in the message', async () => {
  const { stamp, put } = desk();
  put('page.eml', mail.replace('text/plain', 'text/html'));
  const { code, stdout, stderr } = await stamp('--html signature.html --image logo=logo.png page.eml');
  assert.deepEqual([code, stderr], [0, '']);
  assert.match(stdout.toString('latin1'), /^Content-Type: image\/png/im);
  assert.ok(stdout.toString('latin1').includes(png.toString('base64')));
});

test('a file that cannot be read is told, and the others are still done', async () => {
  const { folder, stamp } = desk();
  const { code, stdout, stderr } = await stamp('--text signature.txt --out out --json gone.eml . mail.eml');
  assert.equal(code, 2);
  assert.match(stderr, /^SIGNET_FILE_UNREADABLE: gone\.eml [^\n]*\.\nSIGNET_FILE_UNREADABLE: \. [^\n]*\.\n$/);
  assert.deepEqual(
    reports(stdout).map(({ file }) => file),
    ['mail.eml'],
  );
  assert.ok(existsSync(join(folder, 'out/mail.eml')));
});

test('a result that cannot be written is told, and the others are still done', async () => {
  const { folder, stamp } = desk();
  mkdirSync(join(folder, 'out/mail.eml'), { recursive: true });
  const { code, stderr } = await stamp('--text signature.txt --out out mail.eml unix.eml');
  assert.equal(code, 1);
  assert.match(stderr, /^SIGNET_FILE_UNWRITABLE: out\/mail\.eml [^\n]*\.\n$/);
  assert.ok(existsSync(join(folder, 'out/unix.eml')));
});

test('a result never goes over an input, by whatever name', async () => {
  const { folder, read, stamp } = desk();
  mkdirSync(join(folder, 'linked'));
  symlinkSync('../mail.eml', join(folder, 'linked/mail.eml'));
  mkdirSync(join(folder, 'hard'));
  linkSync(join(folder, 'unix.eml'), join(folder, 'hard/mail.eml'));
  mkdirSync(join(folder, 'aside'));
  linkSync(join(folder, 'signature.txt'), join(folder, 'aside/mail.eml'));
  for (const words of [
    '--out . mail.eml',
    '--out linked mail.eml',
    '--out hard mail.eml unix.eml',
    '--out aside mail.eml',
  ]) {
    const { code, stdout, stderr } = await stamp(`--text signature.txt ${words}`);
    assert.equal(code, 2);
    assert.equal(stdout.length, 0);
    assert.match(stderr, /^SIGNET_OUTPUT_CONFLICT: [^\n]*\.\n$/);
  }
  assert.deepEqual(
    [read('mail.eml'), read('unix.eml'), read('signature.txt')],
    [mail, unix, `${signature}\n`],
  );
});

const badWords: readonly [claim: string, words: string, message: RegExp][] = [
  ['no signature', 'mail.eml', /give --html FILE/],
  ['--json without --out', '--text signature.txt --json mail.eml', /--json .* need --out DIR/],
  ['two messages without --out', '--text signature.txt mail.eml unix.eml', /needs --out DIR/],
  [
    'equal base names',
    '--text signature.txt --out out mail.eml in/mail.eml',
    /two messages are named mail\.eml/,
  ],
  ['an unknown zone', '--text signature.txt --zone middle', /"middle" and must be top, signature or bottom/],
  ['a short token', '--text signature.txt --token abc', /32 hexadecimal digits/],
  ['an address for a domain', '--text signature.txt --domain ada@example.com', /such as example\.com/],
  ['an image without a name', '--html signature.html --image logo.png', /NAME=FILE/],
  [
    'one image name twice',
    '--html signature.html --image logo=logo.png --image logo=logo.png',
    /given twice/,
  ],
  ['an unknown option', '--text signature.txt --colour red', /'--colour'/],
  ['an option without its value', '--text', /--text/],
];

for (const [claim, words, message] of badWords) {
  test(`${claim}: one sentence, before any work`, async () => {
    const { folder, stamp } = desk();
    const { code, stdout, stderr } = await stamp(words);
    assert.deepEqual([code, stdout.length], [2, 0]);
    assert.match(stderr, /^SIGNET_USAGE: [^\n]*see "signet stamp --help"\.\n$/);
    assert.match(stderr, message);
    assert.equal(existsSync(join(folder, 'out')), false);
  });
}

const badFiles: readonly [claim: string, words: string, message: RegExp][] = [
  ['a missing signature file', '--text gone.txt', /^SIGNET_FILE_UNREADABLE: gone\.txt/],
  ['a signature that is not UTF-8', '--text logo.png', /^SIGNET_FILE_UNREADABLE: logo\.png is not UTF-8/],
  [
    'an image the HTML never shows',
    '--html signature.html --image photo=logo.png',
    /^SIGNET_IMAGE_UNUSABLE: .*photo/,
  ],
  [
    'an image name that only starts another',
    '--html signature.html --image lo=logo.png',
    /^SIGNET_IMAGE_UNUSABLE/,
  ],
  ['an image without HTML', '--text signature.txt --image logo=logo.png', /^SIGNET_IMAGE_UNUSABLE/],
  [
    'an image that is none',
    '--html signature.html --image logo=mail.eml',
    /^SIGNET_IMAGE_UNUSABLE: mail\.eml is no PNG/,
  ],
];

for (const [claim, words, message] of badFiles) {
  test(`${claim}: one sentence, before any message`, async () => {
    const { stamp } = desk();
    const { code, stdout, stderr } = await stamp(words, mail);
    assert.deepEqual([code, stdout.length], [2, 0]);
    assert.match(stderr, message);
    assert.match(stderr, /^[^\n]*\.\n$/);
  });
}

test('a byte order mark of a signature file does not get into the mail', async () => {
  const { put, stamp } = desk();
  put('bom.txt', `\u{feff}${signature}\n`);
  const { stdout } = await stamp('--text bom.txt', mail);
  assert.equal(stdout.includes(Buffer.from('\u{feff}')), false);
  assert.ok(stdout.includes(signature));
});

test('many messages go through one call, in the order they were given', async () => {
  const { put, stamp } = desk();
  const names = Array.from({ length: 500 }, (_, number) => `m${number}.eml`);
  for (const name of names) put(name, mail.replace('hello', name));
  const { code, stdout } = await stamp(`--text signature.txt --out out --json ${names.join(' ')}`);
  assert.equal(code, 0);
  assert.deepEqual(
    reports(stdout).map(({ file }) => file),
    names,
  );
});

function reports(stdout: Buffer) {
  return stdout
    .toString()
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line));
}
