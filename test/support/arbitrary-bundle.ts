/** Random bundles: every kind of entry, and text that YAML could misread. */
import fc from 'fast-check';
import type { Bundle, BundleRule, BundleTenant } from '../../src/bundle/bundle.ts';
import { personFields } from '../../src/signature/person.ts';
import type { AttributeTest, RecipientEntry, SenderEntry } from '../../src/signature/rule.ts';

type Arb<Value> = fc.Arbitrary<Value>;

/** Words that one reader of YAML or another takes for no text, and characters that mean something in it. */
const traps = [
  ...[
    'off',
    'on',
    'yes',
    'no',
    'n',
    'Y',
    'true',
    'null',
    '~',
    '1e3',
    '0x1f',
    '0o7',
    '017',
    '12:30',
    '1_000',
    '.5',
    '-',
    '?',
    '=',
  ],
  ...[
    '<<',
    '*a',
    '&a',
    '!x',
    '- x',
    'a: b',
    'a #b',
    '#x',
    '{x',
    '[x',
    '"x',
    "'x",
    '@x',
    '`x',
    '%x',
    '|',
    '>',
    '2026-12-01',
    '---',
  ],
  ...[
    '...',
    'é',
    '日本',
    '\u{1f600}',
    'a,b',
    'x:',
    ': x',
    '\\n',
    '\ufeffx',
    'x\u00a0y',
    'constructor',
    '__proto__',
  ],
];
const line = fc
  .oneof(fc.constantFrom(...traps), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }))
  .filter(
    text => text.trim() === text && text !== '' && !/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(text),
  );
const prose = fc
  .array(
    fc.oneof(
      fc.constantFrom(...traps, '', ' ', '  x', 'x ', '\t', '\u0085', '\u2028', '\u001b'),
      fc.string({ unit: 'grapheme', maxLength: 20 }),
    ),
    { maxLength: 5 },
  )
  .chain(lines => fc.constantFrom('', '\n', '\n\n').map(end => lines.join('\n') + end))
  // A bundle with NUL is refused: databases that take no NUL in a text could not keep it.
  .map(text =>
    text
      .replaceAll('\0', '')
      .replace(/\r\n?/g, '\n')
      .replace(/\bcid:/gi, 'cid '),
  );

const label = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
const domain = fc.tuple(label, label).map(([a, b]) => `${a}.${b}`);
const address = fc.tuple(label, domain).map(([local, name]) => `${local}@${name}`);
const some = <Value>(of: Arb<Value>, maxLength = 3) => fc.array(of, { maxLength });
const unique = <Value>(of: Arb<Value>, by: (value: Value) => string) =>
  fc.uniqueArray(of, { selector: by, maxLength: 4 });
const optional = <Shape extends object>(shape: { [Key in keyof Shape]: Arb<Shape[Key]> }) =>
  fc.record(shape, { requiredKeys: [] });

const group = line.map(id => ({ kind: 'group', id }) as const);
const domainEntry = domain.map(name => ({ kind: 'domain', domain: name }) as const);
const field = fc.oneof(
  fc.constantFrom(...personFields),
  label.map(name => `custom.${name}` as const),
);
const attribute = fc
  .record({
    field,
    is: fc.constantFrom('equal', 'not-equal', 'contains', 'empty', 'not-empty'),
    value: prose,
  })
  .map(test => ({ ...test, value: test.is.endsWith('empty') ? '' : test.value }) as AttributeTest);
const sender: Arb<SenderEntry> = fc.oneof(
  address.map(value => ({ kind: 'person', address: value }) as const),
  group,
  domainEntry,
  attribute.map(test => ({ kind: 'attribute', test }) as const),
);
const recipient: Arb<RecipientEntry> = fc.oneof(
  fc.constantFrom({ kind: 'internal' } as const, { kind: 'external' } as const),
  address.map(value => ({ kind: 'address', address: value }) as const),
  group,
  domainEntry,
);
const dimension = <Entry>(entry: Arb<Entry>) => fc.record({ include: some(entry), except: some(entry) });
const hour = fc.constantFrom('00:00', '07:30', '22:00');

