/** Small work at once, long work in a thread; whatever goes wrong there, the message passes and others go on. */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import type { Section } from '../../src/mail/report.ts';
import { settleLineEnds } from '../../src/relay/settle-line-ends.ts';
import type { Operated } from '../../src/relay/surgeon.ts';
import { type StartWorker, startWorker as startSurgeonWorker } from '../../src/start-worker.ts';
import { corpusIsMissing, corpusMessages } from '../support/corpus.ts';
import { goldenMessages } from '../support/messages.ts';
import { alwaysInline, alwaysThread, largeLetter, makeSurgeon, operation } from '../support/surgeons.ts';

const plans: readonly (readonly Section[])[] = [
  [{ zone: 'signature', html: '<p>S</p>', text: 'S' }],
  [
    { zone: 'top', html: '<p>T</p>', text: 'T' },
    { zone: 'bottom', html: '<p>Ü</p>', text: 'Ü' },
  ],
  [],
];
const joined = (result: Operated): readonly (readonly [string, string | undefined, string])[] =>
  result.forms.map(({ outcome, reason, slices }) => [
    outcome,
    reason,
    Buffer.concat(slices).toString('latin1'),
  ]);

/** The same with so many lines that begin like delimiters behind its end. */
function withRules(letter: Buffer, count: number): Buffer {
  const rules = '--x\r\n'.repeat(count);
  return Buffer.concat([letter, Buffer.from(rules)]);
}

describe('where the work is done', () => {
  const surgeon = makeSurgeon();
  const cases: readonly (readonly [name: string, message: Buffer, where: string])[] = [
    ['a short letter', largeLetter(10_000, 0), 'inline'],
    ['a letter with an attachment', largeLetter(10_000, 500_000), 'inline'],
    ['a long letter', largeLetter(300_000, 0), 'thread'],
    ['a large attachment', largeLetter(1_000, 3_000_000), 'inline'],
    ['many lines that may be delimiters', withRules(largeLetter(1_000, 900_000), 200), 'thread'],
  ];
  for (const [name, message, where] of cases) {
    test(`${name}: ${where}`, async () => {
      const result = await surgeon.operate(operation(message));
      assert.deepEqual(
        [result.where, result.reason, result.forms[0]?.outcome],
        [where, undefined, 'stamped'],
      );
    });
  }

  test('a long letter that must pass needs no thread', async () => {
    const message = Buffer.concat([Buffer.from('Auto-Submitted: auto-replied\r\n'), largeLetter(300_000, 0)]);
    const { where, reason } = await surgeon.operate(operation(message));
    assert.deepEqual([where, reason], ['inline', 'automatic']);
  });
});

describe('a thread makes the same bytes as the main loop', () => {
  const [inline, thread] = [makeSurgeon({ limits: alwaysInline }), makeSurgeon({ limits: alwaysThread })];

  async function compare(name: string, message: Buffer): Promise<void> {
    const settled = await settleLineEnds(message);
    if (settled.kind === 'refused') return;
    const seen: unknown[] = [];
    const job = operation(settled.bytes, {
      needs: { isMarkedBefore: true, newText: true },
      plan: facts => {
        seen.push(facts);
        return plans;
      },
    });
    const [one, other] = [await inline.operate(job), await thread.operate(job)];
    assert.deepEqual([one.where, other.where], ['inline', 'thread']);
    assert.notEqual(one.reason, 'internal-error', name);
    assert.equal(other.reason, one.reason, name);
    assert.deepEqual(seen[1], seen[0], name);
    assert.deepEqual(joined(other), joined(one), name);
  }

  test('of every golden message', async () => {
    for (const { name, input } of goldenMessages()) await compare(name, input);
  });

  test('of every message of the corpus', async context => {
    const corpus = corpusMessages();
    if (!corpus) return context.skip(corpusIsMissing);
    for (const { name, bytes } of corpus) await compare(name, bytes);
  });
});

