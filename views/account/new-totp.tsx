/** An authenticator app: scan, then show its first code. */
import type { Page } from '../page.ts';
import { Field, Form } from '../parts/form.tsx';

export type NewTotpProps = {
  readonly page: Page;
  /** Base32. */
  readonly seed: string;
  /** `otpauth:`: on a phone the app opens by it. */
  readonly address: string;
  readonly qr: { readonly size: number; readonly path: string };
  readonly name: string;
  readonly error?: string;
};

export function NewTotp({ page, seed, qr, name, error }: NewTotpProps) {
  const { account, signIn, frame } = page.texts;
  return (
    <section class="card alone-card">
      <Form page={page} action="/account/factors/totp" class="card-body">
        <h1>{account.totpTitle}</h1>
        <p class="text-secondary">{account.totpIntro}</p>
        <svg class="qr" viewBox={`0 0 ${qr.size} ${qr.size}`} role="img" aria-label={account.qr}>
          <path d={qr.path} />
        </svg>
        <details class="my-3">
          <summary>{account.noCamera}</summary>
          <p class="form-hint mt-2 mb-1">{account.seedHint}</p>
          <p class="mono seed" id="seed">
            {seed.replace(/(.{4})(?=.)/g, '$1 ')}
          </p>
          <button type="button" class="btn btn-sm" data-copy="seed" data-done={frame.copied} hidden>
            <span class="copy-label">{frame.copy}</span>
          </button>
        </details>
        <Field
          name="code"
          label={signIn.totp}
          hint={signIn.totpHint}
          error={error}
          class="code-field"
          input={{ inputmode: 'numeric', autocomplete: 'one-time-code', maxlength: 12, required: true }}
        />
        <Field
          name="name"
          label={account.factorName}
          hint={account.factorNameHint}
          value={name}
          input={{ maxlength: 60, placeholder: account.totpName }}
        />
        <button type="submit" class="btn btn-primary w-100">
          {signIn.goOn}
        </button>
        <p class="mt-3 mb-0">
          <a href="/account/factors/new">{account.otherFactor}</a>
        </p>
      </Form>
    </section>
  );
}
