/** Where a tenant's people come from: a CSV file, an LDAP server, or Microsoft Graph. What is not written keeps the source's default. */
import { z } from 'zod';
import { choice, line, mapping, prose, text, wholeNumber } from './words.ts';

const every = wholeNumber('a number of minutes from 5 to 10080', 5, 10_080);
/** '' leaves a field out. */
const column = text('the name of a column', value => value);
const names = z.record(z.string(), column);
const columnNames = z.record(
  z.string(),
  choice<string | string[]>(input => (Array.isArray(input) ? z.array(column) : column)),
);

const csv = mapping({
  file: line,
  encoding: z.enum(['auto', 'utf-8', 'utf-16le', 'utf-16be', 'windows-1252']).exactOptional(),
  separator: z.enum(['auto', ',', ';', '\t']).exactOptional(),
  columns: columnNames.exactOptional(),
});

const ldap = mapping({
  url: line,
  base: line,
  bindName: line.exactOptional(),
  passwordFile: line.exactOptional(),
  ca: prose.exactOptional(),
  caFile: line.exactOptional(),
  allowPlain: z.boolean().exactOptional(),
  flavour: z.enum(['auto', 'active-directory', 'openldap']).exactOptional(),
  groupBase: line.exactOptional(),
  filter: line.exactOptional(),
  groupFilter: line.exactOptional(),
  attributes: names.exactOptional(),
  photos: z.boolean().exactOptional(),
  includeDisabled: z.boolean().exactOptional(),
  timeLimitSeconds: wholeNumber('a number of seconds from 1 to 3600', 1, 3_600).exactOptional(),
}).superRefine(({ ca, caFile }, context) => {
  if (ca !== undefined && caFile !== undefined)
    context.addIssue({
      code: 'custom',
      path: ['caFile'],
      message: 'ca and caFile exclude each other: keep one of them.',
    });
});

const graph = mapping({ photos: z.boolean().exactOptional() });

const fromCsv = mapping({ csv, everyMinutes: every.exactOptional() });
const fromLdap = mapping({ ldap, everyMinutes: every.exactOptional() });

const fromGraph = mapping({ graph, everyMinutes: every.exactOptional() });

export type WrittenDirectory = z.infer<typeof fromCsv> | z.infer<typeof fromLdap> | z.infer<typeof fromGraph>;

export const directory = choice<WrittenDirectory>(input => {
  if (typeof input !== 'object' || input === null) return fromCsv;
  if ('graph' in input) return fromGraph;
  return 'ldap' in input ? fromLdap : fromCsv;
});
