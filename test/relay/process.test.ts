/** One message, its decision, its variants; and whatever fails, the bytes that came. */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { systemClock } from '../../src/clock.ts';
import { bareLineEnd } from '../../src/mail/lines.ts';
import type { Section } from '../../src/mail/report.ts';
import type { Incoming, RelayTenant } from '../../src/relay/message.ts';
import { createProcess, type Processed } from '../../src/relay/process.ts';
import type { Process as RelayProcess } from '../../src/relay/relay.ts';
import type { Surgeon } from '../../src/relay/surgeon.ts';
import { nobody } from '../../src/signature/person.ts';
import { defaultPreferences } from '../../src/signature/preferences.ts';
import type { PlannedVariant, SigningTenant, Situation } from '../../src/signature/tenant.ts';
import { goldenMessages } from '../support/messages.ts';
import { alwaysInline, largeLetter, makeSurgeon } from '../support/surgeons.ts';

const token = 'b'.repeat(32);
const trace = 'Received: by signet\r\n';
const ours = `${trace}X-Signet-Processed: ${token}\r\nX-Signet-Id: m1\r\n`;
const letter = 'From: Ann <ann@example.com>\r\nSubject: x\r\n\r\nhi\r\n';
const inline = makeSurgeon({ limits: alwaysInline });

type PlanOf = (situation: Situation) => {
  readonly personId?: string;
  readonly seatKey?: string;
  readonly variants: readonly (Pick<PlannedVariant, 'recipients'> & Partial<PlannedVariant>)[];
};

function signing(plan: PlanOf, more: Partial<SigningTenant['preferences']> = {}): SigningTenant {
  return {
    domains: ['example.com'],
    preferences: {
      ...defaultPreferences,
      delivery: 'per-recipient',
      unknownSenders: 'from-message',
      ...more,
    },
    people: nobody,
    needs: { isMarkedBefore: true, newText: true },
    plan: situation => {
      const { personId, seatKey, variants } = plan(situation);
      return {
        personId,
        ...(seatKey === undefined ? {} : { seatKey }),
        variants: variants.map(variant => ({
          sections: [],
          rules: [],
          signatures: [],
          trace: () => [],
          ...variant,
        })),
      };
    },
  };
}

type Setting = {
  readonly plan?: PlanOf;
  readonly message?: string | Buffer;
  readonly recipients?: readonly string[];
  readonly from?: string;
  readonly mode?: RelayTenant['mode'];
  readonly surgeon?: Surgeon;
};

const text = (words: string): Section => ({ zone: 'signature', text: words, html: `<p>${words}</p>` });
const forAll: PlanOf = ({ recipients }) => ({
  personId: 'p1',
  seatKey: 'p1',
  variants: [{ recipients, sections: [text('S')], rules: ['r'], signatures: ['s'] }],
});
const eachOwn: PlanOf = ({ recipients }) => ({
  variants: recipients.map(recipient => ({ recipients: [recipient], sections: [text(recipient)] })),
});

function run({
  plan = forAll,
  message = letter,
  recipients = ['bob@example.org'],
  from = 'ann@example.com',
  mode = 'on',
  surgeon = inline,
}: Setting): Promise<Processed> {
  const tenant: RelayTenant = {
    id: 't1',
    name: 'tenant',
    kind: 'smtp',
    mode,
    peers: [],
    nextHop: { target: { kind: 'host', host: 'next.example' }, port: 25, tls: 'off' },
    token,
    signing: signing(plan),
  };
  const incoming: Incoming = {
    session: {
      id: 's',
      address: '192.0.2.1',
      helo: 'h',
      isSecure: false,
      user: undefined,
      certificateNames: [],
    },
    envelope: { from, recipients, is8bit: true, isUtf8: false },
    bytes: typeof message === 'string' ? Buffer.from(message, 'latin1') : message,
    receivedAt: 0,
    signal: new AbortController().signal,
  };
  const process = createProcess({
    surgeon,
    clock: systemClock,
    traceFields: () => trace,
  }) satisfies RelayProcess;
  return process({ tenant, incoming, messageId: 'm1' });
}