const rule = (signatures: readonly string[]): Arb<BundleRule> =>
  fc.record(
    {
      id: line,
      name: line,
      enabled: fc.boolean(),
      senders: dimension(sender),
      recipients: dimension(recipient),
      message: fc.record(
        {
          conversation: fc.constantFrom('any', 'new', 'reply', 'first'),
          subjectWords: some(line),
          textWords: some(line),
          minBytes: fc.constantFrom(0, 5),
          maxBytes: fc.constantFrom(5, 1_000_000),
          importance: fc.constantFrom('any', 'low', 'normal', 'high'),
        },
        { requiredKeys: ['conversation', 'subjectWords', 'textWords', 'importance'] },
      ),
      time: fc.record(
        {
          from: fc.constantFrom('2026-01-31', '2026-01-31T08:00'),
          until: fc.constantFrom('2026-02-01', '2026-12-31T23:59'),
          weekdays: fc.subarray(['mon', 'tue', 'sat'] as const),
          hours: fc.record({ from: hour, until: hour }),
        },
        { requiredKeys: ['weekdays'] },
      ),
      action:
        signatures.length === 0
          ? fc.constant({ kind: 'no-signature' } as const)
          : fc.oneof(
              fc.constant({ kind: 'no-signature' } as const),
              fc
                .subarray([...signatures], { minLength: 1 })
                .map(names => ({ kind: 'sign', signatures: names }) as const),
            ),
      onMatch: fc.constantFrom('stop', 'continue'),
      onNoMatch: fc.constantFrom('continue', 'stop'),
    },
    {
      requiredKeys: [
        'name',
        'enabled',
        'senders',
        'recipients',
        'message',
        'time',
        'action',
        'onMatch',
        'onNoMatch',
      ],
    },
  ) as Arb<BundleRule>;

const content = fc.oneof(
  fc.record({ html: prose, text: prose }),
  fc.record({ html: prose }),
  fc.record({ text: prose }),
);
const section = fc.record({
  zone: fc.constantFrom('top', 'signature', 'bottom'),
  new: content,
  reply: fc.oneof(fc.constantFrom('same', 'none'), content),
});
const gif = fc.uint8Array({ maxLength: 150 }).map(rest => Buffer.from([...Buffer.from('GIF89a'), ...rest]));
const images = unique(
  fc.record({
    name: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,8}$/),
    type: fc.constant('image/gif'),
    bytes: gif,
  }),
  ({ name }) => name,
).map(list => list.sort((a, b) => (a.name < b.name ? -1 : 1)));

const signature = (blocks: readonly string[]) => {
  const own = section.map(value => ({ kind: 'own', section: value }) as const);
  const any =
    blocks.length === 0
      ? own
      : fc.oneof(
          own,
          fc.constantFrom(...blocks).map(block => ({ kind: 'block', block }) as const),
        );
  return fc.record(
    // Blocks have other names: a signature that shows a block may not have an image of the same name.
    {
      id: line,
      name: line,
      sections: fc.array(any, { minLength: 1, maxLength: 3 }),
      images: images.map(list => list.map(image => ({ ...image, name: `s.${image.name}` }))),
    },
    { requiredKeys: ['name', 'sections', 'images'] },
  );
};

const directory = fc.oneof(
  fc.record({
    source: fc.record({
      kind: fc.constant('csv'),
      file: label.map(name => `/srv/${name}.csv`),
      encoding: fc.constantFrom('auto', 'windows-1252'),
      separator: fc.constantFrom('auto', ';', '\t'),
      columns: fc.constantFrom({}, { email: 'Mail', groups: ['A', 'B'], city: '' }),
    }),
    password: fc.constant({}),
    everyMinutes: fc.constantFrom(60, 5),
  }),
  fc.record({
    source: fc.record({
      kind: fc.constant('ldap'),
      url: fc.constant('ldaps://dc1.firm.example'),
      allowPlain: fc.boolean(),
      ca: fc.constant(''),
      bindName: fc.constantFrom('', 'cn=reader,dc=firm'),
      flavour: fc.constantFrom('auto', 'openldap'),
      base: fc.constant('dc=firm,dc=example'),
      groupBase: fc.constantFrom('', 'ou=groups,dc=firm'),
      filter: fc.constantFrom('', '(objectClass=person)'),
      groupFilter: fc.constant(''),
      attributes: fc.constantFrom({}, { 'custom.room': 'roomNumber', city: '' }),
      photos: fc.boolean(),
      includeDisabled: fc.boolean(),
      timeLimitSeconds: fc.constantFrom(60, 10),
    }),
    password: fc.constant({}),
    everyMinutes: fc.constantFrom(60, 1_440),
  }),
);

