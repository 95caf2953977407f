/** One reading of a message serves its facts and any number of stamped forms. */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { examine } from '../../src/mail/examine.ts';
import type { MessageFacts } from '../../src/mail/facts.ts';
import type { Section, StampOptions, Zone } from '../../src/mail/report.ts';
import { stamp } from '../../src/mail/stamp.ts';
import { grammarMessage } from '../support/arbitrary-message.ts';
import { goldenMessages } from '../support/messages.ts';
import { alternative, token } from '../support/small-messages.ts';

const options: StampOptions = { token, id: 'i' };
const everything = { isMarkedBefore: true, newText: true };
const nothing = { isMarkedBefore: false, newText: false };

const read = (message: string, more: Partial<StampOptions> = {}) =>
  examine(Buffer.from(message, 'latin1'), { ...options, ...more });
const factsOf = (message: string): MessageFacts => read(message).facts(everything);
const utf8 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
const letter = (fields: string, body = 'hi\r\n'): string => `${fields}\r\n${body}`;
const html = (body: string): string => `Content-Type: text/html; charset=utf-8\r\n\r\n${utf8(body)}`;

describe('stamped forms', () => {
  const sections: readonly (readonly Section[])[] = (['top', 'signature', 'bottom'] as Zone[]).map(zone => [
    { zone, html: `<p>${zone}</p>`, text: zone },
  ]);
  const plans: readonly (readonly Section[])[] = [[], ...sections, sections.flat(), ...sections];

  test('each is what a reading of its own would have made, in any order', () => {
    for (const { input, name } of goldenMessages()) {
      for (const order of [plans, plans.toReversed()]) {
        const examined = examine(input, options);
        if (order === plans) examined.facts(everything);
        for (const plan of order) {
          const { slices, reason } = examined.stamp(plan);
          const alone = stamp(input, plan, options);
          assert.equal(reason, alone.reason, name);
          assert.ok(Buffer.concat(slices).equals(Buffer.concat(alone.slices)), name);
        }
      }
    }
  });

  test('of any message, whatever was asked before', () => {
    const zone = fc.constantFrom<Zone>('top', 'signature', 'bottom');
    const plan = fc.array(fc.record({ zone, html: fc.constant('<p>S</p>'), text: fc.constant('S') }), {
      maxLength: 3,
    });
    fc.assert(
      fc.property(
        grammarMessage,
        fc.array(plan, { maxLength: 4 }),
        fc.boolean(),
        (message, asked, isReadBefore) => {
          const examined = examine(message, options);
          if (isReadBefore) examined.facts(everything);
          for (const sections of asked) {
            const [one, alone] = [examined.stamp(sections), stamp(message, sections, options)];
            assert.notEqual(one.reason, 'internal-error', String(one.cause));
            assert.equal(one.reason, alone.reason);
            assert.ok(Buffer.concat(one.slices).equals(Buffer.concat(alone.slices)));
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test('all point into the one message and add only what is new', () => {
    const message = Buffer.from(
      letter('From: a@b.example\r\n', 'x'.repeat(70).concat('\r\n').repeat(20_000)),
    );
    const examined = examine(message, options);
    for (let variant = 0; variant < 16; variant++) {
      const { slices } = examined.stamp([{ zone: 'signature', text: `variant ${variant}` }]);
      const added = slices.filter(slice => slice.buffer !== message.buffer);
      assert.ok(added.reduce((sum, { length }) => sum + length, 0) < 300);
    }
  });

  test('a message that must pass is passed whatever is asked for', () => {
    const examined = read('From: a@b.example\r\nAuto-Submitted: auto-replied\r\n\r\nhi\r\n');
    assert.equal(examined.reason, 'automatic');
    const { outcome, reason } = examined.stamp([{ zone: 'signature', text: 'S' }]);
    assert.deepEqual([outcome, reason], ['untouched', 'automatic']);
  });

  test('the form without a signature has our fields, and never the route secret', () => {
    for (const body of ['hi\r\n', '']) {
      const message = `A: b\r\nX-Signet-Route: secret\r\n\r\n${body}`;
      const { outcome, reason, slices } = read(message).pass('signing-off');
      assert.deepEqual([outcome, reason], ['untouched', 'signing-off']);
      const out = Buffer.concat(slices).toString('latin1');
      assert.equal(out, `X-Signet-Processed: ${token}\r\nX-Signet-Id: i\r\nA: b\r\n\r\n${body}`);
    }
  });
});

describe('mailboxes', () => {
  const cases: readonly (readonly [value: string, address: string | undefined, name: string])[] = [
    ['ann@example.com', 'ann@example.com', ''],
    ['Ann Lee <Ann.Lee@EXAMPLE.com>', 'Ann.Lee@example.com', 'Ann Lee'],
    ['"Lee, Ann" <ann@example.com>', 'ann@example.com', 'Lee, Ann'],
    ['Lee, Ann <ann@example.com>', 'ann@example.com', 'Lee, Ann'],
    ['"Ann \\"Bee\\" Lee" <ann@example.com>', 'ann@example.com', 'Ann "Bee" Lee'],
    ['"ann@evil.example" <ann@example.com>', 'ann@example.com', 'ann@evil.example'],
    ['Ann (home) Lee <ann@example.com>', 'ann@example.com', 'Ann Lee'],
    ['ann@example.com (Ann Lee)', 'ann@example.com', 'Ann Lee'],
    ['=?utf-8?q?J=C3=B6rg?= =?utf-8?q?_M?= <jm@example.com>', 'jm@example.com', 'Jörg M'],
    ['"=?utf-8?B?SsO2cmc=?=" <jm@example.com>', 'jm@example.com', 'Jörg'],
    [utf8('Jörg <jörg@bücher.example>'), 'jörg@xn--bcher-kva.example', 'Jörg'],
    ['<@relay.example,@other.example:ann@example.com>', 'ann@example.com', ''],
    ['"ann"@example.com', 'ann@example.com', ''],
    ['"ann lee"@example.com', '"ann lee"@example.com', ''],
    ['Ann <ann(work)@example.com (home)>', 'ann@example.com', 'Ann'],
    ['Team: Ann <ann@example.com>, b@example.com;', 'ann@example.com', 'Team: Ann'],
    ['"" <ann@example.com>', 'ann@example.com', ''],
    ['Ann <>', undefined, ''],
    ['Ann', undefined, ''],
  ];
  for (const [value, address, name] of cases) {
    test(`From: ${value}`, () => {
      assert.deepEqual(factsOf(`From: ${value}\r\n\r\n`).from, address && { address, name });
    });
  }

  test('without a field there is none', () => {
    const { from, sender } = factsOf('To: a@b.example\r\n\r\n');
    assert.deepEqual([from, sender], [undefined, undefined]);
  });

  test('the delegate stands in Sender', () => {
    const { from, sender } = factsOf('From: boss@b.example\r\nSender: Del Egate <del@b.example>\r\n\r\n');
    assert.equal(from?.address, 'boss@b.example');
    assert.deepEqual(sender, { address: 'del@b.example', name: 'Del Egate' });
  });

  test('a field made to be slow is read all the same', () => {
    for (const piece of ['a,', '(', '"', '<', '\\', ':', '=?a?q?', 'a@b,'])
      assert.doesNotThrow(() => factsOf(`From: ${piece.repeat(200_000)}\r\n\r\n`));
  });
});

describe('a reply or a forward', () => {
  const cases: readonly (readonly [isReply: boolean, message: string])[] = [
    [false, letter('Subject: x\r\n')],
    [true, letter('In-Reply-To: <a@b>\r\n')],
    [true, letter('References: <a@b>\r\n')],
    [false, letter('In-Reply-To: \r\n')],
    [true, letter('Subject: =?utf-8?q?AW:_x?=\r\n')],
    [true, letter('', 'yes\r\n\r\nOn 3 Mar 2026, at 10:00, Bo <bo@b.example> wrote:\r\n> hi\r\n')],
    [true, html('<p>yes</p><div id="appendonsend"></div><hr><p>old</p>')],
    [
      true,
      letter('', 'see\r\n-----Original Message-----\r\nFrom: Bo <bo@b.example>\r\nSubject: x\r\n\r\nhi\r\n'),
    ],
    [false, letter('', 'the report says:\r\n> well\r\n')],
    [false, alternative('hi\r\n', '<p>hi</p>')],
  ];
  for (const [isReply, message] of cases) {
    test(JSON.stringify(message).slice(0, 70), () => assert.equal(factsOf(message).isReply, isReply));
  }
});

test('importance is what Outlook shows', () => {
  const cases: readonly (readonly [fields: string, importance: string])[] = [
    ['', 'normal'],
    ['Importance: High\r\n', 'high'],
    ['Importance: low\r\n', 'low'],
    ['X-Priority: 1 (Highest)\r\n', 'high'],
    ['X-Priority: 2\r\n', 'high'],
    ['X-Priority: 3\r\n', 'normal'],
    ['X-Priority: 5\r\n', 'low'],
    ['X-MSMail-Priority: High\r\n', 'high'],
    ['X-Priority: 1\r\nImportance: normal\r\n', 'normal'],
    ['Importance: whatever\r\nX-Priority: 4\r\n', 'low'],
  ];
  for (const [fields, importance] of cases)
    assert.equal(factsOf(letter(fields)).importance, importance, fields);
});

describe('the newest text', () => {
  const quote = 'On 3 Mar 2026, at 10:00, Bo <bo@b.example> wrote:\r\n> old words\r\n> more\r\n';
  const cases: readonly (readonly [name: string, message: string, words: string])[] = [
    ['plain', letter('', 'Dear  all,\r\n\r\nhello\r\n'), 'Dear all, hello'],
    ['above a quote', letter('', `fresh\r\n\r\n${quote}`), 'fresh'],
    [
      'below a quote',
      letter('', `${quote}\r\nfresh\r\n`),
      'On 3 Mar 2026, at 10:00, Bo <bo@b.example> wrote: fresh',
    ],
    [
      'HTML',
      html('<p>Grüße &amp; <b>K</b>uss</p><table><tr><td>a</td><td>b</td></tr></table>'),
      'Grüße & Kuss a b',
    ],
    ['HTML above a quote', html('<p>fresh</p><div id="appendonsend"></div><p>old</p>'), 'fresh'],
    ['HTML without what is not seen', html('<style>p {}</style><script>x</script><p>fresh</p>'), 'fresh'],
    ['plain before HTML', alternative('of the plain form\r\n', '<p>of the page</p>'), 'of the plain form'],
    ['HTML where the plain form is empty', alternative('\r\n', '<p>of the page</p>'), 'of the page'],
    [
      'without a mark of ours',
      html(`<p>a</p><div class="signet-signature" data-signet="${token}">S</div><p>b</p>`),
      'a b',
    ],
    ['encoded', letter('Content-Transfer-Encoding: base64\r\n', 'ZnJlc2g=\r\n'), 'fresh'],
    ['none', letter('Content-Type: application/pdf\r\n'), ''],
  ];
  for (const [name, message, words] of cases) {
    test(name, () => assert.equal(factsOf(message).newText, words));
  }

  test('is bounded', () => {
    const long = 'word '.repeat(15).trimEnd().concat('\r\n').repeat(20_000);
    assert.ok((factsOf(letter('', long)).newText ?? '').length <= 100_000);
    assert.ok((factsOf(html(`<p>${long}</p>`)).newText ?? '').length <= 100_000);
  });

  test('and an earlier mark are absent unless asked for', () => {
    const facts = read(letter('Subject: x\r\n')).facts(nothing);
    assert.ok(!('newText' in facts) && !('isMarkedBefore' in facts));
  });
});

test('a mark of ours in the quoted history says that this is not the first message', () => {
  const marked = `<div class="signet-signature" data-signet="${token}">S</div>`;
  assert.equal(factsOf(html(`<p>a</p><div id="appendonsend"></div>${marked}`)).isMarkedBefore, true);
  assert.equal(
    factsOf(html(`${marked}<p>a</p><div id="appendonsend"></div><p>old</p>`)).isMarkedBefore,
    false,
  );
});

test('identifiers for the log are those of the header, made harmless', () => {
  const id = 'X-MS-Exchange-Organization-Network-Message-Id';
  const { messageId, networkMessageId } = read(`Message-ID: <a@b>\r\n${id}: 1234-5678\r\n\r\n`).identifiers();
  assert.deepEqual([messageId, networkMessageId], ['<a@b>', '1234-5678']);
  assert.equal(read('Message-ID: <a\x1b[2J@b>\r\n\r\n').identifiers().messageId, '<a?[2J@b>');
  assert.equal(read('\r\n').identifiers().messageId, '');
});

test('what cannot be read has no facts, and passes', () => {
  for (const message of [
    'A: b\rC: d\r\n\r\nhi\r\n',
    `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\n'.repeat(1_200)}`,
  ]) {
    const examined = read(message);
    assert.ok(examined.reason === 'unsafe-header' || examined.reason === 'structure-over-limit');
    assert.equal(examined.facts(everything).from, undefined);
    assert.equal(examined.stamp([]).reason, examined.reason);
  }
});
