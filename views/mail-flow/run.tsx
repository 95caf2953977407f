/** How a run goes: each object with its tick. The part `run` looks again by itself while it is under way. */
import type { RunEvent, RunView } from '../../src/microsoft/mail-flow-types.ts';
import type { Page } from '../page.ts';
import { Form } from '../parts/form.tsx';
import { Icon } from '../parts/icon.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Steps } from './steps.tsx';
import { crumbsOf } from './wizard.tsx';

export type RunPageProps = { readonly page: Page; readonly base: string; readonly run: RunView | undefined };

export function RunPage({ page, base, run }: RunPageProps) {
  const { mailFlow } = page.texts;
  const isSetup = run?.action === 'connect';
  const at = run?.state === 'succeeded' ? 4 : 3;
  return (
    <>
      <PageHead title={titleOf(page, run)} crumbs={crumbsOf(page, base)} />
      {isSetup ? <Steps page={page} at={at} hrefs={[]} /> : null}
      <div class="wizard">
        {run ? (
          <RunPart page={page} base={base} run={run} />
        ) : (
          <p class="alert alert-info">{mailFlow.run.none}</p>
        )}
      </div>
    </>
  );
}

export function titleOf(page: Page, run: RunView | undefined): string {
  const { run: words, setup } = page.texts.mailFlow;
  const end = run?.events.at(-1);
  if (end?.kind === 'end' && end.result.kind === 'succeeded') return end.result.sentence.replace(/\.$/, '');
  return run ? words.titles[run.state] : setup;
}

export function RunPart({ page, base, run }: RunPageProps & { readonly run: RunView }) {
  const { mailFlow } = page.texts;
  const words = mailFlow.run;
  const isRunning = run.state === 'running';
  const again = isRunning
    ? {
        'hx-get': `${base}/run?live=yes`,
        'hx-trigger': 'every 1s',
        'hx-target': '#run',
        'hx-swap': 'outerHTML',
      }
    : {};
  return (
    <section class="card" id="run" aria-live="polite" {...again}>
      <div class="card-body">
        <p class="text-secondary">
          {words.beganBy(run.actor, page.format.relative(run.startedAt))}. {isRunning ? words.leave : ''}
          {run.state === 'interrupted' ? words.interruptedHow : ''}
        </p>
        <ol class="progress-list">
          {foldSteps(run.events).map(event => (
            <EventLine page={page} event={event} isRunning={isRunning} />
          ))}
        </ol>
      </div>
      <div class="card-footer wizard-foot">
        {isRunning ? (
          <>
            <Form page={page} action={`${base}/run`} method="DELETE">
              <button type="submit" class="btn">
                {words.stop}
              </button>
            </Form>
            <a href={`${base}/run`}>{words.refresh}</a>
          </>
        ) : (
          <>
            <span />
            <div class="actions">
              {run.state === 'succeeded' ? null : (
                <a
                  class="btn"
                  href={run.action === 'connect' ? `${base}/configure` : `${base}/act?action=${run.action}`}
                >
                  {words.again}
                </a>
              )}
              <a class="btn btn-primary" href={base}>
                {words.done}
              </a>
            </div>
          </>
        )}
      </div>
    </section>
  );
}

/** A step that is done stands once, in the place where it began. */
function foldSteps(events: readonly RunEvent[]): readonly RunEvent[] {
  const done = new Set(
    events.flatMap(event => (event.kind === 'step' && event.state === 'done' ? [event.line.name] : [])),
  );
  return events.filter(
    event => !(event.kind === 'step' && event.state === 'started' && done.has(event.line.name)),
  );
}

function EventLine({
  page,
  event,
  isRunning,
}: {
  readonly page: Page;
  readonly event: RunEvent;
  readonly isRunning: boolean;
}) {
  const { mailFlow } = page.texts;
  const words = mailFlow.run;
  switch (event.kind) {
    case 'phase':
      return <li class="progress-phase">{event.sentence}</li>;
    case 'plan':
      return null;
    case 'step': {
      const isDone = event.state === 'done';
      return (
        <li>
          {isDone ? (
            <Icon name="check" class="well" />
          ) : (
            <span class={isRunning ? 'spinner' : 'dot dot-unknown'} aria-hidden="true" />
          )}
          <span>
            <strong>{event.line.name}</strong> {mailFlow.plan.actions[event.line.action]},{' '}
            {isDone ? words.finished : words.started}
          </span>
        </li>
      );
    }
    case 'waiting':
    case 'note':
      return (
        <li>
          <Icon name={event.kind === 'waiting' ? 'clock' : 'info-circle'} class="text-secondary" />
          <span>{event.sentence}</span>
        </li>
      );
    case 'probe':
      return (
        <li>
          <Icon name="mail" />
          <span>
            {event.sentence} {words.probe} <strong>{event.mailbox}</strong>.{' '}
            {words.until(page.format.time(event.until))}
          </span>
        </li>
      );
    case 'end':
      return <EndLine page={page} result={event.result} />;
  }
}

function EndLine({
  page,
  result,
}: {
  readonly page: Page;
  readonly result: Extract<RunEvent, { kind: 'end' }>['result'];
}) {
  const words = page.texts.mailFlow.run;
  if (result.kind === 'succeeded')
    return (
      <li>
        <Icon name="circle-check" class="well" />
        <strong>{result.sentence}</strong>
      </li>
    );
  if (result.kind !== 'failed')
    return (
      <li>
        <Icon name="circle-x" class="look" />
        <strong>{words.titles[result.kind]}</strong>
      </li>
    );
  return (
    <li>
      <Icon name="circle-x" class="broken" />
      <div>
        {result.step ? `${words.step(result.step)} ` : ''}
        <strong>{result.problem.sentence}</strong>{' '}
        <small class="mono text-secondary">{result.problem.code}</small>
        {result.detail ? (
          <details>
            <summary>{words.whatMicrosoftSaid}</summary>
            <p class="mono">{result.detail}</p>
          </details>
        ) : null}
      </div>
    </li>
  );
}
