/** The second factor. Without scripts codes do; a passkey needs the browser's own dialogue. */
import type { Page } from '../page.ts';
import { Field, Form } from '../parts/form.tsx';
import { PasskeyButton } from '../parts/passkey-button.tsx';

export type ProofProps = {
  readonly page: Page;
  readonly to: string;
  readonly isSignIn: boolean;
  readonly hasTotp: boolean;
  readonly hasPasskey: boolean;
  readonly hasFactor: boolean;
  readonly isRecovery: boolean;
  readonly errors: {
    readonly code?: string;
    readonly recovery?: string;
    readonly password?: string;
    readonly any?: string;
  };
};

export function ProofPage(props: ProofProps) {
  const { page, to, isSignIn, hasPasskey, isRecovery, errors } = props;
  const { signIn } = page.texts;
  return (
    <section class="card alone-card">
      <div class="card-body">
        <h1>{isSignIn ? signIn.secondTitle : signIn.proveTitle}</h1>
        <p class="text-secondary">{isSignIn ? signIn.secondIntro : signIn.proveIntro}</p>
        {errors.any ? (
          <p class="alert alert-danger" role="alert">
            {errors.any}
          </p>
        ) : null}
        {hasPasskey && !isRecovery ? (
          <PasskeyButton
            page={page}
            options="/session/proof/passkey-options"
            action="/session/proof/passkey"
            to={to}
            text={signIn.passkey}
          />
        ) : null}
        <CodeForm {...props} />
        <WaysOn {...props} />
      </div>
    </section>
  );
}

function CodeForm({ page, to, hasTotp, hasFactor, isRecovery, errors }: ProofProps) {
  const { signIn } = page.texts;
  const code = { inputmode: 'numeric', autocomplete: 'one-time-code', maxlength: 12, autofocus: true };
  if (hasFactor && !hasTotp && !isRecovery) return null;
  return (
    <Form page={page} action="/session/proof">
      <input type="hidden" name="to" value={to} />
      {isRecovery ? (
        <Field
          name="recovery"
          label={signIn.recoveryCode}
          hint={signIn.recoveryHint}
          error={errors.recovery}
          class="mono"
          input={{ autocapitalize: 'characters', spellcheck: 'false', maxlength: 60, autofocus: true }}
        />
      ) : hasTotp ? (
        <Field
          name="code"
          label={signIn.totp}
          hint={signIn.totpHint}
          error={errors.code}
          class="code-field"
          input={code}
        />
      ) : (
        <Field
          name="password"
          type="password"
          label={signIn.password}
          error={errors.password}
          input={{ autocomplete: 'current-password', maxlength: 1000, autofocus: true }}
        />
      )}
      <button type="submit" class="btn btn-primary w-100">
        {signIn.goOn}
      </button>
    </Form>
  );
}

function WaysOn({ page, to, isSignIn, hasFactor, isRecovery }: ProofProps) {
  const { signIn } = page.texts;
  const query = to === '' ? '' : `to=${encodeURIComponent(to)}`;
  return (
    <div class="ways-on">
      {!hasFactor ? null : isRecovery ? (
        <a href={`/session/proof?${query}`}>{signIn.useCode}</a>
      ) : (
        <a href={`/session/proof?recovery&${query}`}>{signIn.useRecovery}</a>
      )}
      {isSignIn ? (
        <Form page={page} action="/session" method="DELETE">
          <button type="submit" class="btn btn-link p-0">
            {signIn.otherAccount}
          </button>
        </Form>
      ) : (
        <a href={to === '' ? '/' : '/account'}>{signIn.cancel}</a>
      )}
    </div>
  );
}
