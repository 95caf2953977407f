/** What an owner may do to an account: each names what it does, and how to undo it. */
import type { Page } from '../page.ts';
import { Form } from '../parts/form.tsx';

export type AccountDangersProps = {
  readonly page: Page;
  readonly path: string;
  readonly name: string;
  readonly isSelf: boolean;
  readonly sessions: number;
  readonly disabledAt?: number;
};

export function AccountDangers({ page, path, name, isSelf, sessions, disabledAt }: AccountDangersProps) {
  const words = page.texts.accounts;
  return (
    <section class="card">
      <ul class="plain-list rows">
        <li class="act">
          <p>{words.resetHint}</p>
          <Form page={page} action={`${path}/reset`}>
            <button type="submit" class="btn">
              {words.reset}
            </button>
          </Form>
        </li>
        {sessions > 0 ? (
          <li class="act">
            <p>{words.endSessionsHint}</p>
            <Form page={page} action={`${path}/sessions`} method="DELETE">
              <button type="submit" class="btn">
                {words.endSessions}
              </button>
            </Form>
          </li>
        ) : null}
        <li class="act">
          <p>{disabledAt === undefined ? words.disableHint : words.enableHint}</p>
          <Form page={page} action={`${path}/disabled`} method={disabledAt === undefined ? 'PUT' : 'DELETE'}>
            <button type="submit" class="btn">
              {disabledAt === undefined ? words.disable(name) : words.enable(name)}
            </button>
          </Form>
        </li>
        {isSelf ? null : (
          <li class="act">
            <details>
              <summary>{words.removeAsk}</summary>
              <p class="mt-2">{words.removeHint}</p>
              <Form page={page} action={path} method="DELETE">
                <button type="submit" class="btn btn-danger">
                  {words.remove(name)}
                </button>
              </Form>
            </details>
          </li>
        )}
        <li class="act">
          <p class="text-secondary mb-0">{words.factorHint(name)}</p>
        </li>
      </ul>
    </section>
  );
}
