/** Step one: what will happen, what is needed, and which application signs in. */
import type { Page } from '../page.ts';
import { Field, Form } from '../parts/form.tsx';
import { Wizard } from './wizard.tsx';

export type InstructionsProps = {
  readonly page: Page;
  readonly base: string;
  readonly application: 'microsoft-exchange' | 'single-tenant' | 'multi-tenant';
  readonly clientId: string;
  readonly signInTenant: string;
  /** Said at the top: the sign-in could not even begin. */
  readonly fault?: string;
  readonly errors?: Readonly<Partial<Record<'clientId' | 'signInTenant', string>>>;
};

export function Instructions(props: InstructionsProps) {
  const { page, base, application, clientId, signInTenant, fault, errors = {} } = props;
  const { mailFlow } = page.texts;
  const words = mailFlow.instructions;
  const kinds = [
    ['microsoft-exchange', words.quick, words.quickHow],
    ['single-tenant', words.single, words.singleHow],
    ['multi-tenant', words.multi, words.multiHow],
  ] as const;
  return (
    <Wizard page={page} base={base} at={0} aside={{ text: mailFlow.byHand, href: `${base}/manual` }}>
      <Form page={page} action={`${base}/sign-in`} class="card">
        <div class="card-body">
          {fault ? (
            <div class="alert alert-danger" role="alert">
              {fault}
            </div>
          ) : null}
          <h2>{words.title}</h2>
          <p>{words.intro}</p>
          <ul>
            {words.points.map(point => (
              <li>{point}</li>
            ))}
          </ul>
          <h3>{words.needTitle}</h3>
          <ul>
            {words.needs.map(need => (
              <li>{need}</li>
            ))}
          </ul>
          <fieldset class="mb-3">
            <legend class="h3">{words.applicationTitle}</legend>
            {kinds.map(([kind, name, how]) => (
              <label class="form-check">
                <input
                  class="form-check-input"
                  type="radio"
                  name="application"
                  value={kind}
                  checked={kind === application}
                />
                <span class="form-check-label">{name}</span>
                <span class="form-hint d-block">{how}</span>
              </label>
            ))}
          </fieldset>
          <details
            open={
              application !== 'microsoft-exchange' ||
              errors.clientId !== undefined ||
              errors.signInTenant !== undefined
            }
          >
            <summary>
              {words.clientId}, {words.signInTenant}
            </summary>
            <Field
              name="clientId"
              label={words.clientId}
              value={clientId}
              error={errors.clientId}
              class="mono"
              input={{ maxlength: 64, spellcheck: 'false' }}
            />
            <Field
              name="signInTenant"
              label={words.signInTenant}
              hint={words.signInTenantHint}
              value={signInTenant}
              error={errors.signInTenant}
              input={{ maxlength: 253, spellcheck: 'false' }}
            />
          </details>
        </div>
        <div class="card-footer wizard-foot">
          <a href={base}>{mailFlow.cancel}</a>
          <div class="actions">
            <button type="submit" class="btn" name="flow" value="authorization-code">
              {words.direct}
            </button>
            <button type="submit" class="btn btn-primary" name="flow" value="device-code">
              {words.code}
            </button>
          </div>
        </div>
      </Form>
    </Wizard>
  );
}
