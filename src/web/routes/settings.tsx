/** `GET /settings` and its pages that only show: certificates, retention, about. */
import { AboutPage } from '../../../views/settings/about.tsx';
import { CertificatesPage } from '../../../views/settings/certificates.tsx';
import { SettingsIndex } from '../../../views/settings/index.tsx';
import { RetentionPage } from '../../../views/settings/retention.tsx';
import { limits } from '../../limits.ts';
import { defaultPreferences } from '../../signature/preferences.ts';
import type { StoredTenant } from '../../store/tenants.ts';
import { isOwner, roleIn, suffices } from '../access.ts';
import type { Answer } from '../answer.ts';
import { certificateFacts } from '../certificates.ts';
import dependencies from '../dependencies.json' with { type: 'json' };
import type { WebNeeds } from '../needs.ts';
import { accountOf, type Visit } from '../visit.ts';

type Needs = Pick<WebNeeds, 'store' | 'certificates' | 'hostname' | 'versions' | 'startedAt' | 'health'>;

export function showSettings(visit: Visit): Answer {
  const { page } = visit;
  const account = accountOf(visit);
  const mayRead = suffices(roleIn(account, ''), 'auditor');
  const pages = ['accounts', 'certificates', 'backups', 'retention', 'audit', 'about'] as const;
  const ofOwner: readonly string[] = ['accounts', 'backups'];
  const shown = pages.filter(key => key === 'about' || (ofOwner.includes(key) ? isOwner(account) : mayRead));
  return {
    kind: 'page',
    title: page.texts.settings.title,
    view: <SettingsIndex page={page} pages={shown} />,
  };
}

export function showCertificates({
  store,
  certificates,
  hostname,
}: Pick<Needs, 'store' | 'certificates' | 'hostname'>) {
  return async (visit: Visit): Promise<Answer> => {
    const { page } = visit;
    const { relay, pages } = certificates();
    const words = page.texts.settings;
    const tenants = (await store.tenants.listTenants()).flatMap(({ name, connection }) => {
      const { certificate } = connection.nextHop;
      return certificate === undefined ? [] : [{ use: words.certificateOfTenant(name), pem: certificate }];
    });
    const shown = [
      { use: words.certificateOfRelay, pem: relay, how: words.setRelay },
      { use: words.certificateOfPages, pem: pages, how: words.setPages },
      ...tenants.map(tenant => ({ ...tenant, how: '' })),
    ].map(({ use, pem, how }) => {
      const facts = pem === undefined ? undefined : certificateFacts(pem);
      return { use, how, ...(facts ? { facts } : {}) };
    });
    return {
      kind: 'page',
      title: words.pages.certificates.title,
      view: <CertificatesPage page={page} hostname={hostname} certificates={shown} />,
    };
  };
}

export function showRetention({ store }: Pick<Needs, 'store'>) {
  return async (visit: Visit): Promise<Answer> => {
    const { page } = visit;
    const tenants = await store.tenants.listTenants();
    return {
      kind: 'page',
      title: page.texts.settings.pages.retention.title,
      view: (
        <RetentionPage
          page={page}
          tenants={tenants.map(({ id, name, preferences }) => ({
            href: `/tenants/${encodeURIComponent(id)}`,
            name,
            days: preferences.logRetentionDays ?? defaultPreferences.logRetentionDays,
            isHashed: preferences.logAddresses === 'hashed',
          }))}
          sessionHours={limits.web.sessionMs / 3_600_000}
          idleMinutes={limits.web.idleSessionMs / 60_000}
        />
      ),
    };
  };
}

export function showAbout({
  store,
  versions,
  startedAt,
  health,
}: Pick<Needs, 'store' | 'versions' | 'startedAt' | 'health'>) {
  return async (visit: Visit): Promise<Answer> => {
    const { page } = visit;
    const { messages, budgetBytes } = health();
    const account = accountOf(visit);
    const all = await store.tenants.listTenants();
    const hosts = hostsOf(all.filter(({ id }) => roleIn(account, id)));
    return {
      kind: 'page',
      title: page.texts.settings.pages.about.title,
      view: (
        <AboutPage
          page={page}
          versions={versions}
          startedAt={startedAt}
          messagesInMemory={messages}
          budgetBytes={budgetBytes}
          hosts={hosts}
          dependencies={dependencies}
        />
      ),
    };
  };
}

/** Next hops by name; those of mail exchangers by the domain that names them. */
function hostsOf(tenants: readonly StoredTenant[]): readonly string[] {
  const hosts = tenants.flatMap(({ connection: { nextHop } }) =>
    nextHop.target.kind === 'host'
      ? [`${nextHop.target.host}:${nextHop.port}`]
      : [`MX ${nextHop.target.domain}:${nextHop.port}`],
  );
  return [...new Set(hosts)].sort();
}
