/**
 * How long a plan takes: 500 rules and 50,000 people, for one recipient and for 1,000, alone and with rendering and
 * stamping of an 8 KB message. `npx tsx scripts/bench/rules.ts`; figures are microseconds: median, 99th
 * percentile, and processor time for each call, which a busy machine does not lengthen.
 */
import { createPeopleIndex } from '../../src/directory/people.ts';
import { examine } from '../../src/mail/examine.ts';
import { type CompiledSignature, compileSignature } from '../../src/signature/compile.ts';
import type { Person } from '../../src/signature/person.ts';
import { createSigningTenant } from '../../src/signature/plan.ts';
import { defaultPreferences } from '../../src/signature/preferences.ts';
import { renderSignature } from '../../src/signature/render.ts';
import type { Rule } from '../../src/signature/rule.ts';
import type { Preferences, SigningTenant } from '../../src/signature/tenant.ts';

const ruleCount = 500;
const peopleCount = 50_000;
const groupCount = 5_000;

const groups = Array.from({ length: groupCount }, (_, at) => ({ id: `g${at}`, name: `Group ${at}` }));
const people: Person[] = Array.from({ length: peopleCount }, (_, at) => ({
  id: `p${at}`,
  kind: 'user',
  address: `person${at}@example.com`,
  aliases: [`p${at}@example.org`],
  fields: {
    displayName: `Person Number ${at}`,
    jobTitle: at % 3 ? 'Engineer' : 'Manager',
    department: `Department ${at % 40}`,
    email: `person${at}@example.com`,
    businessPhone: '+49 30 1234567',
  },
  custom: {},
  groups: Array.from({ length: 20 }, (_, nth) => `g${(at * 7 + nth * 131) % groupCount}`),
}));

/** As organisations have them: by group, department, recipient and time; the last one, for everybody, gives the signature. */
const rules: Rule[] = Array.from({ length: ruleCount }, (_, at) => {
  const isLast = at === ruleCount - 1;
  return {
    id: `r${at}`,
    name: `Rule ${at}`,
    enabled: true,
    senders: {
      include: isLast
        ? []
        : at % 3 === 0
          ? [
              { kind: 'group', id: `g${(at * 11) % groupCount}` },
              { kind: 'group', id: `g${(at * 13) % groupCount}` },
            ]
          : [
              {
                kind: 'attribute',
                test: { field: 'department', is: 'equal', value: `Department ${40 + at}` },
              },
            ],
      except: [],
    },
    recipients: {
      include:
        at % 5 === 0
          ? [{ kind: 'external' }]
          : at % 7 === 0
            ? [{ kind: 'domain', domain: `partner${at}.example` }]
            : [],
      except: [],
    },
    message: {
      conversation: 'any',
      subjectWords: at % 50 === 1 ? ['offer', 'quotation'] : [],
      textWords: [],
      importance: 'any',
    },
    time: at % 10 === 3 ? { weekdays: ['mon', 'tue'], from: '2026-01-01' } : { weekdays: [] },
    action: { kind: 'sign', signatures: ['Full'] },
    onMatch: isLast ? 'stop' : 'continue',
    onNoMatch: 'continue',
  };
});

/** The same with conditions on recipients only: each rule is asked of each recipient. */
const recipientRules: Rule[] = rules.map((rule, at) => ({
  ...rule,
  senders: { include: [], except: [] },
  time: { weekdays: [] },
  recipients: {
    include: [
      { kind: 'domain', domain: `partner${at}.example` },
      { kind: 'group', id: `g${at}` },
    ],
    except: [{ kind: 'address', address: `x@partner${at}.example` }],
  },
}));

const compiled = compileSignature(
  {
    id: 's',
    name: 'Full',
    sections: [
      {
        zone: 'signature',
        new: {
          html: '<p>{{person.displayName}}</p><p>{{person.jobTitle}}, {{person.department}}</p><table><tr><td>Phone</td><td>{{person.businessPhone | phone:international}}</td></tr><tr><td>Mobile</td><td>{{person.mobilePhone}}</td></tr></table>',
        },
        reply: 'same',
      },
    ],
    images: [],
  },
  {},
);
if (compiled.kind !== 'ok') throw new Error(compiled.problems.map(({ sentence }) => sentence).join('\n'));
const signatures = new Map<string, CompiledSignature>([['Full', compiled.value]]);

