/** The schema of the whole file as written, before files are read and names are checked. */
import { z } from 'zod';
import { cloudNames } from '../../microsoft/cloud.ts';
import { directory } from './directory.ts';
import { group, licence, person } from './people.ts';
import { preferences } from './preferences.ts';
import { nextHop, peer } from './relay.ts';
import { rule } from './rule.ts';
import { block, signature } from './signature.ts';
import { domain, expected, line, mapping, missing, text, value } from './words.ts';

const token = text('32 hexadecimal digits', value =>
  /^[0-9a-f]{32}$/i.test(value) ? value.toLowerCase() : undefined,
);

/** As templates write them; `tenant.name` is the tenant's own name and no field. */
const fields = z.record(
  z.string().regex(/^(?!name$)[\p{L}_][\p{L}\p{N}_-]{0,63}$/u, {
    error:
      'the name of a field is a letter, then letters, digits, hyphens and underscores, and not "name": rename it.',
  }),
  value,
);

const microsoft = mapping({
  tenantId: text("the tenant's id, such as 11111111-2222-3333-4444-555555555555", value =>
    /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value) ? value.toLowerCase() : undefined,
  ),
  cloud: z.enum(cloudNames).exactOptional(),
});

const tenant = mapping({
  name: line,
  id: line.exactOptional(),
  kind: z.enum(['smtp', 'exchange-online']).exactOptional(),
  mode: z.enum(['on', 'shadow', 'off']).exactOptional(),
  domains: z.array(domain).min(1, { error: 'a tenant signs mail of at least one domain: add it.' }),
  peers: z.array(peer).exactOptional(),
  nextHop: nextHop.exactOptional(),
  microsoft: microsoft.exactOptional(),
  token: token.exactOptional(),
  fields: fields.exactOptional(),
  delivery: preferences.shape.delivery,
  preferences: preferences.exactOptional(),
  blocks: z.array(block).exactOptional(),
  signatures: z.array(signature).exactOptional(),
  rules: z.array(rule).exactOptional(),
  groups: z.array(group).exactOptional(),
  people: z.array(person).exactOptional(),
  licences: z.array(licence).exactOptional(),
  directory: directory.exactOptional(),
}).superRefine((value, context) => {
  const say = (key: string, message: string) => context.addIssue({ code: 'custom', path: [key], message });
  const isExchange = value.kind === 'exchange-online';
  if (!value.nextHop && !isExchange) say('nextHop', missing);
  if (value.directory && 'graph' in value.directory && !isExchange)
    say('directory', 'only a tenant of the kind exchange-online has people in Graph: use csv or ldap.');
  if (value.microsoft && !isExchange)
    say('microsoft', 'only a tenant of the kind exchange-online has it: add "kind: exchange-online".');
  if (value.delivery !== undefined && value.preferences?.delivery !== undefined)
    context.addIssue({
      code: 'custom',
      path: ['delivery'],
      message: 'delivery stands here and in preferences: keep one of them.',
    });
});

export type WrittenTenant = z.infer<typeof tenant>;

export const bundle = mapping({
  version: z.literal(1, {
    error: ({ input }) => (input === undefined ? missing : expected('1, the only version there is', input)),
  }),
  tenants: z.array(tenant),
});

export type WrittenBundle = z.infer<typeof bundle>;
