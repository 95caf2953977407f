/** A directory source as written -> with its defaults, its password and its authority read in; and back. */
import type { CsvSource } from '../directory/csv.ts';
import type { LdapSource } from '../directory/ldap-settings.ts';
import type { BundleDirectory } from './bundle.ts';
import type { Files } from './files.ts';
import type { WrittenDirectory } from './schema/directory.ts';
import { compact } from './short-forms.ts';
import type { Path } from './source.ts';

/** An hour: people change job more often than that only on paper. */
export const defaultMinutes = 60;

const csvDefaults = { kind: 'csv', encoding: 'auto', separator: 'auto', columns: {} } as const;
const graphDefaults = { kind: 'graph', photos: true } as const;
const ldapDefaults = {
  kind: 'ldap',
  allowPlain: false,
  ca: '',
  bindName: '',
  flavour: 'auto',
  groupBase: '',
  filter: '',
  groupFilter: '',
  attributes: {},
  photos: true,
  includeDisabled: false,
  timeLimitSeconds: 60,
} as const;

/** Graph's one setting is always written: its name needs something to stand before. */
const defaultsOf = { csv: csvDefaults, ldap: ldapDefaults, graph: {} } as const;

export async function readDirectory(
  { files }: { readonly files: Files },
  path: Path,
  written: WrittenDirectory,
): Promise<BundleDirectory> {
  const { everyMinutes = defaultMinutes } = written;
  if ('csv' in written)
    return { everyMinutes, source: { ...csvDefaults, ...written.csv } as CsvSource, password: {} };
  if ('graph' in written)
    return { everyMinutes, source: { ...graphDefaults, ...written.graph }, password: {} };
  const { passwordFile, caFile, ...ldap } = written.ldap;
  const ca = caFile === undefined ? ldap.ca : await files.text([...path, 'ldap', 'caFile'], caFile);
  const password = await files.secret([...path, 'ldap', 'passwordFile'], passwordFile);
  const source = { ...ldapDefaults, ...ldap, ...(ca === undefined ? {} : { ca }) } as LdapSource;
  return { everyMinutes, source, password };
}

export function writtenDirectory({ everyMinutes, source, password }: BundleDirectory) {
  const { kind, ...settings } = source;
  const defaults: Readonly<Record<string, unknown>> = defaultsOf[kind];
  const chosen = Object.entries(settings)
    .filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(defaults[key]))
    .sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return compact({
    [kind]: compact({
      ...Object.fromEntries(chosen.map(([key, value]) => [key, sorted(value)])),
      passwordFile: password.file,
    }),
    everyMinutes: everyMinutes === defaultMinutes ? undefined : everyMinutes,
  });
}

/** What tells most about a source stands first, the rest by name. */
function rank(key: string) {
  const at = ['file', 'url', 'base', 'bindName'].indexOf(key);
  return at < 0 ? Number.MAX_SAFE_INTEGER : at;
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Whether the source asks for a password that nobody has given. */
export function lacksPassword({ source, password }: BundleDirectory): boolean {
  return source.kind === 'ldap' && source.bindName !== '' && password.value === undefined;
}
