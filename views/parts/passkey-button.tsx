/** Asks for a passkey, or makes one: hidden until the script finds that the browser can (views/assets/passkey.js). */
import type { Page } from '../page.ts';
import { Form } from './form.tsx';
import { Icon } from './icon.tsx';

export type PasskeyButtonProps = {
  readonly page: Page;
  /** Where the browser gets what to ask for. */
  readonly options: string;
  /** Where the answer goes. */
  readonly action: string;
  readonly text: string;
  readonly to?: string;
  readonly makes?: boolean;
  /** Beside the page's primary button. */
  readonly isSecond?: boolean;
};

export function PasskeyButton({ page, options, action, text, to, makes, isSecond }: PasskeyButtonProps) {
  const { signIn } = page.texts;
  return (
    <>
      <Form page={page} action={action} class="passkey-form" id="passkey">
        <input type="hidden" name="response" value="" />
        {to === undefined ? null : <input type="hidden" name="to" value={to} />}
        <button
          type="submit"
          class={`btn w-100 ${isSecond ? '' : 'btn-primary'}`}
          hidden
          data-passkey={makes ? 'make' : 'ask'}
          data-options={options}
        >
          <Icon name="fingerprint" />
          {text}
        </button>
        <p class="alert alert-warning" role="alert" data-passkey-failed hidden>
          {signIn.passkeyFailed}
        </p>
      </Form>
      <noscript>
        <p class="text-secondary">{signIn.passkeyNeedsScript}</p>
      </noscript>
    </>
  );
}
