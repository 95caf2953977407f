import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeJob, makeVariants, startHandBack } from '../support/hand-back.ts';
import { type Moment, type NextHopFault, startNextHop } from '../support/next-hop.ts';

type Scenario = {
  readonly name: string;
  readonly variants: readonly string[];
  readonly fault?: (moment: Moment) => NextHopFault | undefined;
  readonly from?: string;
  readonly reply: string;
  readonly outcome: string;
  /** Recipients of each delivery, sorted; reports as `report:RECIPIENT`. */
  readonly delivered: readonly string[];
  readonly remembered?: number;
  readonly alarm?: string;
  readonly isOriginalInstead?: true;
};

const say = (text: string): NextHopFault => ({ kind: 'say', text: `${text}\r\n` });

/** A fault at one stage for the connection whose envelope names the recipient. */
function at(stage: Moment['stage'], fault: NextHopFault, recipient = '') {
  return (moment: Moment) =>
    moment.stage === stage &&
    (recipient === '' || moment.recipient === recipient || moment.recipients.includes(recipient))
      ? fault
      : undefined;
}

function both(...faults: readonly ((moment: Moment) => NextHopFault | undefined)[]) {
  return (moment: Moment) => faults.map(fault => fault(moment)).find(fault => fault !== undefined);
}

const reportRefused = (moment: Moment) =>
  moment.stage === 'rcpt' && moment.recipient === 'ada@contoso.com' ? say('550 5.7.1 no reports') : undefined;

