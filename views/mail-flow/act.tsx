/** One thing to do at Microsoft, named with what it does and how it is undone, and its button. */
import type { PlanLine, Verification } from '../../src/microsoft/mail-flow-types.ts';
import type { Page } from '../page.ts';
import { Form } from '../parts/form.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Lights, PlanList } from './plan.tsx';
import type { ActName } from './show.tsx';
import { crumbsOf } from './wizard.tsx';

export type ActProps = {
  readonly page: Page;
  readonly base: string;
  readonly name: ActName;
  readonly username: string | undefined;
  /** Of `remove`. */
  readonly lines?: readonly PlanLine[];
  /** Of `verify`. */
  readonly found?: Verification;
  readonly fault?: string;
};

export function ActPage({ page, base, name, username, lines, found, fault }: ActProps) {
  const { mailFlow } = page.texts;
  const words = mailFlow.act[name];
  return (
    <>
      <PageHead title={words.title} crumbs={crumbsOf(page, base)} />
      <div class="wizard">
        <section class="card">
          <div class="card-body">
            {fault ? (
              <div class="alert alert-danger" role="alert">
                {fault}
              </div>
            ) : null}
            <p>{words.how}</p>
            {username ? <p class="form-hint">{mailFlow.signIn.who(username)}</p> : null}
            {lines ? <PlanList page={page} lines={lines} /> : null}
            {found ? <Found page={page} base={base} found={found} /> : null}
          </div>
          <div class="card-footer wizard-foot">
            <a href={base}>{mailFlow.cancel}</a>
            {name === 'verify' || (name === 'remove' && lines?.length === 0) ? null : (
              <Form page={page} action={`${base}/runs`}>
                <input type="hidden" name="action" value={name} />
                <button
                  type="submit"
                  class={`btn ${name === 'remove' ? 'btn-danger' : name === 'pause' ? 'btn-caution' : 'btn-primary'}`}
                >
                  {name === 'remove'
                    ? mailFlow.act.remove.button(lines?.length ?? 0, page.tenant?.name ?? '')
                    : mailFlow.act[name].button}
                </button>
              </Form>
            )}
          </div>
        </section>
      </div>
    </>
  );
}

function Found({ page, base, found }: Pick<ActProps, 'page' | 'base'> & { readonly found: Verification }) {
  const { mailFlow } = page.texts;
  return (
    <>
      {found.differences.length === 0 ? <p class="alert alert-success">{mailFlow.nothingDiffers}</p> : null}
      {found.differences.length > 0 ? (
        <>
          <h2>{mailFlow.differences}</h2>
          <ul>
            {found.differences.map(sentence => (
              <li>{sentence}</li>
            ))}
          </ul>
          <a class="btn btn-primary" href={`${base}/act?action=repair`}>
            {mailFlow.act.repair.title}
          </a>
        </>
      ) : null}
      <Lights page={page} lights={found.lights} />
    </>
  );
}
