/** Step two: Microsoft's one-time code, and the wait for the sign-in. The part `sign-in-state` looks again by itself. */
import type { SignInView } from '../../src/microsoft/mail-flow-types.ts';
import { href as safe } from '../href.ts';
import type { Page } from '../page.ts';
import { Form } from '../parts/form.tsx';
import { Icon } from '../parts/icon.tsx';
import { Wizard } from './wizard.tsx';

export type SignInPageProps = {
  readonly page: Page;
  readonly base: string;
  /** What follows the sign-in. */
  readonly then: string;
  /** Undefined: there is none any more. */
  readonly signIn: SignInView | undefined;
};

export function SignInPage(props: SignInPageProps) {
  const { page, base, signIn } = props;
  const { mailFlow } = page.texts;
  const isDirect = signIn?.flow === 'authorization-code';
  return (
    <Wizard page={page} base={base} at={1}>
      <section class="card">
        <div class="card-body">
          <h2>{isDirect ? mailFlow.signIn.directTitle : mailFlow.signIn.title}</h2>
          <p class="text-secondary">{isDirect ? mailFlow.signIn.directIntro : mailFlow.signIn.intro}</p>
          <CodeLine page={page} signIn={signIn} />
          <SignInState {...props} />
        </div>
        <div class="card-footer wizard-foot">
          <a href={`${base}/setup`}>{mailFlow.back}</a>
        </div>
      </section>
      <details class="mt-3">
        <summary>{mailFlow.signIn.whoTitle}</summary>
        <p class="form-hint mt-2">{mailFlow.signIn.whoHow}</p>
      </details>
    </Wizard>
  );
}

function CodeLine({ page, signIn }: Pick<SignInPageProps, 'page' | 'signIn'>) {
  if (signIn?.state.kind !== 'pending') return null;
  const { frame, mailFlow } = page.texts;
  const { userCode, url } = signIn.state;
  if (userCode === undefined)
    return (
      <a class="btn btn-primary" href={safe(url)}>
        <Icon name="external-link" />
        {mailFlow.signIn.goToMicrosoft}
      </a>
    );
  return (
    <div class="code-line">
      <output class="device-code mono" id="user-code" aria-label={mailFlow.signIn.code}>
        {userCode}
      </output>
      <button type="button" class="btn" data-copy="user-code" data-done={frame.copied} hidden>
        <Icon name="copy" />
        <span class="copy-label">{frame.copy}</span>
      </button>
      <a
        class="btn btn-primary"
        href={safe(url)}
        target="_blank"
        rel="noopener noreferrer"
        title={mailFlow.signIn.opens}
      >
        <Icon name="external-link" />
        {mailFlow.signIn.authorise}
      </a>
    </div>
  );
}

export function SignInState({ page, base, then, signIn }: SignInPageProps) {
  const { mailFlow } = page.texts;
  const words = mailFlow.signIn;
  const here = `${base}/sign-in?then=${then}${signIn ? `&id=${signIn.id}` : ''}`;
  const isPending = signIn?.state.kind === 'pending';
  const again = isPending
    ? { 'hx-get': here, 'hx-trigger': 'every 2s', 'hx-target': '#sign-in-state', 'hx-swap': 'outerHTML' }
    : {};
  return (
    <div id="sign-in-state" role="status" {...again}>
      {signIn?.state.kind === 'pending' ? (
        <p class="waiting">
          <span class="spinner" aria-hidden="true" />
          {words.waiting}{' '}
          {words.left(page.format.duration(Math.max(0, signIn.state.expiresAt - page.format.now)))}{' '}
          <a href={here}>{words.look}</a>
        </p>
      ) : null}
      {signIn?.state.kind === 'failed' ? (
        <div class="alert alert-danger">
          <p>
            <strong>{words.failedTitle}.</strong> {signIn.state.problem.sentence}{' '}
            <small class="mono text-secondary">{signIn.state.aadsts ?? signIn.state.problem.code}</small>
          </p>
        </div>
      ) : null}
      {signIn === undefined ? <p class="alert alert-warning">{words.gone}</p> : null}
      {isPending ? null : (
        <Form page={page} action={`${base}/sign-in`}>
          <input type="hidden" name="then" value={then} />
          <input type="hidden" name="flow" value="device-code" />
          <button type="submit" class="btn btn-primary">
            {words.again}
          </button>
        </Form>
      )}
    </div>
  );
}
