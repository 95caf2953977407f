/** Which second factor: a passkey before a code, since it cannot be given to a false page. */
import type { Page } from '../page.ts';
import { Form } from '../parts/form.tsx';
import { Icon } from '../parts/icon.tsx';
import { PasskeyButton } from '../parts/passkey-button.tsx';

export type NewFactorProps = {
  readonly page: Page;
  /** Before it there is no other page for this session. */
  readonly isFirst: boolean;
  readonly mayUsePasskeys: boolean;
};

export function NewFactor({ page, isFirst, mayUsePasskeys }: NewFactorProps) {
  const { account, signIn } = page.texts;
  return (
    <section class="card alone-card">
      <div class="card-body">
        <h1>{account.newFactorTitle}</h1>
        <p class="text-secondary">{isFirst ? account.firstFactorIntro : account.newFactorIntro}</p>
        {mayUsePasskeys ? (
          <PasskeyButton
            page={page}
            options="/account/factors/passkey/options"
            action="/account/factors/passkey"
            text={account.makePasskey}
            makes
          />
        ) : (
          <p class="text-secondary">{account.passkeyNeedsName}</p>
        )}
        <p class="form-hint">{mayUsePasskeys ? account.passkeyHint : null}</p>
        <a class={`btn w-100 ${mayUsePasskeys ? '' : 'btn-primary'}`} href="/account/factors/totp/new">
          <Icon name="device-mobile" />
          {account.useTotp}
        </a>
        <p class="form-hint mt-2">{account.totpHint}</p>
        {isFirst ? (
          <Form page={page} action="/session" method="DELETE">
            <button type="submit" class="btn btn-link p-0">
              {signIn.signOut}
            </button>
          </Form>
        ) : (
          <a href="/account">{signIn.cancel}</a>
        )}
      </div>
    </section>
  );
}