const bytesOf = (slices: readonly Uint8Array[]): string => Buffer.concat(slices).toString('latin1');
const shape = ({ variants }: Processed) =>
  variants.map(({ recipients, slices, isStamped }) => [recipients, isStamped, bytesOf(slices)]);

describe('a message is stamped for its recipients', () => {
  test('all alike', async () => {
    const processed = await run({ recipients: ['bob@example.org', 'eve@example.net'] });
    const signed = `${ours}${letter}\t \t\r\nS\t \t\r\n`;
    assert.deepEqual(shape(processed), [[['bob@example.org', 'eve@example.net'], true, signed]]);
    const { summary, variants } = processed;
    assert.equal(bytesOf(variants[0]?.original ?? []), ours + letter);
    assert.deepEqual(
      { ...summary, processMs: Object.keys(summary.processMs) },
      {
        mode: 'on',
        person: 'p1',
        seat: 'p1',
        decisions: [
          {
            recipients: 2,
            outcome: 'stamped',
            rules: ['r'],
            signatures: ['s'],
            bytesAdded: signed.length - letter.length - ours.length,
          },
        ],
        surgery: 'inline',
        processMs: ['examine', 'plan', 'stamp'],
      },
    );
  });

  test('each in their own way, addresses in the form in which they came', async () => {
    const recipients = ['Bob@Example.org', 'EVE@example.net'];
    const processed = await run({ plan: eachOwn, recipients });
    assert.deepEqual(
      processed.variants.map(variant => variant.recipients),
      [['Bob@Example.org'], ['EVE@example.net']],
    );
    assert.match(bytesOf(processed.variants[1]?.slices ?? []), /eve@example\.net/);
  });

  test('one address in two spellings is one recipient with one result', async () => {
    const seen: (readonly string[])[] = [];
    const recipients = ['Bob@example.org', 'bob@example.org'];
    const processed = await run({
      recipients,
      plan: situation => {
        seen.push(situation.recipients);
        return forAll(situation);
      },
    });
    assert.deepEqual(seen, [['bob@example.org']]);
    assert.deepEqual(processed.variants[0]?.recipients, recipients);
  });

  test('equal results share a variant, and so do all who get nothing', async () => {
    const recipients = ['a@x.example', 'b@x.example', 'c@x.example', 'd@x.example', 'e@x.example'];
    const contents = ['S', '', 'S', '', 'T'];
    const processed = await run({
      recipients,
      plan: situation => ({
        variants: situation.recipients.map((recipient, index) => ({
          recipients: [recipient],
          sections: contents[index] ? [text(contents[index])] : [],
          rules: [`r${index}`],
        })),
      }),
    });
    assert.deepEqual(
      processed.variants.map(({ recipients, isStamped }) => [recipients.join(), isStamped]),
      [
        ['a@x.example,c@x.example', true],
        ['b@x.example,d@x.example', false],
        ['e@x.example', true],
      ],
    );
    assert.deepEqual(processed.summary.decisions[0]?.rules, ['r0', 'r2']);
  });

  test('pictures of other bytes make another result', async () => {
    const picture = (byte: number): Section => ({
      zone: 'signature',
      html: '<img src="cid:a">',
      images: [{ name: 'a', type: 'image/png', bytes: Uint8Array.of(byte) }],
    });
    for (const [bytes, count] of [
      [[1, 1], 1],
      [[1, 2], 2],
    ] as const) {
      const processed = await run({
        message: 'From: ann@example.com\r\nContent-Type: text/html\r\n\r\n<p>hi</p>\r\n',
        recipients: ['a@x.example', 'b@x.example'],
        plan: ({ recipients }) => ({
          variants: recipients.map((recipient, index) => ({
            recipients: [recipient],
            sections: [picture(bytes[index] ?? 0)],
          })),
        }),
      });
      assert.equal(processed.variants.length, count);
    }
  });

  test('a code word is taken out though nothing is put in', async () => {
    const { variants, summary } = await run({ message: letter.replace('hi', 'hi *nosignature*') });
    assert.equal(bytesOf(variants[0]?.slices ?? []).includes('*nosignature*'), false);
    assert.equal(variants[0]?.isStamped, true);
    assert.deepEqual([summary.reason, summary.seat], ['suppressed-by-code-word', undefined]);
  });
});

