import type { Texts } from '../texts.ts';

export const tenants: Texts['tenants'] = {
  title: 'Mandanten',
  all: 'Alle Mandanten',
  search: 'Mandanten suchen',
  none: 'Noch ist kein Mandant eingerichtet.',
  noneHow: 'Legen Sie einen mit einer Konfigurationsdatei an: siehe „signet import“ in der README.',
  nothing: text => `Kein Name und keine Domäne eines Mandanten enthält „${text}“.`,
  name: 'Name',
  domains: 'Domänen',
  signing: 'Signieren',
  today: 'Heute signiert',
  more: count => `und ${count} weitere: Suche eingrenzen`,
};
