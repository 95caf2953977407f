/** A new tenant of Exchange Online: it takes no mail until it is connected. */
import { exchangeHop } from '../../bundle/microsoft.ts';
import { tenantId } from '../../bundle/tenant-id.ts';
import { done } from '../../microsoft/failure.ts';
import type { MailFlowResult, NewTenant } from '../../microsoft/mail-flow-types.ts';
import { addressKey, domainOfKey } from '../../signature/address-key.ts';
import type { Store } from '../../store/store.ts';
import type { Clouds } from './clouds.ts';
import { refused } from './refused.ts';
import { withSetup } from './stored-setup.ts';

export type AddNeeds = {
  readonly store: Pick<Store, 'tenants' | 'microsoft'>;
  readonly random: (bytes: number) => Buffer;
  readonly clouds: Clouds;
};

export async function addTenant(
  { store, random, clouds }: AddNeeds,
  { name: given, domains: named = [], choices = {} }: NewTenant,
): Promise<MailFlowResult<{ readonly tenantId: string }>> {
  const name = given.trim();
  if (name === '' || /\p{Cc}/u.test(name) || name.length > 100)
    return refused(
      'invalid',
      'SIGNET_TENANT_NAME',
      'A tenant needs a name of one line, 100 characters at most.',
    );
  const id = tenantId({ name });
  const isTaken = (await store.tenants.tenantNameExists(name)) || (await store.tenants.findTenant(id));
  if (isTaken)
    return refused(
      'name-taken',
      'SIGNET_TENANT_NAME',
      `There is a tenant "${name}" already: give another name.`,
    );
  const cloud = choices.cloud ?? clouds.usual;
  const access = clouds.find(cloud);
  if (access.kind === 'failed') return access;
  const domains = named.map(domain => domainOfKey(addressKey(`@${domain}`)));
  const { isDefault: _, auth: __, clientCertificate: ___, ...hop } = exchangeHop(domains, cloud);
  await store.tenants.saveTenant({
    id,
    name,
    kind: 'exchange-online',
    mode: 'on',
    domains,
    connection: {
      peers: [],
      nextHop: access.value.nextHop ?? { ...hop, serverCertificate: true },
      token: random(16).toString('hex'),
    },
    preferences: {},
    fields: {},
  });
  await store.microsoft.changeMicrosoft(id, state => withSetup(state, { choices: { ...choices, cloud } }));
  return done({ tenantId: id });
}
