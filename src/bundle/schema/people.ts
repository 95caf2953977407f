/** People and groups that stand in the bundle itself, for sites without a directory; and licences. */
import { z } from 'zod';
import { type PersonField, personFields } from '../../signature/person.ts';
import type { BundlePerson } from '../bundle.ts';
import { image, type WrittenImage } from './signature.ts';
import { address, line, mapping, text, value, wholeNumber } from './words.ts';

const fieldShape = Object.fromEntries(personFields.map(name => [name, value.exactOptional()])) as Record<
  PersonField,
  z.ZodExactOptional<typeof value>
>;

/** A person whose photo is not read yet. */
export type WrittenPerson = Omit<BundlePerson, 'photo'> & { readonly photo?: WrittenImage };

export const person = mapping({
  address,
  kind: z.enum(['user', 'shared']).exactOptional(),
  aliases: z.array(address).exactOptional(),
  ...fieldShape,
  custom: z
    .record(
      z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/, {
        error: 'the name of an attribute is letters, digits and underscores: rename it.',
      }),
      value,
    )
    .exactOptional(),
  groups: z.array(line).exactOptional(),
  manager: address.exactOptional(),
  photo: image.exactOptional(),
}).transform(
  ({
    address: primary,
    kind = 'user',
    aliases = [],
    custom = {},
    groups = [],
    manager,
    photo,
    ...fields
  }): WrittenPerson => ({
    address: primary,
    kind,
    aliases,
    fields: fields as BundlePerson['fields'],
    custom,
    groups,
    ...(manager === undefined ? {} : { manager }),
    ...(photo === undefined ? {} : { photo }),
  }),
);

export const group = mapping({ name: line, address: address.exactOptional() });

const day = text('a day such as 2026-12-31', input =>
  /^\d{4}-\d\d-\d\d$/.test(input) && new Date(`${input}T00:00:00Z`).toJSON()?.startsWith(input)
    ? input
    : undefined,
);

export const licence = mapping({
  seats: wholeNumber('a number of seats', 1, 10_000_000),
  from: day.exactOptional(),
  until: day.exactOptional(),
  note: line.exactOptional(),
}).superRefine(({ from, until }, context) => {
  if (from && until && until < from)
    context.addIssue({
      code: 'custom',
      path: ['until'],
      message: 'the licence ends before it begins: correct from or until.',
    });
});
