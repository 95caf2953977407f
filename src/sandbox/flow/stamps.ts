/**
 * The header fields that Exchange adds, renames and takes away (exchange-online.md 8.1 and 8.2). Pure. Three states of a
 * message: inside (`X-MS-Exchange-Organization-*`), on its way out (`X-MS-Exchange-CrossTenant-*`, and with a connector
 * that keeps internal headers `X-MS-Exchange-CrossPremises-*`), and come back.
 */
import { addressesOf, domainOf } from './addresses.ts';
import type { Attribution, Caller } from './attribution.ts';
import { allOf, type Field, field, firstOf, type Message, onTop, renamed, without } from './message.ts';
import type { Verdict } from './seals.ts';

export type Place = {
  /** Time in milliseconds. */
  readonly now: number;
  /** Host names of this hop. */
  readonly by: string;
  readonly from: string;
  readonly id: string;
};

const organisation = 'x-ms-exchange-organization-';
const crossPremises = 'x-ms-exchange-crosspremises-';
const crossTenant = 'x-ms-exchange-crosstenant-';
/** The one field of its kind that travels on to the receiver: by it a vendor's traces show the second pass. */
const attributedIp = 'x-ms-exchange-crosstenant-originalattributedtenantconnectingip';
const server = 'DB9PR05MB0001.eurprd05.prod.outlook.com';

export function received({ now, by, from, id }: Place, how: string): Field {
  return field('Received', `from ${from}\r\n by ${by} with ${how}\r\n id ${id}; ${dateOf(now)}`);
}

/** RFC 5322 3.3. */
export function dateOf(now: number): string {
  return new Date(now).toUTCString().replace('GMT', '+0000');
}

export type Submitter = { readonly messageId: string; readonly networkId: string; readonly now: number };

/** What a mailbox server adds to a message that one of its people sends. */
export function submitted(message: Message, { messageId, networkId, now }: Submitter): Message {
  const missing = (name: string, value: string) =>
    firstOf(message, name) === undefined ? [field(name, value)] : [];
  const subject = firstOf(message, 'Subject') ?? '';
  const place = { now, by: server, from: server, id: '15.20.9000.10' };
  return onTop(message, [
    received(place, 'mapi'),
    ...missing('Message-ID', messageId),
    ...missing('Date', dateOf(now)),
    ...missing('Thread-Topic', subject.replace(/^((re|fw|fwd|aw|wg):\s*)+/i, '')),
    ...missing('X-MS-Has-Attach', /name=/i.test(message.body.toString('latin1', 0, 200_000)) ? 'yes' : ''),
    ...missing('X-MS-TNEF-Correlator', ''),
    field('X-MS-Exchange-Organization-ExpirationStartTime', dateOf(now)),
    field('X-MS-Exchange-Organization-ExpirationInterval', '1:00:00:00.0000000'),
    field('X-MS-Exchange-Organization-ExpirationIntervalReason', 'OriginalSubmit'),
    field('X-MS-Exchange-Organization-Network-Message-Id', networkId),
    field('X-MS-Exchange-Organization-MessageDirectionality', 'Originating'),
    field('X-MS-Exchange-Organization-AuthAs', 'Internal'),
    field('X-MS-Exchange-Organization-AuthMechanism', '04'),
    field('X-MS-Exchange-Organization-AuthSource', server),
    field('X-MS-Exchange-Organization-SCL', '-1'),
  ]);
}

export type Leaving = {
  readonly tenantId: string;
  /** A domain of the tenant's. */
  readonly originatorOrg: string;
  readonly now: number;
  /** The connector keeps internal headers (`CloudServicesMailEnabled`). */
  readonly keepsInternal: boolean;
  readonly authenticationResults: string;
};

