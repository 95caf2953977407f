/** The last look at what goes out: CRLF only, wherever slices were cut. */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import fc from 'fast-check';
import { examine } from '../../src/mail/examine.ts';
import { bareLineEnd } from '../../src/mail/lines.ts';
import type { Section } from '../../src/mail/report.ts';
import { packForm, unpackForm } from '../../src/relay/surgeon-protocol.ts';
import { hasSoundLineEnds, stampAll } from '../../src/relay/surgery.ts';
import { grammarMessage } from '../support/arbitrary-message.ts';
import { surgeryOptions } from '../support/surgeons.ts';

const text = fc.array(fc.constantFrom('\r', '\n', '\r\n', 'a', 'b')).map(pieces => pieces.join(''));

test('slices are sound if and only if what they make has CRLF line ends only', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(12), fc.nat(12), text)), given => {
      const message = Buffer.from('ab\r\ncd\r\n\r\nef');
      const slices = given.map(([isKept, from, to, own]) =>
        isKept ? message.subarray(from, to) : Buffer.from(own),
      );
      const isSound = bareLineEnd(Buffer.concat(slices), 0) < 0;
      assert.equal(hasSoundLineEnds(slices, message), isSound, JSON.stringify(slices.map(String)));
    }),
    { numRuns: 3_000 },
  );
});

const line = fc.constantFrom('a', ' ', '\r', '\n', '\r\n', '--b', '.', '<br>', '\0', 'ü');
const content = fc.array(line, { maxLength: 8 }).map(pieces => pieces.join(''));
const section: fc.Arbitrary<Section> = fc.record({
  zone: fc.constantFrom('top', 'signature', 'bottom'),
  html: content,
  text: content,
});

test('no stamped form of any message, with any sections, holds a bare CR or LF', () => {
  fc.assert(
    fc.property(
      grammarMessage,
      fc.array(fc.array(section, { maxLength: 3 }), { maxLength: 3 }),
      (message, plans) => {
        const examined = examine(message, surgeryOptions);
        if (examined.reason === 'unsafe-header') return;
        const results = stampAll(examined, plans);
        assert.ok(results.kind === 'stamped');
        for (const form of results.forms) {
          assert.notEqual(form.reason, 'internal-error', String(form.cause));
          assert.equal(bareLineEnd(Buffer.concat(form.slices), 0), -1);
          const moved = unpackForm(structuredClone(packForm(form, examined.bytes)), examined.bytes);
          assert.ok(Buffer.concat(moved.slices).equals(Buffer.concat(form.slices)));
        }
      },
    ),
    { numRuns: 300 },
  );
});
