/** A new passphrase; the present one proves whose hands are on the keyboard. */
import type { Page } from '../page.ts';
import { Field, Form } from '../parts/form.tsx';
import { Moment } from '../parts/moment.tsx';
import type { PasswordErrors } from './show.tsx';

export type PasswordFormProps = {
  readonly page: Page;
  readonly name: string;
  readonly changedAt: number;
  readonly errors: PasswordErrors;
};

export function PasswordForm({ page, name, changedAt, errors }: PasswordFormProps) {
  const { account, signIn } = page.texts;
  return (
    <section class="card">
      <div class="card-header">
        <h2>{signIn.password}</h2>
        <span class="text-secondary small">
          {account.changed} <Moment page={page} at={changedAt} />
        </span>
      </div>
      <Form page={page} action="/account/password" method="PUT" class="card-body">
        <input type="text" name="username" value={name} autocomplete="username" hidden readonly />
        <Field
          name="current"
          type="password"
          label={account.currentPassword}
          error={errors.current}
          input={{ autocomplete: 'current-password', required: true, maxlength: 1000 }}
        />
        <Field
          name="password"
          type="password"
          label={account.newPassword}
          hint={signIn.passwordHint}
          error={errors.password}
          input={{ autocomplete: 'new-password', required: true, maxlength: 1000 }}
        />
        <button type="submit" class="btn btn-primary">
          {account.changePassword}
        </button>
        <p class="form-hint mt-2 mb-0">{account.changeEndsSessions}</p>
      </Form>
    </section>
  );
}
