import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isReplySubject } from '../../src/mail/reply-subject.ts';

const replies = [
  ...[
    'Re: x',
    'RE: x',
    're:x',
    'RE : x',
    'Re[2]: x',
    'Re (3): x',
    'Re^2: x',
    'Fw: x',
    'FWD: x',
    'AW: x',
    'WG: x',
  ],
  ...['Antw: x', 'TR : x', 'RV: x', 'RES: x', 'ENC: x', 'R: x', 'I: x', 'SV: x', 'VS: x', 'VB: x', 'VL: x'],
  ...[
    'Odp: x',
    'PD: x',
    'Vá: x',
    'YNT: x',
    'İLT: x',
    'ΑΠ: x',
    'ΠΡΘ: x',
    '回复: x',
    '回覆：x',
    '转发: x',
    '返信: x',
  ],
  ...['השב: x', 'رد: x', '[EXTERN] AW: x', '[list][external] Re: x', '  Re: x', 'Re:'],
];
const fresh = [
  ...[
    '',
    'x',
    'Reminder: x',
    'Report: x',
    'Re x',
    'Regarding: x',
    'About Re: x',
    'Fwd',
    ': x',
    'Rechnung: 12',
  ],
  ...['Award: x', 'IT: x', 'Trip: x', '[Re: x] y', `[${'a'.repeat(60)}] Re: x`, 'a Re: x'],
];

test('a prefix of an answer or a forward is known in all languages', () => {
  for (const subject of replies) assert.ok(isReplySubject(subject), subject);
});

test('other words before a colon are the writer’s own', () => {
  for (const subject of fresh) assert.ok(!isReplySubject(subject), subject);
});
