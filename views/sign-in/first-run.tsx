/** The very first page: the account that owns this appliance. */
import type { Page } from '../page.ts';
import { Field, Form } from '../parts/form.tsx';

export type FirstRunProps = {
  readonly page: Page;
  readonly code: string;
  readonly name: string;
  readonly errors: { readonly code?: string; readonly name?: string; readonly password?: string };
};

export function FirstRunPage({ page, code, name, errors }: FirstRunProps) {
  const { signIn } = page.texts;
  return (
    <section class="card alone-card">
      <Form page={page} action="/first-run" class="card-body">
        <h1>{signIn.setupTitle}</h1>
        <p class="text-secondary">{signIn.setupIntro}</p>
        <Field
          name="code"
          label={signIn.code}
          hint={signIn.codeHint}
          value={code}
          error={errors.code}
          class="code-field"
          input={{ required: true, autocapitalize: 'characters', spellcheck: 'false' }}
        />
        <Field
          name="name"
          label={signIn.name}
          value={name}
          error={errors.name}
          input={{ autocomplete: 'username', required: true, maxlength: 100, autocapitalize: 'none' }}
        />
        <Field
          name="password"
          type="password"
          label={signIn.password}
          hint={signIn.passwordHint}
          error={errors.password}
          input={{ autocomplete: 'new-password', required: true, maxlength: 1000 }}
        />
        <button type="submit" class="btn btn-primary w-100">
          {signIn.makeAccount}
        </button>
      </Form>
    </section>
  );
}
