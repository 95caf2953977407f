export const tenants = {
  title: 'Tenants',
  all: 'All tenants',
  search: 'Search tenants',
  none: 'No tenant is set up yet.',
  noneHow: 'Add one with a configuration file: see “signet import” in the README.',
  nothing: (text: string) => `No tenant’s name or domain contains “${text}”.`,
  name: 'Name',
  domains: 'Domains',
  signing: 'Signing',
  today: 'Signed today',
  more: (count: string) => `and ${count} more: narrow the search`,
};
