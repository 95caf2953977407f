/** The same objects by hand: steps with copy buttons, a script, and the word that it is done. */
import type { ManualSetup } from '../../src/microsoft/mail-flow-types.ts';
import type { Page } from '../page.ts';
import { Field, Form } from '../parts/form.tsx';
import { Icon } from '../parts/icon.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { crumbsOf } from './wizard.tsx';

export type ManualProps = {
  readonly page: Page;
  readonly base: string;
  /** Undefined: something is missing, which `fault` tells. */
  readonly setup: ManualSetup | undefined;
  readonly fault?: string;
  readonly tenantId: string;
};

export function ManualPage({ page, base, setup, fault, tenantId }: ManualProps) {
  const { mailFlow } = page.texts;
  const words = mailFlow.manual;
  return (
    <>
      <PageHead title={words.title} crumbs={crumbsOf(page, base)}>
        <a href={`${base}/setup`}>{mailFlow.automatically}</a>
      </PageHead>
      {fault ? (
        <div class="alert alert-danger" role="alert">
          {fault}
        </div>
      ) : null}
      {setup ? <Setup page={page} base={base} setup={setup} /> : null}
      {setup ? (
        <section class="card mt-4">
          <Form page={page} action={`${base}/manual`} method="PUT" class="card-body">
            <h2>{words.confirmTitle}</h2>
            <p>{words.confirmHow}</p>
            <Field
              name="microsoftTenantId"
              label={words.tenantId}
              value={tenantId}
              class="mono"
              input={{ maxlength: 36, spellcheck: 'false' }}
            />
            <div class="actions">
              <button type="submit" class="btn btn-primary">
                {words.confirm}
              </button>
              <a class="btn" href={`${base}/act?action=verify`}>
                {mailFlow.act.verify.button}
              </a>
            </div>
          </Form>
        </section>
      ) : null}
    </>
  );
}

function Setup({ page, base, setup }: Pick<ManualProps, 'page' | 'base'> & { readonly setup: ManualSetup }) {
  const { frame, mailFlow } = page.texts;
  const words = mailFlow.manual;
  return (
    <section class="card">
      <div class="card-body">
        <p>{words.intro}</p>
        <div class="actions mb-4">
          <a class="btn" href={`${base}/script`}>
            <Icon name="download" />
            {words.script}
          </a>
          <a class="btn" href={`${base}/removal-script`}>
            <Icon name="download" />
            {words.removal}
          </a>
        </div>
        <ol class="manual-steps">
          {setup.steps.map(({ title, where, values, command }, index) => (
            <li>
              <h2>{title}</h2>
              <p class="form-hint">
                {words.where}: {where}
              </p>
              <dl class="facts">
                {values.map(({ label, value }) => (
                  <>
                    <dt>{label}</dt>
                    <dd class="mono">{value}</dd>
                  </>
                ))}
              </dl>
              <details>
                <summary>{words.command}</summary>
                <pre class="mono command" id={`command-${index}`}>
                  {command}
                </pre>
                <button
                  type="button"
                  class="btn btn-sm"
                  data-copy={`command-${index}`}
                  data-done={frame.copied}
                  hidden
                >
                  <span class="copy-label">{frame.copy}</span>
                </button>
              </details>
            </li>
          ))}
        </ol>
      </div>
    </section>
  );
}