describe('too many results', () => {
  const recipients = Array.from({ length: 17 }, (_, index) => `r${index}@x.example`);

  test('become one for all', async () => {
    const plan: PlanOf = situation => (situation.delivery === 'one-for-all' ? forAll : eachOwn)(situation);
    const { variants, summary } = await run({ recipients, plan });
    assert.deepEqual(
      variants.map(variant => [variant.recipients, variant.isStamped]),
      [[recipients, true]],
    );
    assert.equal(summary.decisions.length, 1);
  });

  test('and if that does not help, none', async () => {
    const { variants, summary } = await run({ recipients, plan: eachOwn });
    assert.deepEqual(
      variants.map(variant => [variant.recipients, variant.isStamped]),
      [[recipients, false]],
    );
    assert.equal(summary.reason, 'too-many-variants');
  });

  test('sixteen are not too many', async () => {
    assert.equal((await run({ recipients: recipients.slice(1), plan: eachOwn })).variants.length, 16);
  });
});

test('in shadow mode the decision is told and the bytes are those that came', async () => {
  const { variants, summary } = await run({
    mode: 'shadow',
    plan: eachOwn,
    recipients: ['a@x.example', 'b@x.example'],
  });
  assert.deepEqual(shape({ variants, summary }), [[['a@x.example', 'b@x.example'], false, ours + letter]]);
  assert.deepEqual(
    summary.decisions.map(({ outcome }) => outcome),
    ['stamped', 'stamped'],
  );
  assert.equal((await run({ mode: 'shadow' })).summary.seat, 'p1');
});

test('switched off, nobody asks for a plan', async () => {
  const { variants, summary } = await run({
    mode: 'off',
    message: `X-Signet-Route: secret\r\n${letter}`,
    plan: () => assert.fail(),
  });
  assert.equal(bytesOf(variants[0]?.slices ?? []), ours + letter);
  assert.deepEqual([summary.reason, summary.surgery], ['signing-off', 'none']);
});

describe('what must pass untouched passes, and no plan is made for it', () => {
  const cases: readonly (readonly [reason: string, setting: Setting])[] = [
    ['null-sender', { from: '' }],
    ['foreign-sender', { message: letter.replace('ann@example.com', 'ann@other.example') }],
    ['already-processed', { message: `X-Signet-Processed: ${token}\r\n${letter}` }],
    ['stamped-by-other-product', { message: `X-CodeTwoProcessed: true\r\n${letter}` }],
    ['automatic', { message: `Auto-Submitted: auto-generated\r\n${letter}` }],
    ['calendar', { message: letter.replace('\r\n\r\n', '\r\nContent-Type: text/calendar\r\n\r\n') }],
    ['smime', { message: letter.replace('\r\n\r\n', '\r\nContent-Type: application/pkcs7-mime\r\n\r\n') }],
    ['list-mail', { message: `List-Id: <l.example>\r\n${letter}` }],
    ['unsafe-header', { message: letter.replace('Subject: x', 'no field') }],
  ];
  for (const [reason, setting] of cases) {
    test(reason, async () => {
      const { variants, summary } = await run({ ...setting, plan: () => assert.fail() });
      const { message = letter } = setting;
      assert.deepEqual(
        variants.map(({ isStamped, slices }) => [isStamped, bytesOf(slices)]),
        [[false, `${ours}${message}`]],
      );
      assert.equal(summary.reason, reason);
    });
  }

  test('every golden message keeps its verdict and comes out with CRLF line ends only', async () => {
    for (const { name, input, outcome, reason } of goldenMessages()) {
      const from = /^From:.*?@([\w.-]+)/im.exec(input.toString('latin1'))?.[1];
      const { variants, summary } = await run({ message: input });
      for (const { slices } of variants) assert.equal(bareLineEnd(Buffer.concat(slices), 0), -1, name);
      if (from !== 'example.com') continue;
      assert.equal(summary.decisions[0]?.outcome ?? 'untouched', outcome, name);
      if (outcome === 'untouched') assert.equal(summary.reason, reason, name);
    }
  });
});