const secret = fc.oneof(
  fc.constant({}),
  label.map(file => ({ file })),
);
const peer = fc.oneof(
  fc
    .constantFrom('127.0.0.1', '10.0.0.0/8', '2001:db8::/32')
    .map(block => ({ kind: 'address', block }) as const),
  fc.record({ kind: fc.constant('user'), user: line, password: secret }),
  line.map(name => ({ kind: 'certificate', name }) as const),
);
const target = fc.oneof(
  domain.map(host => ({ kind: 'host', host }) as const),
  domain.map(name => ({ kind: 'mx', domain: name }) as const),
);
const nextHop = fc.oneof(
  fc.record({
    target,
    port: fc.constantFrom(25, 587),
    tls: fc.constantFrom('required', 'opportunistic', 'off'),
  }),
  fc.record({
    target,
    port: fc.constant(25),
    tls: fc.constant('required'),
    auth: fc.record({ user: line, password: secret }),
  }),
);

const codeWord = fc.constantFrom('*sig*', '#here', 'null', undefined);
const preferences = optional({
  delivery: fc.constantFrom('one-for-all', 'per-recipient'),
  identity: fc.constantFrom('from', 'sender'),
  respectOtherProducts: fc.boolean(),
  codeWords: fc.oneof(fc.record({ place: codeWord }), fc.record({ place: codeWord, suppress: codeWord })),
  extraInternalDomains: some(domain),
  timeZone: fc.constantFrom('Europe/Berlin', 'UTC'),
  logRetentionDays: fc.nat({ max: 100 }).map(days => days + 1),
  alertAddresses: some(address),
});

const value = prose.filter(text => text !== '');
const person = fc
  .record({
    address,
    kind: fc.constantFrom('user', 'shared'),
    fields: optional({ displayName: value, jobTitle: value, extensionAttribute7: value }),
    custom: fc.dictionary(fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,5}$/), value, {
      maxKeys: 3,
      noNullPrototype: true,
    }),
    groups: some(line),
    photo: fc.option(gif, { nil: undefined }),
  })
  .map(({ photo: picture, ...made }) => ({ ...made, ...(picture && { photo: picture }) }))
  .map(made => ({ ...made, aliases: [`alias.${made.address}`] }));

export const arbitraryTenant: Arb<BundleTenant> = fc
  .record({
    blocks: unique(fc.tuple(line, section, images), ([name]) => name).map(list =>
      list.map(([name, shown, own], index) => ({
        name,
        ...shown,
        images: own.map(image => ({ ...image, name: `b${index}.${image.name}` })),
      })),
    ),
  })
  .chain(({ blocks }) =>
    unique(signature(blocks.map(({ name }) => name)), ({ name }) => name).chain(signatures =>
      fc.record(
        {
          id: fc.uuid(),
          name: line,
          kind: fc.constantFrom('smtp', 'exchange-online'),
          mode: fc.constantFrom('on', 'shadow', 'off'),
          domains: fc.tuple(fc.uuid()).map(([name]) => [`d${name}.example`]),
          peers: some(peer),
          nextHop,
          token: fc.constant('0123456789abcdef0123456789abcdef'),
          fields: fc.dictionary(fc.stringMatching(/^[A-Z\u00c4][A-Za-z0-9_-]{0,5}$/), value, {
            maxKeys: 3,
            noNullPrototype: true,
          }),
          preferences,
          directory,
          blocks: fc.constant(blocks),
          signatures: fc.constant(signatures),
          rules: unique(rule(signatures.map(({ name }) => name)), ({ name }) => name),
          groups: unique(fc.record({ name: line, address }, { requiredKeys: ['name'] }), ({ name }) => name),
          people: unique(person, ({ address: own }) => own),
          licences: some(
            fc.record(
              { seats: fc.constantFrom(1, 500), until: fc.constant('2027-01-31'), note: line },
              { requiredKeys: ['seats'] },
            ),
          ),
        },
        {
          requiredKeys: [
            'name',
            'kind',
            'mode',
            'domains',
            'peers',
            'nextHop',
            'fields',
            'preferences',
            'blocks',
            'signatures',
            'rules',
            'groups',
            'people',
            'licences',
          ],
        },
      ),
    ),
  )
  .filter(hasOneOfEachId) as Arb<BundleTenant>;

export const arbitraryBundle: Arb<Bundle> = unique(arbitraryTenant, ({ name }) => name).map(tenants => ({
  version: 1,
  tenants,
}));

/** An id that is left out is the name. */
function hasOneOfEachId(tenant: unknown): boolean {
  const { signatures, rules } = tenant as BundleTenant;
  return [signatures, rules].every(list => {
    const ids = list.map(({ id, name }) => id ?? name);
    return new Set(ids).size === ids.length;
  });
}
