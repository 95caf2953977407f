/** People and groups that stand in the bundle -> what rules and templates look into. Groups are known by name. */
import type { BundlePerson, BundleTenant } from '../bundle/bundle.ts';
import { createPeopleIndex } from '../directory/people.ts';
import type { People, Person } from '../signature/person.ts';

export function peopleOf({ people, groups }: Pick<BundleTenant, 'people' | 'groups'>): People {
  const index = createPeopleIndex();
  for (const person of people) index.put(personOf(person));
  for (const { name, address } of groups)
    index.putGroup({ id: name, name, ...(address === undefined ? {} : { address }) });
  return index;
}

function personOf({ address, kind, aliases, fields, custom, groups, manager }: BundlePerson): Person {
  return {
    id: address,
    kind,
    address,
    aliases,
    fields: { email: address, ...fields },
    custom,
    groups,
    ...(manager === undefined ? {} : { managerId: manager }),
  };
}
