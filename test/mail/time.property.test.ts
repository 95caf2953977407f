/** Time is linear in the size of the message, for any bytes (src/mail/README.md 4): mail that was made to be slow. */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import type { Section, StampOptions } from '../../src/mail/report.ts';
import { stamp } from '../../src/mail/stamp.ts';
import { pathologicalShapes } from '../support/pathological.ts';

const options: StampOptions = { token: '0'.repeat(32), id: 'time000000000000', removeClientSignature: true };
const sections = (['top', 'signature', 'bottom'] as const).map(
  (zone): Section => ({ zone, html: '<p>S</p>', text: 'S' }),
);

/** Four times the size costs four times as much when all is well, and sixteen times when a step is taken per pair. */
const MAX_RATIO = 9;
/** Less than this is noise: the small size counts as taking this long. */
const FLOOR_MS = 3;
/** On a busy machine a look may come out too long, never too short. */
const MAX_LOOKS = 12;

for (const [name, size, make] of pathologicalShapes) {
  test(`${name}: four times as many take about four times as long`, () => {
    const [small, large] = [Buffer.from(make(size)), Buffer.from(make(4 * size))];
    let [least, most] = [costOf(small), costOf(large)];
    for (let look = 1; look < MAX_LOOKS && isTooMuch(least, most); look++) {
      least = Math.min(least, costOf(small));
      most = Math.min(most, costOf(large));
    }
    assert.ok(!isTooMuch(least, most), `${least.toFixed(1)} ms became ${most.toFixed(1)} ms`);
  });
}

function isTooMuch(least: number, most: number): boolean {
  return most > MAX_RATIO * Math.max(least, FLOOR_MS);
}

/** Of processor time: other programs on the machine do not count. */
function costOf(message: Buffer): number {
  const start = process.cpuUsage();
  const { reason, cause } = stamp(message, sections, options);
  const { user, system } = process.cpuUsage(start);
  assert.notEqual(reason, 'internal-error', String(cause));
  return (user + system) / 1000;
}
