/** `signet licence import`: a licence file for a tenant of the data folder, taken in or refused with the reason. */
import { licensingOf } from '../../app/licensing.ts';
import { systemClock } from '../../clock.ts';
import type { SignedLicence } from '../../signature/licence-file.ts';
import { CommandFailure, readWords, type Terminal, usageFailure } from '../command.ts';
import { readBytes } from '../stamp/section.ts';
import { chooseTenant, withStore } from '../with-store.ts';
import { refusedLicence } from './refused.ts';

const options = { tenant: { type: 'string' }, json: { type: 'boolean', default: false } } as const;

export async function importLicence(words: readonly string[], terminal: Terminal): Promise<string> {
  const { values, positionals } = readWords('licence', words, { options, allowPositionals: true });
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) throw usageFailure('licence', 'import takes one licence file');
  const text = (await readBytes(file)).toString('utf8');
  return withStore(terminal, 'change', async ({ store }) => {
    const licensing = licensingOf(store, systemClock);
    const tenant = chooseTenant(await store.tenants.listTenants(), values.tenant);
    if ((await licensing.listKeys()).length === 0)
      throw new CommandFailure(
        'SIGNET_LICENCE_KEY',
        'no public key is trusted here yet: give the one of your reseller with "signet licence key FILE".',
      );
    const imported = await licensing.importLicence(tenant.id, text);
    if (imported?.kind === 'refused') throw refusedLicence(file, imported.refusal);
    if (!imported) throw new Error(`expected the tenant ${tenant.id}, got none`);
    return values.json
      ? `${JSON.stringify({ tenant: { id: tenant.id, name: tenant.name }, ...reportOf(imported) })}\n`
      : `Tenant ${JSON.stringify(tenant.name)} ${imported.wasKnown ? 'has this licence already' : 'has a new licence'}: ${termsOf(imported.licence)}.\n`;
  });
}

function reportOf({ licence, wasKnown }: { readonly licence: SignedLicence; readonly wasKnown: boolean }) {
  const { id, domain, seats, from, until, issued, note, keyId } = licence;
  const terms = { id, domain, seats, from: from ?? null, until: until ?? null, issued, note, key: keyId };
  return { licence: terms, wasKnown };
}

function termsOf({ seats, from, until }: SignedLicence) {
  return `${seats} seats ${from === undefined ? 'from now on' : `from ${from}`} ${until === undefined ? 'for ever' : `until ${until}`}`;
}
