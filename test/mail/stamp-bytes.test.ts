import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { stamp } from '../../src/mail/stamp.ts';
import { alternative, both, ours, run, text, token } from '../support/small-messages.ts';

describe('bytes that are not ours to change', () => {
  const messages = [
    'From: a\r\n\r\nhi',
    'Subject:  x \r\n\ty\r\n\r\nb\xe4d \0 bytes\r\n\r\n\r\n',
    alternative('hi \r\n', '<p>hi'),
    `Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p =\r\n>a=20\r\n</P>=\r\n`,
  ];
  test('come out identical below our fields when nothing is added', () => {
    for (const message of messages) {
      const { out, outcome, reason } = run(message, []);
      assert.equal(out, ours + message);
      assert.deepEqual([outcome, reason], ['untouched', 'nothing-to-add']);
    }
  });

  test('come back when the insertions are taken out', () => {
    for (const message of messages.slice(0, 3)) {
      // Memory of its own tells its slices from insertions.
      const input = Buffer.alloc(message.length, message, 'latin1');
      const { outcome, slices } = stamp(input, both, { token, id: 'i' });
      const kept = slices.filter(slice => slice.buffer === input.buffer);
      assert.equal(outcome, 'stamped');
      assert.ok(kept.length < slices.length);
      assert.deepEqual(Buffer.concat(kept), input);
    }
  });

  test('the message itself is not written to, and slices point into it', () => {
    const message = Buffer.from('A: b\r\n\r\nhi\r\n');
    const copy = Buffer.from(message);
    const { slices } = stamp(message, both, { token, id: 'i' });
    assert.deepEqual(message, copy);
    assert.ok(
      slices.some(slice => slice.buffer === message.buffer && slice.byteOffset === message.byteOffset),
    );
  });

  test('a view into a larger buffer is read from its own start', () => {
    const large = Buffer.from('garbage\nA: b\r\n\r\nhi\r\nmore');
    const view = new Uint8Array(large.buffer, large.byteOffset + 8, 12);
    const out = Buffer.concat(stamp(view, [], { token, id: 'i' }).slices).toString();
    assert.equal(out, `${ours}A: b\r\n\r\nhi\r\n`);
  });
});

describe('line ends', () => {
  test('bare ones in the body become CRLF before anything else, and are counted', () => {
    const result = run('A: b\r\n\r\none\ntwo\rthree\r\n.\n');
    assert.equal(result.lineEndsMended, 3);
    assert.equal(result.out, `${ours}A: b\r\n\r\none\r\ntwo\r\nthree\r\n.\r\n${text}\r\n`);
  });

  test('also in a message that passes untouched', () => {
    const result = run('List-Id: <x>\r\n\r\none\n.\r\n');
    assert.deepEqual([result.reason, result.lineEndsMended], ['list-mail', 1]);
    assert.equal(result.out, `${ours}List-Id: <x>\r\n\r\none\r\n.\r\n`);
  });

  test('bare ones in the header make the message pass as it came', () => {
    for (const header of ['A: b\nC: d\r\n', 'A: b\rC: d\r\n', 'A: b\0\r\n']) {
      const result = run(`${header}\r\nhi\r\n`);
      assert.deepEqual([result.reason, result.out], ['unsafe-header', `${ours}${header}\r\nhi\r\n`]);
    }
  });
});
