import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findExchangers, type MxRecord } from '../../src/relay/mx.ts';

type Row = readonly [
  name: string,
  target: Parameters<typeof findExchangers>[0],
  records: readonly MxRecord[] | string,
  expected: readonly string[] | string,
];

const domain = { kind: 'mx', domain: 'contoso.com' } as const;

const table: readonly Row[] = [
  [
    'a fixed host is not looked up',
    { kind: 'host', host: 'mail.contoso.com' },
    'EFAIL',
    ['mail.contoso.com'],
  ],
  [
    'an international host becomes an A-label',
    { kind: 'host', host: 'münchen.de' },
    [],
    ['xn--mnchen-3ya.de'],
  ],
  ['an address in brackets is an address', { kind: 'host', host: '[192.0.2.1]' }, [], ['192.0.2.1']],
  ['an IPv6 address in brackets is one', { kind: 'host', host: '[IPv6:2001:db8::1]' }, [], ['2001:db8::1']],
  [
    'exchangers come by preference',
    domain,
    [
      { exchange: 'b.test', priority: 20 },
      { exchange: 'a.test', priority: 10 },
    ],
    ['a.test', 'b.test'],
  ],
  [
    'an exchanger named twice is tried once',
    domain,
    [
      { exchange: 'a.test', priority: 10 },
      { exchange: 'A.test.', priority: 20 },
    ],
    ['a.test'],
  ],
  [
    'more exchangers than are tried are cut from the end',
    domain,
    [4, 2, 1, 3].map(priority => ({ exchange: `m${priority}.test`, priority })),
    ['m1.test', 'm2.test', 'm3.test'],
  ],
  ['a null MX takes no mail', domain, [{ exchange: '', priority: 0 }], 'null-mx'],
  ['no MX record: the domain itself (RFC 5321 5.1)', domain, 'ENODATA', ['contoso.com']],
  ['an empty answer: the domain itself', domain, [], ['contoso.com']],
  ['no such name: the domain itself, whose address lookup then fails', domain, 'ENOTFOUND', ['contoso.com']],
  ['DNS is down: nothing is guessed', domain, 'ESERVFAIL', 'unresolved'],
  ['DNS does not answer: nothing is guessed', domain, 'ETIMEOUT', 'unresolved'],
];

for (const [name, target, records, expected] of table) {
  test(name, async () => {
    const resolveMx = () =>
      typeof records === 'string'
        ? Promise.reject(Object.assign(new Error(records), { code: records }))
        : Promise.resolve(records);
    const found = await findExchangers(target, { resolveMx, random: () => 0 }, 3);
    assert.deepEqual(found.kind === 'hosts' ? found.hosts : found.kind, expected);
  });
}

const within = ['.mail.protection.outlook.com', '.mx.microsoft'];
const microsoft = { kind: 'mx', domain: 'contoso.onmicrosoft.com', within } as const;

for (const [name, exchanges, expected] of [
  ['Microsoft’s own host', ['contoso.mail.protection.outlook.com'], ['contoso.mail.protection.outlook.com']],
  ['a host for DNSSEC', ['contoso-com.a-v1.mx.microsoft'], ['contoso-com.a-v1.mx.microsoft']],
  ['another host is left out', ['mx.evil.example', 'a.mx.microsoft'], ['a.mx.microsoft']],
  [
    'a host that only looks like it',
    ['mail.protection.outlook.com.evil.example', 'evilmx.microsoft'],
    'unresolved',
  ],
  ['no record at all', [], 'unresolved'],
] as const)
  test(`within known hosts: ${name}`, async () => {
    const records = exchanges.map(exchange => ({ exchange, priority: 10 }));
    const lookup = { resolveMx: () => Promise.resolve(records), random: () => 0 };
    const found = await findExchangers(microsoft, lookup, 3);
    assert.deepEqual(found.kind === 'hosts' ? found.hosts : found.kind, expected);
  });

test('exchangers of equal preference share the load', async () => {
  const records = ['a.test', 'b.test'].map(exchange => ({ exchange, priority: 10 }));
  const lots = [0.9, 0.1];
  const random = () => lots.shift() ?? 0;
  const found = await findExchangers(domain, { resolveMx: () => Promise.resolve(records), random }, 3);
  assert.deepEqual(found, { kind: 'hosts', hosts: ['b.test', 'a.test'] });
});
