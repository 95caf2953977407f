/** Every certificate that is in use: whose, for which names, how long. */
import type { Page } from '../page.ts';
import { Facts } from '../parts/facts.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { type Health, State } from '../parts/state.tsx';
import { settingsCrumbs } from './crumbs.ts';

export type ShownCertificate = {
  readonly use: string;
  /** How another one gets there. */
  readonly how: string;
  readonly facts?: {
    readonly names: readonly string[];
    readonly issuer: string;
    readonly isSelfSigned: boolean;
    readonly from: number;
    readonly until: number;
    readonly fingerprint: string;
  };
};

export type CertificatesPageProps = {
  readonly page: Page;
  readonly hostname: string;
  readonly certificates: readonly ShownCertificate[];
};

const day = 86_400_000;

export function CertificatesPage({ page, hostname, certificates }: CertificatesPageProps) {
  const words = page.texts.settings;
  const ends = certificates.flatMap(({ facts }) => (facts ? [facts.until] : []));
  const first = Math.min(...ends);
  const title = ends.length === 0 ? words.noCertificates : words.firstEnds(daysLeft(page, first));
  return (
    <>
      <PageHead title={title} crumbs={settingsCrumbs(page, words.pages.certificates.title)} />
      <p class="text-secondary">{words.relayName(hostname)}</p>
      <div class="stack">
        {certificates.map(certificate => (
          <CertificateCard page={page} certificate={certificate} />
        ))}
      </div>
    </>
  );
}

function CertificateCard({
  page,
  certificate,
}: {
  readonly page: Page;
  readonly certificate: ShownCertificate;
}) {
  const { settings: words } = page.texts;
  const { use, how, facts } = certificate;
  return (
    <section class="card">
      <div class="card-header">
        <h2>{use}</h2>
        {facts ? <State health={healthOf(page, facts.until)} text={daysLeft(page, facts.until)} /> : null}
      </div>
      <div class="card-body">
        {facts ? <Facts facts={factsOf(page, facts)} /> : <p class="mb-0">{words.noCertificate}</p>}
        {how ? <p class="form-hint mt-3 mb-0">{how}</p> : null}
      </div>
    </section>
  );
}

function factsOf({ texts, format }: Page, facts: NonNullable<ShownCertificate['facts']>) {
  const words = texts.settings;
  return [
    { name: words.names, value: facts.names.join(', ') },
    { name: words.issuer, value: facts.isSelfSigned ? words.selfSigned : facts.issuer },
    { name: words.until, value: format.dateTime(facts.until) },
    { name: words.fingerprint, value: facts.fingerprint },
  ];
}

function healthOf({ format }: Page, until: number): Health {
  const left = until - format.now;
  return left <= 3 * day ? 'broken' : left <= 21 * day ? 'look' : 'well';
}

function daysLeft({ texts, format }: Page, until: number) {
  const left = until - format.now;
  return left <= 0 ? texts.settings.ended : texts.settings.left(format.duration(left));
}
