/**
 * Licences of the tenants as an administrator works with them: public keys that are trusted, licence files taken in or
 * refused with the reason, and for each tenant what is held, who uses it, and what to warn of. Mail never asks here.
 */
import { failed, type Result } from '../problem.ts';
import {
  type LicenceRefusal,
  licenceRefusals,
  type SignedLicence,
  verifyLicenceFile,
} from '../signature/licence-file.ts';
import { createLocalTime } from '../signature/local-time.ts';
import type { Licences } from '../store/licences.ts';
import type { People } from '../store/people.ts';
import type { Settings } from '../store/settings.ts';
import type { StoredTenant, Tenants } from '../store/tenants.ts';
import { type KeptKey, readKeptKeys, trustedKeysOf, trustedKeysSetting } from './kept-keys.ts';
import { trustedKeyOf } from './keys.ts';
import { type LicenceReport, reportOf, usedIn } from './report.ts';
import { type LicenceProblem, licenceProblems } from './warnings.ts';

export type LicensingNeeds = {
  readonly tenants: Pick<Tenants, 'findTenant'>;
  readonly licences: Licences;
  readonly people: Pick<People, 'findPeople'>;
  readonly settings: Pick<Settings, 'readSetting' | 'saveSetting'>;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly now: () => number;
  /** IANA name of the server's own zone, for tenants that choose none. */
  readonly timeZone: string;
};

export type LicenceImport =
  | { readonly kind: 'imported'; readonly licence: SignedLicence; readonly wasKnown: boolean }
  | { readonly kind: 'refused'; readonly refusal: LicenceRefusal; readonly sentence: string };

export type Licensing = {
  readonly listKeys: () => Promise<readonly KeptKey[]>;
  /** `pem`: an Ed25519 public key. A problem is `SIGNET_LICENCE_KEY`. */
  readonly trustKey: (pem: string) => Promise<Result<KeptKey>>;
  /** False when no such key is trusted. Licences that it signed and that were taken in stay. */
  readonly forgetKey: (id: string) => Promise<boolean>;
  /** `text`: the whole licence file. Undefined when there is no such tenant. The same file twice is one licence. */
  readonly importLicence: (tenantId: string, text: string) => Promise<LicenceImport | undefined>;
  /** Only one that came from a file goes: the others stand in the configuration. */
  readonly removeLicence: (
    tenantId: string,
    id: string,
  ) => Promise<'removed' | 'unknown' | 'of-configuration'>;
  /** Of the current month, or of `month` (`YYYY-MM`). Undefined when there is no such tenant. */
  readonly report: (tenantId: string, month?: string) => Promise<LicenceReport | undefined>;
  /** What the report warns of, without reading who has the seats. */
  readonly warnings: (tenantId: string) => Promise<readonly LicenceProblem[]>;
};

export function createLicensing(needs: LicensingNeeds): Licensing {
  const { tenants, licences, people, settings, now, timeZone } = needs;

  const listKeys = async () => readKeptKeys(await settings.readSetting(trustedKeysSetting));

  async function trustKey(pem: string): Promise<Result<KeptKey>> {
    const read = trustedKeyOf(pem);
    if (read.kind === 'unusable')
      return failed(
        'SIGNET_LICENCE_KEY',
        `the key is not usable (${read.reason}): give a public Ed25519 key in PEM form.`,
      );
    const key = { id: read.key.id, pem };
    const others = (await listKeys()).filter(({ id }) => id !== key.id);
    await settings.saveSetting(trustedKeysSetting, [...others, key]);
    return { kind: 'ok', value: key };
  }

  async function forgetKey(id: string) {
    const keys = await listKeys();
    const rest = keys.filter(key => key.id !== id);
    if (rest.length === keys.length) return false;
    await settings.saveSetting(trustedKeysSetting, rest);
    return true;
  }

  async function importLicence(tenantId: string, text: string): Promise<LicenceImport | undefined> {
    const tenant = await tenants.findTenant(tenantId);
    if (!tenant) return undefined;
    const keys = trustedKeysOf(await listKeys());
    const judged = verifyLicenceFile(text, keys, { domains: tenant.domains, today: todayOf(tenant) });
    if (judged.kind === 'refused')
      return { kind: 'refused', refusal: judged.refusal, sentence: licenceRefusals[judged.refusal] };
    const { licence } = judged;
    const { id, seats, from, until, note } = licence;
    const wasKnown = (await licences.listLicences(tenantId)).some(known => known.id === id);
    await licences.saveLicence(tenantId, {
      id,
      seats,
      ...(from === undefined ? {} : { from }),
      ...(until === undefined ? {} : { until }),
      note,
      file: text,
    });
    return { kind: 'imported', licence, wasKnown };
  }

  async function removeLicence(tenantId: string, id: string) {
    const found = (await licences.listLicences(tenantId)).find(licence => licence.id === id);
    if (!found) return 'unknown';
    if (found.file === undefined) return 'of-configuration';
    await licences.removeLicence(tenantId, id);
    return 'removed';
  }

  async function report(tenantId: string, asked?: string): Promise<LicenceReport | undefined> {
    const tenant = await tenants.findTenant(tenantId);
    if (!tenant) return undefined;
    const today = todayOf(tenant);
    const month = asked ?? today.slice(0, 7);
    const seats = await licences.listSeats(tenantId, month);
    const months = await licences.countSeats(tenantId);
    const known = await people.findPeople(
      tenantId,
      seats.map(({ personId }) => personId),
    );
    const { id, name } = tenant;
    const held = await licences.listLicences(tenantId);
    return reportOf({ tenant: { id, name }, licences: held, seats, months, people: known, today, month });
  }

  async function warnings(tenantId: string) {
    const tenant = await tenants.findTenant(tenantId);
    if (!tenant) return [];
    const today = todayOf(tenant);
    const used = usedIn(await licences.countSeats(tenantId), today);
    return licenceProblems(await licences.listLicences(tenantId), used, today);
  }

  function todayOf({ preferences }: StoredTenant) {
    return createLocalTime(preferences.timeZone ?? timeZone).at(now()).date;
  }

  return { listKeys, trustKey, forgetKey, importLicence, removeLicence, report, warnings };
}
