import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Section, StampOptions } from '../../src/mail/report.ts';
import { stamp } from '../../src/mail/stamp.ts';
import { alternative, both, html, ours, run, text, token } from '../support/small-messages.ts';

describe('each form of the letter gets its own signature in its own place', () => {
  test('in both forms', () => {
    const { out, parts } = run(alternative('hi\r\n', '<p>hi</p>'));
    assert.equal(out, ours + alternative(`hi\r\n${text}\r\n`, `<p>hi</p>\r\n${html}\r\n`));
    assert.deepEqual(
      parts.map(({ type, zone }) => [type, zone]),
      [
        ['text/html', 'signature'],
        ['text/plain', 'signature'],
      ],
    );
  });

  test('in one form where only that one was decided', () => {
    const message = alternative('hi\r\n', '<p>hi</p>');
    assert.equal(
      run(message, [{ zone: 'signature', text: 'S' }]).out,
      ours + alternative(`hi\r\n${text}\r\n`, '<p>hi</p>'),
    );
    assert.equal(
      run(message, [{ zone: 'signature', html: '<b>S</b>' }]).out,
      ours + alternative('hi\r\n', `<p>hi</p>\r\n${html}\r\n`),
    );
  });

  test('in one form where the other cannot be read', () => {
    const message = alternative('hi\r\n', '<p>hi</p>').replace('text/html', 'text/html; charset=x-klingon');
    const result = run(message);
    assert.equal(result.outcome, 'stamped');
    assert.ok(result.out.includes(text));
    assert.ok(!result.out.includes(html));
    assert.deepEqual(
      result.parts.map(({ type, reason }) => [type, reason]),
      [
        ['text/plain', undefined],
        ['text/html', 'unknown-charset'],
      ],
    );
  });

  test('in an empty body too', () => {
    assert.equal(run('A: b\r\n\r\n').out, `${ours}A: b\r\n\r\n${text}\r\n`);
    assert.equal(
      run('Content-Type: text/html\r\n\r\n').out,
      `${ours}Content-Type: text/html\r\n\r\n${html}\r\n`,
    );
  });

  test('in a message that ends behind its header', () => {
    for (const header of ['A: b\r\n', 'A: b'])
      assert.equal(run(header).out, `${ours}A: b\r\n\r\n${text}\r\n`);
    assert.equal(run('').out, `${ours}\r\n${text}\r\n`);
  });

  test('in a message that ends behind its header, with new fields in that header', () => {
    const fields =
      'MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n';
    for (const header of ['A: b\r\n', 'A: b']) {
      const { out } = run(header, [{ zone: 'signature', text: '\u00fc' }]);
      assert.equal(out, `${ours}A: b\r\n${fields}\r\n\t =09\r\n=C3=BC\t =09\r\n`);
    }
  });

  test('in an empty part whose delimiter follows at once', () => {
    const message = 'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n--b--\r\n';
    assert.equal(
      run(message).out,
      `${ours}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n${text}\r\n\r\n--b--\r\n`,
    );
  });
});

describe('a letter cut into parts by pictures', () => {
  const cut = (...bodies: readonly string[]): string =>
    `Content-Type: multipart/mixed; boundary=b\r\n\r\n${bodies.map(body => `--b\r\nContent-Type: text/html\r\n\r\n${body}\r\n`).join('--b\r\nContent-Type: image/png\r\n\r\nx\r\n')}--b--\r\n`;
  const quote = '<blockquote type="cite">old</blockquote>';
  const zones: readonly Section[] = [
    { zone: 'top', html: 'T' },
    { zone: 'signature', html: 'S' },
    { zone: 'bottom', html: 'B' },
  ];
  const cases: readonly (readonly [name: string, bodies: readonly string[], zones: readonly string[]])[] = [
    ['the last part takes the signature', ['<p>a</p>', '<p>b</p>'], ['T', 'SB']],
    ['unless it is blank', ['<p>a</p>', '<p>b</p>', '<br>'], ['T', 'SB', '']],
    ['the part with the quotation takes it', ['<p>a</p>', `<p>b</p>${quote}`, '<p>c</p>'], ['T', 'S', 'B']],
  ];
  for (const [name, bodies, expected] of cases) {
    test(name, () => {
      const { out } = run(cut(...bodies), zones);
      const letters = out.split('Content-Type: text/html').slice(1);
      assert.deepEqual(
        letters.map(part =>
          [...part.matchAll(/data-signet="f+">(?:<div><br><\/div>)?(\w)</g)].map(match => match[1]).join(''),
        ),
        expected,
      );
    });
  }
});

