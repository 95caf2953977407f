/** A person by an address, as the relay finds the sender: who stands in the bundle comes before the directory. */
import { normalAddress } from '../../directory/address.ts';
import type { Person } from '../../signature/person.ts';
import { isBundleId } from '../../store/configuration-people.ts';
import type { People } from '../../store/people.ts';
import { usageFailure } from '../command.ts';
import { pages } from './list.ts';

export async function findPerson(
  people: Pick<People, 'listPeople'>,
  tenantId: string,
  written: string,
): Promise<Person> {
  const address = normalAddress(written);
  const found: Person[] = [];
  if (address !== undefined)
    for await (const page of pages(people, tenantId, { text: address }))
      found.push(...page.filter(person => person.address === address || person.aliases.includes(address)));
  const [first] = found.sort((a, b) => rank(a, address) - rank(b, address));
  if (!first) throw usageFailure('people', `nobody has the address "${written}"`);
  return first;
}

function rank({ id, address: own }: Person, address: string | undefined) {
  return (isBundleId(id) ? 0 : 2) + (own === address ? 0 : 1);
}
