/** Name and passphrase. */
import type { Page } from '../page.ts';
import { Field, Form } from '../parts/form.tsx';
import { PasskeyButton } from '../parts/passkey-button.tsx';

export type NewSessionProps = {
  readonly page: Page;
  readonly to: string;
  readonly name?: string;
  readonly error?: string;
  readonly mayUsePasskeys: boolean;
};

export function NewSession({ page, to, name, error, mayUsePasskeys }: NewSessionProps) {
  const { signIn } = page.texts;
  const password = { autocomplete: 'current-password', required: true, maxlength: 1000 };
  return (
    <section class="card alone-card">
      <Form page={page} action="/session" class="card-body">
        <h1>{signIn.title}</h1>
        <input type="hidden" name="to" value={to} />
        <Field
          name="name"
          label={signIn.name}
          value={name}
          input={{ autocomplete: 'username', required: true, autocapitalize: 'none', autofocus: !error }}
        />
        <Field name="password" type="password" label={signIn.password} error={error} input={password} />
        <button type="submit" class="btn btn-primary w-100">
          {signIn.submit}
        </button>
        <p class="form-hint mt-3 mb-0">{signIn.forgotten}</p>
      </Form>
      {mayUsePasskeys ? (
        <div class="card-footer">
          <PasskeyButton
            page={page}
            options="/session/passkey-options"
            action="/session/passkey"
            text={signIn.passkeySignIn}
            to={to}
            isSecond
          />
        </div>
      ) : null}
    </section>
  );
}