describe('whatever fails, the bytes that came go to everybody', () => {
  const recipients = ['a@x.example', 'b@x.example'];
  const plans: Readonly<Record<string, PlanOf>> = {
    'a plan that throws': () => {
      throw new Error('no such field');
    },
    'a plan that forgets a recipient': () => ({ variants: [{ recipients: ['a@x.example'] }] }),
    'a plan that repeats a recipient': () => ({
      variants: [{ recipients }, { recipients: ['a@x.example'], sections: [text('S')] }],
    }),
    'a plan for somebody else': () => ({ variants: [{ recipients: [...recipients, 'c@x.example'] }] }),
    'a plan of nothing': () => undefined as never,
    'sections that are none': () => ({ variants: [{ recipients, sections: [null as never] }] }),
  };
  for (const [name, plan] of Object.entries(plans)) {
    test(name, async () => {
      const processed = await run({ plan, recipients });
      assert.deepEqual(shape(processed), [[recipients, false, ours + letter]]);
      assert.equal(processed.summary.reason, 'internal-error');
      assert.ok(processed.summary.cause);
    });
  }

  test('a surgeon that fails', async () => {
    const surgeon: Surgeon = { ...inline, operate: () => Promise.reject(new Error('cut')) };
    const processed = await run({ surgeon, recipients });
    assert.deepEqual(shape(processed), [[recipients, false, ours + letter]]);
    assert.equal(processed.summary.reason, 'internal-error');
  });

  test('a text that takes too long, and in time', async () => {
    const slow = `From: ann@example.com\r\nContent-Type: text/html\r\n\r\n${'<div>'.repeat(1_990_000)}\r\n`;
    const surgeon = makeSurgeon({ limits: { deadlineMs: 200, startMs: 0, usualTextBytesPerMs: 1e9 } });
    const start = performance.now();
    const { variants, summary } = await run({ surgeon, message: slow });
    assert.equal(summary.reason, 'too-slow');
    assert.ok(performance.now() - start < 2_000);
    assert.equal(bytesOf(variants[0]?.slices ?? []), ours + slow);
  });
});

test('the summary holds no content and no subject', async () => {
  const message = letter.replace('Subject: x', 'Subject: SECRET').replace('hi', 'SECRET');
  for (const plan of [forAll, eachOwn, () => assert.fail()] as const) {
    const { summary } = await run({ message, plan });
    assert.ok(!JSON.stringify(summary).includes('SECRET'));
  }
});

test('variants are a partition of the envelope, whatever a plan says', async () => {
  const address = fc.constantFrom('a@x.example', 'A@x.example', 'b@x.example', 'c@X.example', 'd@ü.example');
  const planned = fc.array(
    fc.tuple(fc.subarray(['a@x.example', 'b@x.example', 'c@x.example', 'z@z']), fc.nat(2)),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(address, { minLength: 1 }), fc.option(planned), async (recipients, given) => {
      const plan: PlanOf = ({ recipients: keys }) => ({
        variants: given
          ? given.map(([some, kind]) => ({ recipients: some, sections: [text(`${kind}`)] }))
          : keys.map((key, index) => ({ recipients: [key], sections: index % 2 ? [text('S')] : [] })),
      });
      const { variants } = await run({ recipients, plan });
      assert.deepEqual(variants.flatMap(variant => variant.recipients).sort(), [...recipients].sort());
      for (const { slices } of variants) assert.equal(bareLineEnd(Buffer.concat(slices), 0), -1);
    }),
    { numRuns: 200 },
  );
});

test('a large letter goes to a thread and comes back stamped', async () => {
  const { summary } = await run({ surgeon: makeSurgeon(), message: largeLetter(400_000, 0) });
  assert.deepEqual([summary.surgery, summary.decisions[0]?.outcome], ['thread', 'stamped']);
  assert.deepEqual(Object.keys(summary.processMs), ['wait', 'load', 'examine', 'plan', 'stamp']);
});