/** What leaves the organisation: internal fields are kept under another name or taken away, and the tenant is told. */
export function leaving(message: Message, wish: Leaving): Message {
  const from = addressesOf(firstOf(message, 'From') ?? '')[0] ?? '';
  const networkId = firstOf(message, 'X-MS-Exchange-Organization-Network-Message-Id') ?? '';
  const authAs = firstOf(message, 'X-MS-Exchange-Organization-AuthAs') ?? 'Anonymous';
  const isHosted = firstOf(message, 'X-MS-Exchange-CrossTenant-FromEntityHeader') === undefined;
  const entity = isHosted ? 'Hosted' : (firstOf(message, 'X-MS-Exchange-CrossTenant-FromEntityHeader') ?? '');
  const preserved = wish.keepsInternal ? crossPremisesFields(message) : [];
  const kept = without(
    {
      ...message,
      fields: message.fields.filter(
        ({ name }) =>
          name === attributedIp || !(name.startsWith(organisation) || name.startsWith(crossTenant)),
      ),
    },
    ['X-OriginatorOrg', 'X-MS-Exchange-Transport-CrossTenantHeadersStamped', 'X-MS-Exchange-SenderADCheck'],
  );
  return onTop(kept, [
    field('Authentication-Results', wish.authenticationResults),
    field('X-MS-Exchange-SenderADCheck', '1'),
    field('X-Forefront-Antispam-Report', 'CIP:255.255.255.255;CTRY:;LANG:en;SCL:1;SFV:NSPM;DIR:OUT;'),
    field('X-Microsoft-Antispam', 'BCL:0;ARA:13230040|1800799024|366016;'),
    ...preserved,
    field('X-OriginatorOrg', wish.originatorOrg),
    field('X-MS-Exchange-CrossTenant-Network-Message-Id', networkId),
    field('X-MS-Exchange-CrossTenant-AuthSource', server),
    field('X-MS-Exchange-CrossTenant-AuthAs', authAs),
    field('X-MS-Exchange-CrossTenant-OriginalArrivalTime', dateOf(wish.now)),
    field('X-MS-Exchange-CrossTenant-FromEntityHeader', entity),
    field('X-MS-Exchange-CrossTenant-Id', wish.tenantId),
    field('X-MS-Exchange-CrossTenant-MailboxType', isHosted ? 'HOSTED' : ''),
    field('X-MS-Exchange-CrossTenant-UserPrincipalName', isHosted ? from : ''),
    field('X-MS-Exchange-Transport-CrossTenantHeadersStamped', server),
  ]);
}

function crossPremisesFields(message: Message): Field[] {
  const kept = message.fields
    .filter(({ name }) => name.startsWith(organisation))
    .map(({ raw }) => {
      const name = `X-MS-Exchange-CrossPremises-${raw.slice(organisation.length, raw.indexOf(':'))}`;
      return { name: name.toLowerCase(), raw: `${name}${raw.slice(raw.indexOf(':'))}` };
    });
  return [...kept, field('X-OrganizationHeadersPreserved', server)];
}

export type Return = {
  readonly attribution: Exclude<Attribution, { kind: 'refused' }>;
  readonly caller: Caller;
  readonly now: number;
  readonly host: string;
  readonly id: string;
  readonly networkId: string;
  readonly verdict: Verdict;
};

