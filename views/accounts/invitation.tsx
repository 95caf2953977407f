/** Whoever opens a one-time link chooses a passphrase here. */
import type { Page } from '../page.ts';
import { Field, Form } from '../parts/form.tsx';

export type InvitationPageProps = {
  readonly page: Page;
  readonly token: string;
  /** Undefined when the link is over. */
  readonly name: string | undefined;
  readonly errors: { readonly password?: string };
};

export function InvitationPage({ page, token, name, errors }: InvitationPageProps) {
  const { accounts: words, signIn } = page.texts;
  if (name === undefined)
    return (
      <div class="empty-note" role="alert">
        <h1>{words.linkOver}</h1>
        <p>{words.linkOverHint}</p>
        <a class="btn btn-primary" href="/session/new">
          {signIn.submit}
        </a>
      </div>
    );
  return (
    <section class="card alone-card">
      <Form page={page} action={`/invitations/${encodeURIComponent(token)}`} class="card-body">
        <h1>{words.welcome(name)}</h1>
        <p class="text-secondary">{words.welcomeIntro}</p>
        <input type="text" name="username" value={name} autocomplete="username" hidden readonly />
        <Field
          name="password"
          type="password"
          label={signIn.password}
          hint={signIn.passwordHint}
          error={errors.password}
          input={{ autocomplete: 'new-password', required: true, maxlength: 1000, autofocus: true }}
        />
        <button type="submit" class="btn btn-primary w-100">
          {signIn.goOn}
        </button>
      </Form>
    </section>
  );
}