describe('code words', () => {
  test('suppression in one form suppresses all, and the word goes from both', () => {
    const result = run(alternative('hi *nosignature*\r\n', '<p>hi *nosignature*</p>'));
    assert.deepEqual(
      [result.outcome, result.reason, result.parts],
      ['untouched', 'suppressed-by-code-word', []],
    );
    assert.equal(result.out, ours + alternative('hi \r\n', '<p>hi </p>'));
    const one = run(alternative('hi *nosignature*\r\n', '<p>hi</p>'));
    assert.equal(one.out, ours + alternative('hi \r\n', '<p>hi</p>'));
  });

  test('the place is marked in each form by itself, and the word goes from both', () => {
    const { out } = run(alternative('a\r\n*signature*\r\nb\r\n', '<p>a</p><p>*signature*</p><p>b</p>'));
    assert.doesNotMatch(out, /\*signature\*/);
    assert.ok(out.indexOf(text) < out.indexOf('\r\nb\r\n'));
    assert.ok(out.indexOf(html) < out.indexOf('<p>b</p>'));
  });

  test('a word goes from the form that gets no signature as well', () => {
    const { out } = run(alternative('a *signature* b\r\n', '<p>a *signature* b</p>'), [
      { zone: 'signature', html: '<b>S</b>' },
    ]);
    assert.doesNotMatch(out, /\*signature\*/);
  });
});

test('a message stamped twice by the same tenant passes the second time', () => {
  const once = run(alternative('hi\r\n', '<p>hi</p>')).out;
  const twice = run(once);
  assert.deepEqual([twice.reason, twice.out], ['already-processed', ours + once]);
});

test("stamping anew replaces a tenant's own mark, and leaves that of another tenant", () => {
  const once = run(alternative('hi\r\n', '<p>hi</p>')).out.slice(ours.length);
  const again = run(once, [{ zone: 'signature', html: 'NEW', text: 'NEW' }]).out;
  assert.doesNotMatch(again, /<b>S<\/b>/);
  assert.equal(again.match(/data-signet/g)?.length, 1);
  const other = run(once, [{ zone: 'signature', html: 'NEW' }], { token: 'e'.repeat(32) }).out;
  assert.ok(other.includes(html));
  assert.equal(other.match(/data-signet/g)?.length, 2);
});

test('whatever is given, nothing is thrown and the message goes on', () => {
  const message = alternative('hi\r\n', '<p>hi</p>');
  const weird: readonly unknown[] = [
    null,
    undefined,
    'sections',
    [null],
    [{}],
    [{ zone: 'nowhere', html: 'x' }],
    [{ zone: 'signature', html: '', text: '' }],
    [{ zone: 'signature', html: 5 }],
    [{ zone: 'signature', html: '<img src="cid:a">', images: null }],
    [{ zone: 'signature', html: '<img src="cid:a">', images: [] }],
    [{ zone: 'signature', html: '<img src="cid:a">', images: [{ name: 'a' }] }],
    [{ zone: 'signature', html: '\ud800', text: '\ud800\0\x1b$B' }],
  ];
  for (const sections of weird) {
    const { outcome, out } = run(message, sections as readonly Section[]);
    assert.ok(outcome === 'stamped' || out === ours + message, JSON.stringify(sections));
  }
  for (const options of [
    { codeWords: null },
    { domains: [null] },
    { token: undefined },
    { codeWords: { place: 5 } },
    { domains: ['%', ' ', '\ud800'] },
  ]) {
    const { slices } = stamp(Buffer.from(message), both, {
      token,
      id: 'i',
      ...(options as object),
    } as StampOptions);
    assert.ok(Buffer.concat(slices).toString('latin1').endsWith('--b--\r\n'), JSON.stringify(options));
  }
});

test('an unexpected failure hands on the original bytes and tells what was thrown', () => {
  const { outcome, reason, cause, out } = run('A: b\r\n\r\nhi\r\n', null as never);
  assert.deepEqual([outcome, reason, out], ['untouched', 'internal-error', `${ours}A: b\r\n\r\nhi\r\n`]);
  assert.ok(cause instanceof Error);
});