/** What came in by SMTP, as Exchange takes it in: foreign state is stripped, internal state promoted where it may be. */
export function arrived(message: Message, back: Return): Message {
  const { attribution, caller, now, host, id } = back;
  const isOwn = attribution.kind === 'own';
  const stripped = stripForeign(demoteSpamFields(message));
  const promoted = mayPromote(message, attribution)
    ? promote(stripped)
    : withoutPrefix(stripped, crossPremises);
  const authAs = authAsOf(promoted, attribution);
  const kept = without(promoted, [
    'X-MS-Exchange-Organization-AuthAs',
    'X-MS-Exchange-Organization-MessageDirectionality',
    'X-OrganizationHeadersPreserved',
    'X-EOPAttributedMessage',
  ]);
  const networkId = firstOf(kept, 'X-MS-Exchange-Organization-Network-Message-Id') ?? back.networkId;
  return onTop(without(kept, ['X-MS-Exchange-Organization-Network-Message-Id']), [
    received(
      { now, by: host, from: `${caller.helo} (${caller.address})`, id },
      `Microsoft SMTP Server${caller.isSecure ? '\r\n (version=TLS1_3, cipher=TLS_AES_256_GCM_SHA384)' : ''}`,
    ),
    field('Authentication-Results', authenticationResults(back.verdict, message)),
    field('X-EOPAttributedMessage', '0'),
    field('X-MS-Exchange-Organization-Network-Message-Id', networkId),
    field('X-MS-Exchange-Organization-MessageDirectionality', isOwn ? 'Originating' : 'Incoming'),
    field('X-MS-Exchange-Organization-AuthAs', authAs),
    field('X-MS-Exchange-Transport-CrossTenantHeadersStripped', server),
    field('X-MS-Exchange-CrossTenant-FromEntityHeader', isOwn ? 'HybridOnPrem' : 'Internet'),
    ...(isOwn
      ? [
          field(
            'X-MS-Exchange-CrossTenant-OriginalAttributedTenantConnectingIp',
            `TenantId=${attribution.tenant.id};Ip=[${caller.address}];Helo=[${caller.helo}]`,
          ),
        ]
      : []),
  ]);
}

/** 8.1: the flag on the connector, and attribution by certificate; and only what a server of ours has kept. */
function mayPromote(message: Message, attribution: Return['attribution']): boolean {
  return (
    attribution.kind === 'own' &&
    attribution.by === 'certificate' &&
    attribution.connector.CloudServicesMailEnabled &&
    allOf(message, 'X-OrganizationHeadersPreserved').length > 0
  );
}

function authAsOf(message: Message, attribution: Return['attribution']): 'Internal' | 'Anonymous' {
  if (attribution.kind === 'own' && attribution.connector.TreatMessagesAsInternal) return 'Internal';
  return firstOf(message, 'X-MS-Exchange-Organization-AuthAs') === 'Internal' ? 'Internal' : 'Anonymous';
}

function promote(message: Message): Message {
  return renamed(message, name =>
    name.toLowerCase().startsWith(crossPremises)
      ? `X-MS-Exchange-Organization-${name.slice(crossPremises.length)}`
      : undefined,
  );
}

/** The header firewall: nobody outside may say how this organisation judged a message. */
function stripForeign(message: Message): Message {
  return withoutPrefix(withoutPrefix(message, organisation), crossTenant);
}

function withoutPrefix(message: Message, prefix: string): Message {
  return { ...message, fields: message.fields.filter(({ name }) => !name.startsWith(prefix)) };
}

const demoted: Readonly<Record<string, string>> = {
  'x-microsoft-antispam': 'X-Microsoft-Antispam-Untrusted',
  'x-forefront-antispam-report': 'X-Forefront-Antispam-Report-Untrusted',
  'x-microsoft-antispam-message-info': 'X-Microsoft-Antispam-Message-Info-Original',
  'authentication-results': 'Authentication-Results-Original',
};

function demoteSpamFields(message: Message): Message {
  return renamed(message, name => demoted[name.toLowerCase()]);
}

export function authenticationResults(verdict: Verdict, message: Message): string {
  const from = domainOf(addressesOf(firstOf(message, 'From') ?? '')[0] ?? '');
  const { dkim, dkimReason, dkimDomain = 'none' } = verdict;
  const reason = dkim === 'none' ? ' (message not signed)' : dkimReason ? ` (${dkimReason})` : '';
  const dmarc = dkim === 'pass' && dkimDomain === from ? 'pass' : 'none';
  const arc = verdict.arc === 'none' ? '' : `;arc=${verdict.arc}`;
  return `spf=none smtp.mailfrom=${from};dkim=${dkim}${reason} header.d=${dkimDomain};dmarc=${dmarc} action=none header.from=${from}${arc}`;
}

/** Exchange's internal fields, which nobody outside gets to see. */
export function withoutInternal(message: Message): Message {
  return withoutPrefix(message, organisation);
}