test('slices of a thread are views of the message that was given', async () => {
  const message = largeLetter(300_000, 0);
  const { forms } = await makeSurgeon({ limits: alwaysThread }).operate(operation(message));
  const kept = forms[0]?.slices.filter(slice => slice.buffer === message.buffer) ?? [];
  assert.ok(kept.reduce((sum, { length }) => sum + length, 0) >= message.length - 100);
});

test('facts reach the plan from either side', async () => {
  for (const limits of [alwaysInline, alwaysThread]) {
    const seen: unknown[] = [];
    await makeSurgeon({ limits }).operate(
      operation(Buffer.from('From: Ann <a@b.example>\r\nSubject: Re: x\r\n\r\nhello there\r\n'), {
        needs: { isMarkedBefore: true, newText: true },
        plan: facts => {
          seen.push(facts);
          return [];
        },
      }),
    );
    assert.deepEqual(seen, [
      {
        from: { address: 'a@b.example', name: 'Ann' },
        sender: undefined,
        subject: 'Re: x',
        isReply: true,
        importance: 'normal',
        sizeBytes: 56,
        isMarkedBefore: false,
        newText: 'hello there',
      },
    ]);
  }
});

describe('what goes wrong', () => {
  for (const limits of [alwaysInline, alwaysThread]) {
    test(`a plan that throws costs its own message only (${limits.inlineMs})`, async () => {
      const surgeon = makeSurgeon({ limits });
      const fault = new Error('a rule of nobody');
      const broken = operation(largeLetter(1_000, 0), {
        plan: () => {
          throw fault;
        },
      });
      const { reason, cause, forms } = await surgeon.operate(broken);
      assert.deepEqual([reason, cause, forms], ['internal-error', fault, []]);
      assert.equal((await surgeon.operate(operation(largeLetter(1_000, 0)))).forms[0]?.outcome, 'stamped');
    });

    test(`results that add too much are given up (${limits.inlineMs})`, async () => {
      const images = [{ name: 'a', type: 'image/png', bytes: new Uint8Array(20 * 1024 * 1024) }];
      const section: Section = { zone: 'signature', html: '<img src="cid:a">', images };
      const surgeon = makeSurgeon({ limits });
      const { reason } = await surgeon.operate(
        operation(largeLetter(1_000, 0), { plan: () => [[section], [section]] }),
      );
      assert.equal(reason, 'too-many-variants');
    });
  }

  test('what takes too long is ended with its thread, and the next message gets another', async () => {
    const surgeon = makeSurgeon({
      limits: { deadlineMs: 150, startMs: 0, threads: 1, usualTextBytesPerMs: 1e9 },
    });
    const slow = Buffer.from(
      `From: a@b.example\r\nContent-Type: text/html\r\n\r\n${'<div>'.repeat(2_000_000)}\r\n`,
    );
    const { reason, cause, where } = await surgeon.operate(operation(slow));
    assert.deepEqual([reason, where], ['too-slow', 'thread']);
    assert.match(String(cause), /deadline/);
    const patient = makeSurgeon({ limits: { ...alwaysThread, threads: 1 } });
    assert.equal((await patient.operate(operation(largeLetter(1_000, 0)))).forms[0]?.outcome, 'stamped');
  });

  test('a message that waits for its turn has its whole time when it comes', async () => {
    const surgeon = makeSurgeon({ limits: { ...alwaysThread, deadlineMs: 20_000, threads: 1 } });
    const results = await Promise.all(
      Array.from({ length: 20 }, () => surgeon.operate(operation(largeLetter(200_000, 0)))),
    );
    assert.deepEqual(new Set(results.map(({ reason }) => reason)), new Set([undefined]));
    const impatient = makeSurgeon({ limits: { ...alwaysThread, waitMs: 1, threads: 1 } });
    const late = await Promise.all(
      Array.from({ length: 3 }, () => impatient.operate(operation(largeLetter(200_000, 0)))),
    );
    assert.deepEqual(late.map(({ reason }) => reason ?? 'stamped').sort(), [
      'stamped',
      'too-slow',
      'too-slow',
    ]);
    assert.match(String(late[2]?.cause), /turn|estimate/);
  });

  test('a thread that dies costs its own message only', async () => {
    const started: Worker[] = [];
    const starting: StartWorker = (...words) => {
      const worker = startSurgeonWorker(...words);
      started.push(worker);
      return worker;
    };
    const surgeon = makeSurgeon({ limits: { ...alwaysThread, threads: 1 }, startWorker: starting });
    const killed = operation(largeLetter(1_000, 0), {
      plan: () => {
        started[0]?.terminate().catch(() => undefined);
        return plans;
      },
    });
    const first = await surgeon.operate(killed);
    assert.equal(first.reason, 'internal-error');
    assert.match(String(first.cause), /ended by itself/);
    assert.equal((await surgeon.operate(operation(largeLetter(1_000, 0)))).forms[0]?.outcome, 'stamped');
    assert.equal(started.length, 2);
  });

  test('a message larger than the memory of a thread passes', async () => {
    const surgeon = makeSurgeon({ limits: { ...alwaysThread, memoryBytes: 10_000 } });
    assert.equal((await surgeon.operate(operation(largeLetter(20_000, 0)))).reason, 'too-slow');
    assert.equal((await surgeon.operate(operation(largeLetter(5_000, 0)))).reason, undefined);
  });

  test('a thread that wants too much memory dies alone', async () => {
    const surgeon = makeSurgeon({ limits: { ...alwaysThread, threads: 1, heapMiB: 24 } });
    const hungry = Buffer.from(
      `From: a@b.example\r\nContent-Type: text/html\r\n\r\n${'a<br>'.repeat(1_900_000)}\r\n`,
    );
    assert.equal((await surgeon.operate(operation(hungry))).reason, 'internal-error');
    assert.equal((await surgeon.operate(operation(largeLetter(1_000, 0)))).forms[0]?.outcome, 'stamped');
  });

  test('beyond the queue, and where the estimate says too late, a message passes at once', async () => {
    const letter = operation(largeLetter(200_000, 0));
    const full = makeSurgeon({ limits: { ...alwaysThread, threads: 1, queue: 2 } });
    const results = await Promise.all(Array.from({ length: 5 }, () => full.operate(letter)));
    const reasons = results.map(({ reason }) => reason ?? 'stamped').sort();
    assert.deepEqual(reasons, ['stamped', 'stamped', 'stamped', 'too-slow', 'too-slow']);
    const late = makeSurgeon({ limits: { ...alwaysThread, deadlineMs: 1_000, usualTextBytesPerMs: 1 } });
    assert.equal((await late.operate(letter)).reason, 'too-slow');
  });

  test('warmed up, all threads run before the first message', async () => {
    let started = 0;
    const surgeon = makeSurgeon({
      startWorker: (...words) => {
        started++;
        return startSurgeonWorker(...words);
      },
    });
    await surgeon.warmUp();
    assert.equal(started, 2);
  });

  test('closing lets everything pass', async () => {
    const surgeon = makeSurgeon({ limits: { ...alwaysThread, threads: 1 } });
    const running = [1, 2, 3].map(() => surgeon.operate(operation(largeLetter(400_000, 0))));
    await surgeon.close();
    for (const { reason } of await Promise.all(running)) assert.equal(reason, 'too-slow');
  });
});

describe('the thread in the three ways Signet runs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'signet-surgeon-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'signet-worker.cjs');
  const bundled: Readonly<Record<string, StartWorker>> = {
    'from the bundle beside it': (role, data) => new Worker(file, { workerData: { role, data }, env: {} }),
    'from text, as in the single executable': (role, data) =>
      new Worker(readFileSync(file, 'utf8'), { eval: true, workerData: { role, data }, env: {} }),
  };
  for (const [name, startWorker] of Object.entries(bundled)) {
    test(name, async () => {
      const build = join(import.meta.dirname, '../../scripts/build.mjs');
      execFileSync(process.execPath, [build, join(folder, 'signet.cjs')]);
      const surgeon = makeSurgeon({ limits: alwaysThread, startWorker });
      const { where, forms } = await surgeon.operate(operation(largeLetter(1_000, 0)));
      assert.deepEqual([where, forms[0]?.outcome], ['thread', 'stamped']);
    });
  }
});
