/** `signet licence remove`: an imported licence is taken back. */
import { licensingOf } from '../../app/licensing.ts';
import { systemClock } from '../../clock.ts';
import { readWords, type Terminal, usageFailure } from '../command.ts';
import { chooseTenant, withStore } from '../with-store.ts';

const options = { tenant: { type: 'string' } } as const;

export async function removeLicence(words: readonly string[], terminal: Terminal): Promise<string> {
  const { values, positionals } = readWords('licence', words, { options, allowPositionals: true });
  const [id, ...others] = positionals;
  if (id === undefined || others.length > 0)
    throw usageFailure('licence', 'remove takes the id of one licence');
  return withStore(terminal, 'change', async ({ store }) => {
    const tenant = chooseTenant(await store.tenants.listTenants(), values.tenant);
    const name = JSON.stringify(tenant.name);
    switch (await licensingOf(store, systemClock).removeLicence(tenant.id, id)) {
      case 'removed':
        return `Tenant ${name} no longer has the licence ${id}.\n`;
      case 'unknown':
        throw usageFailure('licence', `tenant ${name} has no licence ${id}`);
      case 'of-configuration':
        throw usageFailure('licence', `the licence ${id} stands in the configuration: remove it there`);
    }
  });
}
