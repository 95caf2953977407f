/** What runs here, what it talks to, what it keeps of mail, and whose work it stands on. */
import type { Page } from '../page.ts';
import { Facts } from '../parts/facts.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { settingsCrumbs } from './crumbs.ts';

export type AboutPageProps = {
  readonly page: Page;
  readonly versions: { readonly signet: string; readonly node: string; readonly openssl: string };
  readonly startedAt: number;
  readonly messagesInMemory: number;
  readonly budgetBytes: number;
  readonly hosts: readonly string[];
  readonly dependencies: readonly Dependency[];
};

type Dependency = { readonly name: string; readonly version: string; readonly licence: string };

export function AboutPage(props: AboutPageProps) {
  const { page, versions, startedAt, dependencies } = props;
  const { format, texts } = page;
  const words = texts.settings;
  const facts = [
    { name: 'Signet', value: versions.signet },
    { name: 'Node.js', value: versions.node },
    { name: 'OpenSSL', value: versions.openssl },
    { name: words.running, value: format.duration(format.now - startedAt) },
    { name: words.licence, value: 'Apache-2.0' },
  ];
  return (
    <>
      <PageHead
        title={words.aboutHeadline(versions.signet)}
        crumbs={settingsCrumbs(page, words.pages.about.title)}
      />
      <div class="columns">
        <div class="stack">
          <AtRest {...props} />
          <Hosts {...props} />
          <Dependencies page={page} dependencies={dependencies} />
        </div>
        <section class="card">
          <div class="card-body">
            <Facts facts={facts} />
          </div>
        </section>
      </div>
    </>
  );
}

function AtRest({ page, messagesInMemory, budgetBytes }: AboutPageProps) {
  const { format, texts } = page;
  const words = texts.settings;
  return (
    <section class="card">
      <div class="card-body">
        <h2>{words.atRest(format.bytes(0))}</h2>
        <p class="mb-0">{words.atRestHint(format.number(messagesInMemory), format.bytes(budgetBytes))}</p>
      </div>
    </section>
  );
}

function Hosts({ page, hosts }: AboutPageProps) {
  const words = page.texts.settings;
  return (
    <section class="card">
      <div class="card-body">
        <h2>{words.hosts}</h2>
        <p>{words.hostsHint}</p>
        {hosts.length > 0 ? <p class="mb-1">{words.nextHops}</p> : null}
        <ul class="mono mb-0">
          {hosts.map(host => (
            <li>{host}</li>
          ))}
        </ul>
      </div>
    </section>
  );
}

function Dependencies({ page, dependencies }: Pick<AboutPageProps, 'page' | 'dependencies'>) {
  const words = page.texts.settings;
  return (
    <section class="card">
      <details>
        <summary class="card-header">{words.dependencies(page.format.number(dependencies.length))}</summary>
        <table class="table table-stack mb-0">
          <thead>
            <tr>
              <th scope="col">{words.package}</th>
              <th scope="col">{words.version}</th>
              <th scope="col">{words.licence}</th>
            </tr>
          </thead>
          <tbody>
            {dependencies.map(({ name, version, licence }) => (
              <tr>
                <th scope="row">{name}</th>
                <td>{version}</td>
                <td>{licence}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </section>
  );
}