const index = createPeopleIndex();
for (const group of groups) index.putGroup(group);
for (const person of people) index.put(person);

function tenantOf(of: readonly Rule[], preferences: Partial<Preferences>): SigningTenant {
  return createSigningTenant({
    domains: ['example.com', 'example.org'],
    preferences: { ...defaultPreferences, timeZone: 'Europe/Berlin', ...preferences },
    people: index,
    groups,
    rules: of,
    signatures,
    render: renderSignature,
    tenant: { name: 'Bench', fields: {} },
  });
}

const letter = Buffer.from(
  [
    'From: Person <person4711@example.com>',
    'To: bob@partner.example',
    'Subject: about the project',
    'MIME-Version: 1.0',
    'Content-Type: text/html; charset=utf-8',
    '',
    '<html><body>',
    ...Array.from(
      { length: 95 },
      (_, at) => `<p>Paragraph ${at}: the quick brown fox jumps over the lazy dog, again.</p>`,
    ),
    '</body></html>',
    '',
  ].join('\r\n'),
);

function measure(name: string, times: number, run: (at: number) => unknown) {
  for (let at = 0; at < times / 4; at++) run(at);
  const taken: number[] = [];
  const processor = process.cpuUsage();
  for (let at = 0; at < times; at++) {
    const begun = performance.now();
    run(at);
    taken.push((performance.now() - begun) * 1_000);
  }
  const { user, system } = process.cpuUsage(processor);
  taken.sort((a, b) => a - b);
  const at = (part: number) => `${Math.round(taken[Math.floor(taken.length * part)] ?? 0)}`.padStart(7);
  process.stdout.write(
    `${name.padEnd(66)} ${at(0.5)} ${at(0.99)} ${`${Math.round((user + system) / times)}`.padStart(7)}\n`,
  );
}

const options = { token: '0'.repeat(32), id: 'bench', domains: ['example.com', 'example.org'] };
const now = Date.UTC(2026, 10, 25, 10);
const senderOf = (at: number) => `person${(at * 7_919) % peopleCount}@example.com`;
const factsFor = (at: number) => ({
  from: { address: senderOf(at), name: 'Person' },
  sender: undefined,
  subject: 'about the project',
  isReply: false,
  importance: 'normal' as const,
  sizeBytes: letter.length,
});
const stranger = ['bob@partner.example'];
const strangers = Array.from({ length: 1_000 }, (_, at) => `someone@partner${at}.example`);
const colleagues = Array.from({ length: 1_000 }, (_, at) => `person${at * 31}@example.com`);

const begun = performance.now();
const tenant = tenantOf(rules, {});
process.stdout.write(
  `${ruleCount} rules, ${peopleCount} people, a message of ${letter.length} bytes; compiled in ${Math.round(performance.now() - begun)} ms\n`,
);
process.stdout.write(`${''.padEnd(66)}  median     p99     cpu\n`);
measure('plan, 1 recipient', 5_000, at => tenant.plan({ facts: factsFor(at), recipients: stranger, now }));
measure('read + plan + render + stamp, 1 recipient', 3_000, () => {
  const examined = examine(letter, options);
  const plan = tenant.plan({ facts: examined.facts(tenant.needs), recipients: stranger, now });
  return plan.variants.map(({ sections }) => examined.stamp(sections));
});
const parted = tenantOf(rules, { delivery: 'per-recipient' });
measure('plan, 1,000 recipients elsewhere, per recipient', 300, at =>
  parted.plan({ facts: factsFor(at), recipients: strangers, now }),
);
const asked = tenantOf(recipientRules, { delivery: 'per-recipient' });
measure('plan, 1,000 recipients of 501 classes, 500 rules about recipients', 100, at =>
  asked.plan({ facts: factsFor(at), recipients: strangers, now }),
);
measure('plan, 1,000 colleagues in 20 groups each, 500 rules about recipients', 100, at =>
  asked.plan({ facts: factsFor(at), recipients: colleagues, now }),
);
measure('trace of one message', 300, at =>
  tenant.plan({ facts: factsFor(at), recipients: stranger, now }).variants[0]?.trace(),
);
