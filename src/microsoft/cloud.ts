/**
 * Microsoft's clouds: where one signs in, where Exchange and Graph answer, and under which names tenants take mail
 * (exchange-online.md 1.8, 6). Every address that `src/microsoft` calls comes from such a value. A tenant's settings hold
 * a `CloudName`, and no such name leads to a simulated tenant: `signet demo` hands in a `Cloud` of its own.
 */
export const cloudNames = ['worldwide', 'us-government-high', 'us-government-dod', 'china'] as const;

export type CloudName = (typeof cloudNames)[number];

/** What a stored tenant may hold. `sandbox` leads nowhere but in the data folder of a demonstration: see README.md. */
export type StoredCloudName = CloudName | 'sandbox';

export type Cloud = {
  readonly name: StoredCloudName;
  /** Origin of the sign-in, `https`, without a slash at the end. */
  readonly login: string;
  /** Origin of the Exchange admin API; also the resource its tokens are for. */
  readonly exchange: string;
  /** Suffixes of the hosts to which an Exchange token may go: pages and redirects lead to regional ones. */
  readonly exchangeHosts: readonly string[];
  /** Origin of Microsoft Graph; also the resource its tokens are for. */
  readonly graph: string;
  /** Suffix of the hosts that take a tenant's mail: `contoso-com` + this. */
  readonly mailHosts: string;
};

const clouds: Readonly<Record<CloudName, Cloud>> = {
  worldwide: {
    name: 'worldwide',
    login: 'https://login.microsoftonline.com',
    exchange: 'https://outlook.office365.com',
    exchangeHosts: ['.office365.com', '.outlook.com', '.office.com'],
    graph: 'https://graph.microsoft.com',
    mailHosts: '.mail.protection.outlook.com',
  },
  'us-government-high': {
    name: 'us-government-high',
    login: 'https://login.microsoftonline.us',
    exchange: 'https://outlook.office365.us',
    exchangeHosts: ['.office365.us'],
    graph: 'https://graph.microsoft.us',
    mailHosts: '.mail.protection.office365.us',
  },
  'us-government-dod': {
    name: 'us-government-dod',
    login: 'https://login.microsoftonline.us',
    exchange: 'https://outlook-dod.office365.us',
    exchangeHosts: ['.office365.us'],
    graph: 'https://dod-graph.microsoft.us',
    mailHosts: '.mail.protection.office365.us',
  },
  china: {
    name: 'china',
    login: 'https://login.partner.microsoftonline.cn',
    exchange: 'https://outlook.office365.cn',
    exchangeHosts: ['.office365.cn', '.outlook.cn'],
    graph: 'https://microsoftgraph.chinacloudapi.cn',
    mailHosts: '.mail.protection.partner.outlook.cn',
  },
};

/** The cloud of a tenant's setting. */
export function cloudOf(name: CloudName): Cloud {
  return clouds[name];
}

/** Whether `text`, from a file or a form, names one of Microsoft's clouds. */
export function isCloudName(text: string): text is CloudName {
  return (cloudNames as readonly string[]).includes(text);
}
