import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainExchange } from '../../src/relay/exchange-refusal.ts';
import { makeJob, makeVariants, startHandBack } from '../support/hand-back.ts';
import { type NextHopStage, startNextHop } from '../support/next-hop.ts';

const attribution = 'SIGNET_EXCHANGE_ATTRIBUTION';
const blocked = 'SIGNET_EXCHANGE_BLOCKED';

/** What Exchange says (exchange-online.md 7.4, 7.5), at which stage, and the alert. */
const refusals: readonly (readonly [stage: NextHopStage, text: string, alarm: string | undefined])[] = [
  ['rcpt', '550 5.7.64 TenantAttribution; Relay Access Denied [AM0.example]', attribution],
  ['dot', '550 5.7.64 TenantAttribution; Relay Access Denied [AM0.example]', attribution],
  [
    'mail',
    '550 5.7.750 Service unavailable. Client blocked from sending from unregistered domain',
    attribution,
  ],
  ['dot', '550 5.7.367 Remote server returned not authenticated', attribution],
  ['mail', '530 5.7.57 Client not authenticated to send mail', attribution],
  ['dot', '550 5.7.705 Access denied, tenant has exceeded threshold', blocked],
  ['dot', '550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP', blocked],
  ['mail', '451 4.7.500 Server busy. Please try again later from [192.0.2.1]. (AS77712221)', attribution],
  ['rcpt', '451 4.4.62 Mail sent to the wrong Office 365 region. ATTR35', attribution],
  ['rcpt', '451 4.3.2 Temporary server error', undefined],
];

for (const [stage, text, alarm] of refusals)
  test(`at ${stage}, "${text.slice(0, 30)}" bounces nobody and is explained`, async context => {
    const hop = await startNextHop({
      fault: moment => (moment.stage === stage ? { kind: 'say', text: `${text}\r\n` } : undefined),
    });
    context.after(hop.close);
    const { handBack, tenant, close } = startHandBack(hop.port);
    context.after(close);
    const job = makeJob({ ...tenant, kind: 'exchange-online' }, makeVariants(['!b@x.test']));
    const { reply, alarm: told } = await handBack(job);
    assert.equal(reply.code, 451);
    assert.equal(told?.code, alarm);
    if (alarm) assert.ok(told?.sentence.includes(text.slice(4, 4 + text.slice(4).indexOf(' '))));
  });

test('another kind of next hop is not explained by what Exchange would mean', async context => {
  const hop = await startNextHop({
    fault: ({ stage }) =>
      stage === 'rcpt' ? { kind: 'say', text: '550 5.7.64 TenantAttribution\r\n' } : undefined,
  });
  context.after(hop.close);
  const { handBack, tenant, close } = startHandBack(hop.port);
  context.after(close);
  const { alarm } = await handBack(makeJob(tenant, makeVariants(['b@x.test'])));
  assert.equal(alarm?.code, 'SIGNET_NEXT_HOP_REFUSES');
});

test('the first answer with a known cause is told', () => {
  const answers = ['4.3.2', '5.7.708', '5.7.64'].map(enhanced => ({ enhanced, text: '' }));
  assert.equal(explainExchange(answers, 'Contoso')?.code, blocked);
  assert.equal(explainExchange([], 'Contoso'), undefined);
});
