/** How a tenant's mail flow stands, and what can be done about it: the title is the answer. */
import type { MailFlowStatus } from '../../src/microsoft/mail-flow-types.ts';
import type { Page } from '../page.ts';
import { Facts } from '../parts/facts.tsx';
import { Form } from '../parts/form.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { type Health, State } from '../parts/state.tsx';

/** What needs a sign-in first. */
export type ActName = 'verify' | 'repair' | 'pause' | 'resume' | 'rotate-secret' | 'remove';

export const actNames: readonly ActName[] = [
  'verify',
  'repair',
  'pause',
  'resume',
  'rotate-secret',
  'remove',
];

export type MailFlowProps = {
  readonly page: Page;
  readonly base: string;
  readonly status: MailFlowStatus;
  readonly acts: readonly ActName[];
};

const healthOf: Readonly<Record<MailFlowStatus['state'], Health>> = {
  'not-configured': 'unknown',
  running: 'look',
  waiting: 'look',
  successful: 'well',
  paused: 'look',
  drifted: 'look',
  failed: 'broken',
};

export function MailFlow({ page, base, status, acts }: MailFlowProps) {
  const { mailFlow } = page.texts;
  const { state, drift, failure, waitingUntil, run } = status;
  const isNew = state === 'not-configured';
  return (
    <>
      <PageHead
        title={mailFlow.titles[state]}
        crumbs={[...(page.tenant ? [{ text: page.tenant.name }] : []), { text: mailFlow.crumb }]}
      >
        {page.may('admin') ? (
          <a class={`btn ${isNew || state === 'failed' ? 'btn-primary' : ''}`} href={`${base}/setup`}>
            {isNew ? mailFlow.setup : mailFlow.setupAgain}
          </a>
        ) : null}
      </PageHead>
      {waitingUntil === undefined || state !== 'waiting' ? null : (
        <p class="alert alert-info">{mailFlow.waitingUntil(page.format.time(waitingUntil))}</p>
      )}
      {status.rotation?.kind === 'both-taken' ? (
        <p class="alert alert-info">{mailFlow.bothSecrets(page.format.dateTime(status.rotation.until))}</p>
      ) : null}
      {failure ? (
        <section class="card attention is-broken" aria-label={mailFlow.lastFailure}>
          <ul>
            <li>
              <p>
                <strong>{mailFlow.lastFailure}:</strong> {failure.sentence}{' '}
                <small class="mono text-secondary">{failure.code}</small>
              </p>
            </li>
          </ul>
        </section>
      ) : null}
      {drift.length > 0 ? (
        <section class="card attention" aria-label={mailFlow.differences}>
          <ul>
            {drift.map(sentence => (
              <li>
                <p>{sentence}</p>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      <div class="columns">
        <section class="card">
          <div class="card-body">
            <p class="long-state">
              <State health={healthOf[state]} text={status.sentence} />
            </p>
            <Facts facts={factsOf(page, status)} />
            {run ? <a href={`${base}/run`}>{mailFlow.run.titles[run.state]}</a> : null}
          </div>
        </section>
        {page.may('admin') ? <Acts page={page} base={base} status={status} acts={acts} /> : null}
      </div>
    </>
  );
}

function factsOf(page: Page, status: MailFlowStatus) {
  const { format, texts } = page;
  const { mailFlow } = texts;
  const { scope, domains, microsoftTenantId, method, lastMessageAt, verifiedAt, signing, since } = status;
  const whose =
    scope.senders.kind === 'group' ? mailFlow.scopeGroup(scope.senders.address) : mailFlow.scopeAll;
  return [
    { name: mailFlow.since, value: format.dateTime(since) },
    { name: mailFlow.signing, value: mailFlow.signingStates[signing] },
    {
      name: mailFlow.scope,
      value: `${whose}. ${scope.isInternalToo ? mailFlow.internalToo : mailFlow.externalOnly}.`,
    },
    { name: mailFlow.domains, value: domains.join(', ') || '–' },
    { name: mailFlow.microsoftTenant, value: microsoftTenantId ?? '–' },
    { name: mailFlow.method, value: mailFlow.methods[method] },
    {
      name: mailFlow.lastMessage,
      value: lastMessageAt === undefined ? mailFlow.noMessage : format.relative(lastMessageAt),
    },
    {
      name: mailFlow.verifiedAt,
      value: verifiedAt === undefined ? mailFlow.never : format.relative(verifiedAt),
    },
  ];
}

function Acts({ page, base, status, acts }: MailFlowProps) {
  const { mailFlow } = page.texts;
  const isStopped = status.signing === 'off';
  return (
    <section class="card" aria-labelledby="acts-title">
      <div class="card-header">
        <h2 id="acts-title">{mailFlow.actions}</h2>
      </div>
      <ul class="act-list">
        <li>
          <Form page={page} action={`${base}/signing`} method="PUT">
            <input type="hidden" name="signing" value={isStopped ? 'on' : 'off'} />
            <button type="submit" class={`btn ${isStopped ? '' : 'btn-caution'}`}>
              {isStopped ? mailFlow.startSigning : mailFlow.stopSigning}
            </button>
          </Form>
          <p class="form-hint">{isStopped ? mailFlow.startSigningHow : mailFlow.stopSigningHow}</p>
        </li>
        {acts.map(name => (
          <li>
            <a class={`btn ${name === 'remove' ? 'btn-danger' : ''}`} href={`${base}/act?action=${name}`}>
              {mailFlow.act[name].title}
            </a>
            <p class="form-hint">{mailFlow.act[name].how}</p>
          </li>
        ))}
        <li>
          <a href={`${base}/emergency`}>{mailFlow.emergency}</a>
        </li>
      </ul>
    </section>
  );
}

/** For a tenant whose mail comes from servers of its own. */
export function NoConnectors({ page }: { readonly page: Page }) {
  const { mailFlow } = page.texts;
  return (
    <>
      <PageHead title={mailFlow.onPremises} crumbs={page.tenant ? [{ text: page.tenant.name }] : []} />
      <section class="card">
        <div class="card-body">
          <p class="mb-0">{mailFlow.onPremisesHow}</p>
        </div>
      </section>
    </>
  );
}
