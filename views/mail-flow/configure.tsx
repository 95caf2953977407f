/** Step four: every object before it is made. */
import type { Preview } from '../../src/microsoft/mail-flow-types.ts';
import type { Page } from '../page.ts';
import { Form } from '../parts/form.tsx';
import { Lights, PlanList } from './plan.tsx';
import { Wizard } from './wizard.tsx';

export type ConfigureProps = {
  readonly page: Page;
  readonly base: string;
  readonly preview: Preview;
  readonly error?: string;
};

export function ConfigurePage({ page, base, preview, error }: ConfigureProps) {
  const { mailFlow } = page.texts;
  const { plan: words } = mailFlow;
  const { plan, lights, organisation, isLive } = preview;
  const isBlocked = plan.some(({ action }) => action === 'conflict');
  return (
    <Wizard page={page} base={base} at={3}>
      <Form page={page} action={`${base}/runs`} class="card">
        <input type="hidden" name="action" value="connect" />
        <div class="card-body">
          <h2>{words.title}</h2>
          <p class="text-secondary">
            {words.organisation(organisation)}. {isLive ? words.live : ''}{' '}
            {plan.every(({ action }) => action === 'keep') ? words.nothing : ''}
          </p>
          <PlanList page={page} lines={plan} />
          <Lights page={page} lights={lights} />
          {isBlocked ? (
            <p class="alert alert-danger">{words.conflict}</p>
          ) : (
            <label class="form-check mt-4">
              <input
                class={`form-check-input ${error ? 'is-invalid' : ''}`}
                type="checkbox"
                name="know"
                value="yes"
                {...(error ? { autofocus: true, 'aria-describedby': 'know-error' } : {})}
              />
              <span class="form-check-label">{words.know}</span>
              {error ? (
                <span class="invalid-feedback d-block" id="know-error">
                  {error}
                </span>
              ) : null}
            </label>
          )}
        </div>
        <div class="card-footer wizard-foot">
          <a href={`${base}/scope`}>{mailFlow.back}</a>
          {isBlocked ? (
            <a class="btn btn-primary" href={`${base}/configure`}>
              {mailFlow.run.refresh}
            </a>
          ) : (
            <button type="submit" class="btn btn-primary">
              {words.configure}
            </button>
          )}
        </div>
      </Form>
    </Wizard>
  );
}
