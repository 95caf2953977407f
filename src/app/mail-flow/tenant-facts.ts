/** What must be known of a Microsoft 365 tenant before it is connected: its name, its domains, its groups. */
import { command } from '../../microsoft/exchange/cmdlets.ts';
import type { Row } from '../../microsoft/exchange/command.ts';
import type { Exchange, ExchangeReason } from '../../microsoft/exchange/exchange-types.ts';
import { done, type Outcome } from '../../microsoft/failure.ts';
import type { GroupChoice } from '../../microsoft/mail-flow-types.ts';
import { addressKey, domainOfKey } from '../../signature/address-key.ts';

export type TenantFacts = {
  /** As the organisation is called. */
  readonly organisation: string;
  readonly isDehydrated: boolean;
  /** Accepted domains as A-labels in lower case, the default one first. */
  readonly domains: readonly string[];
};

type Options = { readonly signal?: AbortSignal };
type Reading<Value> = Promise<Outcome<Value, ExchangeReason>>;

export async function readTenantFacts(
  exchange: Pick<Exchange, 'run'>,
  options: Options = {},
): Reading<TenantFacts> {
  const organisation = await exchange.run(command('Get-OrganizationConfig', {}), options);
  if (organisation.kind === 'failed') return organisation;
  const accepted = await exchange.run(command('Get-AcceptedDomain', {}), options);
  if (accepted.kind === 'failed') return accepted;
  const [config = {}] = organisation.value.rows;
  const sorted = accepted.value.rows.toSorted(
    (a, b) => Number(isTrue(b.Default)) - Number(isTrue(a.Default)),
  );
  return done({
    organisation: text(config.DisplayName) || text(config.Name),
    isDehydrated: isTrue(config.IsDehydrated),
    domains: sorted.map(({ DomainName }) => domainOfKey(addressKey(`@${text(DomainName)}`))).filter(Boolean),
  });
}

const kinds: Readonly<Record<string, GroupChoice['kind']>> = {
  MailUniversalDistributionGroup: 'distribution',
  MailUniversalSecurityGroup: 'mail-security',
  GroupMailbox: 'microsoft365',
};

const select = ['Name', 'DisplayName', 'PrimarySmtpAddress', 'RecipientTypeDetails'];

/** Thousands come in pages; sorted by name. Dynamic groups are listed with why they cannot be used (4.5). */
export async function readGroups(
  exchange: Pick<Exchange, 'run'>,
  options: Options = {},
): Reading<readonly GroupChoice[]> {
  const groups = await exchange.run(
    command('Get-Recipient', { RecipientTypeDetails: Object.keys(kinds), ResultSize: 'Unlimited' }),
    { ...options, select },
  );
  if (groups.kind === 'failed') return groups;
  const dynamic = await exchange.run(command('Get-DynamicDistributionGroup', { ResultSize: 'Unlimited' }), {
    ...options,
    select,
  });
  // Whoever may not list them cannot choose them either: a group that is not found is refused.
  const dynamicRows = dynamic.kind === 'ok' ? dynamic.value.rows : [];
  const choices = [
    ...groups.value.rows.map(row => choiceOf(row, kinds[text(row.RecipientTypeDetails)] ?? 'distribution')),
    ...dynamicRows.map(row => ({ ...choiceOf(row, 'dynamic'), refusal: dynamicRefusal })),
  ];
  return done(choices.filter(({ address }) => address).toSorted((a, b) => (a.name < b.name ? -1 : 1)));
}

const dynamicRefusal =
  'Exchange does not route by the members of a dynamic distribution group: choose another kind of group.';

function choiceOf(row: Row, kind: GroupChoice['kind']): GroupChoice {
  const address = addressKey(text(row.PrimarySmtpAddress));
  return { address, name: text(row.DisplayName) || text(row.Name) || address, kind };
}

function text(value: unknown) {
  return typeof value === 'string' ? value : '';
}

function isTrue(value: unknown) {
  return value === true || /^true$/i.test(String(value));
}