const scenarios: readonly Scenario[] = [
  {
    name: 'one recipient, accepted',
    variants: ['b@x.test'],
    reply: '250 2.0.0',
    outcome: 'delivered',
    delivered: ['b@x.test'],
  },
  {
    name: 'three variants, accepted together',
    variants: ['b@x.test', 'c@x.test d@x.test', 'e@x.test'],
    reply: '250 2.0.0',
    outcome: 'delivered',
    delivered: ['b@x.test', 'c@x.test,d@x.test', 'e@x.test'],
  },
  {
    name: 'a null sender goes out as one',
    variants: ['b@x.test'],
    from: '',
    reply: '250 2.0.0',
    outcome: 'delivered',
    delivered: ['report:b@x.test'],
  },
  {
    name: 'the greeting is a 4xx',
    variants: ['b@x.test'],
    fault: at('greeting', say('450 4.3.2 later')),
    reply: '451 4.3.0',
    outcome: 'deferred',
    delivered: [],
  },
  {
    name: 'the greeting is a 5xx: that is about us',
    variants: ['b@x.test'],
    fault: at('greeting', say('554 5.7.1 go away')),
    reply: '451 4.7.0',
    outcome: 'deferred',
    delivered: [],
    alarm: 'SIGNET_NEXT_HOP_REFUSES',
  },
  {
    name: 'MAIL is refused: that is about us',
    variants: ['b@x.test'],
    fault: at('mail', say('550 5.1.8 sender unknown')),
    reply: '451 4.7.0',
    outcome: 'deferred',
    delivered: [],
    alarm: 'SIGNET_NEXT_HOP_REFUSES',
  },
  {
    name: 'TenantAttribution at RCPT bounces nobody, though others are accepted',
    variants: ['b@x.test c@x.test'],
    fault: at('rcpt', say('550 5.7.64 TenantAttribution; Relay Access Denied'), 'b@x.test'),
    reply: '451 4.7.0',
    outcome: 'deferred',
    delivered: [],
    alarm: 'SIGNET_NEXT_HOP_REFUSES',
  },
  {
    name: 'a recipient is deferred in one of two variants: nothing is delivered',
    variants: ['b@x.test', 'c@x.test'],
    fault: at('rcpt', say('451 4.2.1 later'), 'c@x.test'),
    reply: '451 4.3.0',
    outcome: 'deferred',
    delivered: [],
  },
  {
    name: 'all recipients are refused',
    variants: ['b@x.test', 'c@x.test'],
    fault: at('rcpt', say('550 5.1.1 unknown')),
    reply: '550 5.1.1',
    outcome: 'refused',
    delivered: [],
  },
  {
    name: 'some recipients are refused: the others get it, the sender a report',
    variants: ['b@x.test c@x.test', 'd@x.test'],
    fault: at('rcpt', say('550 5.1.1 unknown'), 'c@x.test'),
    reply: '250 2.0.0',
    outcome: 'delivered-with-report',
    delivered: ['b@x.test', 'd@x.test', 'report:ada@contoso.com'],
  },
  {
    name: 'a whole variant is refused: the other gets it, the sender a report',
    variants: ['b@x.test', 'c@x.test'],
    fault: at('rcpt', say('550 5.1.1 unknown'), 'c@x.test'),
    reply: '250 2.0.0',
    outcome: 'delivered-with-report',
    delivered: ['b@x.test', 'report:ada@contoso.com'],
  },
  {
    name: 'the report is refused from the null sender: postmaster sends it',
    variants: ['b@x.test c@x.test'],
    fault: both(at('rcpt', say('550 5.1.1 unknown'), 'c@x.test'), ({ stage, from }) =>
      stage === 'rcpt' && from === '' ? say('550 5.7.1 no null senders') : undefined,
    ),
    reply: '250 2.0.0',
    outcome: 'delivered-with-report',
    delivered: ['ada@contoso.com', 'b@x.test'],
  },
  {
    name: 'the report is refused in both forms: the others get it and are remembered, the sender is told by the bounce',
    variants: ['b@x.test c@x.test'],
    fault: both(at('rcpt', say('550 5.1.1 unknown'), 'c@x.test'), reportRefused),
    reply: '550 5.1.1',
    outcome: 'refused',
    delivered: ['b@x.test'],
    remembered: 1,
    alarm: 'SIGNET_REPORT_REFUSED',
  },
  {
    name: 'the report is deferred: nothing is delivered',
    variants: ['b@x.test c@x.test'],
    fault: both(
      at('rcpt', say('550 5.1.1 unknown'), 'c@x.test'),
      at('rcpt', say('451 4.3.0 later'), 'ada@contoso.com'),
    ),
    reply: '451 4.3.0',
    outcome: 'deferred',
    delivered: [],
  },
  {
    name: 'a message without sender is reported to postmaster',
    variants: ['b@x.test c@x.test'],
    from: '',
    fault: at('rcpt', say('550 5.1.1 unknown'), 'c@x.test'),
    reply: '250 2.0.0',
    outcome: 'delivered-with-report',
    delivered: ['report:b@x.test', 'report:postmaster@contoso.com'],
  },
  {
    name: 'DATA is refused for one of two: that one is a refusal of its content',
    variants: ['b@x.test', 'c@x.test'],
    fault: at('data', say('554 5.6.0 no'), 'c@x.test'),
    reply: '250 2.0.0',
    outcome: 'delivered-with-report',
    delivered: ['b@x.test', 'report:ada@contoso.com'],
  },
  {
    name: 'all dots are answered 4xx',
    variants: ['b@x.test', 'c@x.test'],
    fault: at('dot', say('452 4.3.1 full')),
    reply: '451 4.3.0',
    outcome: 'deferred',
    delivered: [],
  },
  {
    name: 'all dots are answered 5xx',
    variants: ['b@x.test', 'c@x.test'],
    fault: at('dot', say('550 5.2.0 no')),
    reply: '550 5.2.0',
    outcome: 'refused',
    delivered: [],
  },
  {
    name: 'one dot is answered 4xx: the accepted recipients are remembered',
    variants: ['b@x.test', 'c@x.test d@x.test'],
    fault: at('dot', say('452 4.3.1 full'), 'b@x.test'),
    reply: '451 4.3.0',
    outcome: 'deferred',
    delivered: ['c@x.test,d@x.test'],
    remembered: 2,
  },
  {
    name: 'one dot gets no answer: the accepted recipients are remembered, the others may come twice',
    variants: ['b@x.test', 'c@x.test'],
    fault: at('reply', { kind: 'reset' }, 'b@x.test'),
    reply: '451 4.3.0',
    outcome: 'deferred',
    delivered: ['b@x.test', 'c@x.test'],
    remembered: 1,
  },
  {
    name: 'no dot gets an answer: nothing is remembered',
    variants: ['b@x.test'],
    fault: at('reply', { kind: 'reset' }),
    reply: '451 4.3.0',
    outcome: 'deferred',
    delivered: ['b@x.test'],
  },
  {
    name: 'one dot is answered 5xx: a report about it, and 250',
    variants: ['b@x.test', 'c@x.test'],
    fault: at('dot', say('550 5.2.0 no'), 'b@x.test'),
    reply: '250 2.0.0',
    outcome: 'delivered-with-report',
    delivered: ['c@x.test', 'report:ada@contoso.com'],
  },
  {
    name: 'one dot is answered 5xx and the report is refused: 4xx, the accepted recipients are remembered',
    variants: ['b@x.test', 'c@x.test'],
    fault: both(at('dot', say('550 5.2.0 no'), 'b@x.test'), reportRefused),
    reply: '451 4.3.0',
    outcome: 'deferred',
    delivered: ['c@x.test'],
    remembered: 1,
  },
  {
    name: 'the stamped form is refused for its content behind the dot: the original goes',
    variants: ['!b@x.test'],
    fault: ({ stage, connection }) => (stage === 'dot' && connection === 0 ? say('554 5.6.0 no') : undefined),
    reply: '250 2.0.0',
    outcome: 'delivered',
    delivered: ['b@x.test'],
    isOriginalInstead: true,
  },
  {
    name: 'the stamped form is refused for its size at MAIL: the original goes',
    variants: ['!b@x.test', 'c@x.test'],
    fault: ({ stage, connection }) =>
      stage === 'mail' && connection === 0 ? say('552 5.3.4 big') : undefined,
    reply: '250 2.0.0',
    outcome: 'delivered',
    delivered: ['b@x.test', 'c@x.test'],
    isOriginalInstead: true,
  },
  {
    name: 'the original is refused as well: its answer counts',
    variants: ['!b@x.test'],
    fault: at('dot', say('554 5.6.0 no')),
    reply: '554 5.6.0',
    outcome: 'refused',
    delivered: [],
    isOriginalInstead: true,
  },
  {
    name: 'one of two stamped forms is refused behind the dot and its original deferred: the other is remembered',
    variants: ['!b@x.test', '!c@x.test'],
    fault: both(
      ({ stage, connection, recipients }) =>
        stage === 'dot' && connection < 2 && recipients.includes('b@x.test')
          ? say('554 5.6.0 no')
          : undefined,
      ({ stage, connection }) => (stage === 'mail' && connection === 2 ? say('451 4.3.0 later') : undefined),
    ),
    reply: '451 4.3.0',
    outcome: 'deferred',
    delivered: ['c@x.test'],
    remembered: 1,
    isOriginalInstead: true,
  },
  {
    name: '421 in answer to RCPT ends it without a trace',
    variants: ['b@x.test', 'c@x.test'],
    fault: at('rcpt', { kind: 'say-and-close', text: '421 4.3.2 going down\r\n' }, 'c@x.test'),
    reply: '451 4.3.0',
    outcome: 'deferred',
    delivered: [],
  },
  {
    name: 'an answer that is none ends it without a trace',
    variants: ['b@x.test', 'c@x.test'],
    fault: at('data', say('<html>'), 'c@x.test'),
    reply: '451 4.4.1',
    outcome: 'deferred',
    delivered: [],
  },
];

for (const scenario of scenarios) {
  test(scenario.name, async () => {
    const { fault } = scenario;
    const nextHop = await startNextHop(fault ? { fault } : {});
    const { handBack, tenant, ledger, pool, close } = startHandBack(nextHop.port);
    const from = scenario.from === undefined ? {} : { from: scenario.from };
    const result = await handBack(makeJob(tenant, makeVariants(scenario.variants), from));
    close();
    await nextHop.close();
    const delivered = nextHop.deliveries.map(
      ({ from, recipients }) => `${from ? '' : 'report:'}${recipients}`,
    );
    assert.deepEqual(delivered.sort(), scenario.delivered);
    assert.equal(`${result.reply.code} ${result.reply.text}`.slice(0, 9), scenario.reply);
    assert.equal(result.outcome, scenario.outcome);
    assert.equal(result.alarm?.code, scenario.alarm);
    assert.equal(result.isOriginalInstead, scenario.isOriginalInstead ?? false);
    assert.equal(ledger.keys.size, scenario.remembered ?? 0);
    assert.equal(pool.takenCount(), 0);
  });
}
