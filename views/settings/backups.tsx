/** The whole store as one file, now; and those that are made each night. */
import type { Page } from '../page.ts';
import { Field, Form } from '../parts/form.tsx';
import { Icon } from '../parts/icon.tsx';
import { Moment } from '../parts/moment.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { State } from '../parts/state.tsx';
import { settingsCrumbs } from './crumbs.ts';

export type BackupsPageProps = {
  readonly page: Page;
  readonly keep: string;
  readonly last?: { readonly at: number; readonly isGood: boolean };
  readonly errors: {
    readonly keep?: string;
    readonly problem?: { readonly code: string; readonly sentence: string };
  };
};

export function BackupsPage(props: BackupsPageProps) {
  const { page, errors } = props;
  const words = page.texts.settings;
  return (
    <>
      <PageHead title={words.backupsHeadline} crumbs={settingsCrumbs(page, words.pages.backups.title)} />
      {errors.problem ? (
        <p class="alert alert-danger" role="alert">
          {errors.problem.sentence} <span class="mono">{errors.problem.code}</span>
        </p>
      ) : null}
      <div class="columns">
        <section class="card">
          <Form page={page} action="/settings/backups" class="card-body">
            <p>{words.backupHolds}</p>
            <p class="text-secondary">{words.backupKey}</p>
            <button type="submit" class="btn btn-primary">
              <Icon name="download" />
              {words.download}
            </button>
            <p class="form-hint mt-3 mb-0">{words.restoreHint}</p>
          </Form>
        </section>
        <Nightly {...props} />
      </div>
    </>
  );
}

function Nightly({ page, keep, last, errors }: BackupsPageProps) {
  const { settings: words, frame } = page.texts;
  return (
    <section class="card">
      <div class="card-header">
        <h2>{words.nightly}</h2>
        {last ? (
          <State
            health={last.isGood ? 'well' : 'broken'}
            text={last.isGood ? words.madeWell : words.madeNot}
          />
        ) : null}
      </div>
      <Form page={page} action="/settings/backups" method="PUT" class="card-body">
        {last ? (
          <p class="text-secondary">
            {words.lastMade} <Moment page={page} at={last.at} />
          </p>
        ) : null}
        <Field
          name="keep"
          type="number"
          label={words.keep}
          hint={words.keepHint}
          value={keep}
          error={errors.keep}
          input={{ min: 0, max: 365, inputmode: 'numeric' }}
        />
        <button type="submit" class="btn">
          {frame.save}
        </button>
      </Form>
    </section>
  );
}
