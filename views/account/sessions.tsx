/** Where this account is signed in. */
import type { Page } from '../page.ts';
import { Form } from '../parts/form.tsx';
import { Icon } from '../parts/icon.tsx';
import { Moment } from '../parts/moment.tsx';

export type SessionRow = {
  readonly id: string;
  readonly browser: string;
  readonly address: string;
  readonly seenAt: number;
  readonly createdAt: number;
  readonly isHere: boolean;
};

export type SessionListProps = { readonly page: Page; readonly sessions: readonly SessionRow[] };

export function SessionList({ page, sessions }: SessionListProps) {
  const { account } = page.texts;
  return (
    <section class="card">
      <div class="card-header">
        <h2>{account.sessions}</h2>
        {sessions.length > 1 ? (
          <Form page={page} action="/account/sessions" method="DELETE">
            <button type="submit" class="btn btn-sm">
              {account.endOthers}
            </button>
          </Form>
        ) : null}
      </div>
      <ul class="plain-list rows">
        {sessions.map(session => (
          <SessionLine page={page} session={session} />
        ))}
      </ul>
    </section>
  );
}

function SessionLine({ page, session }: { readonly page: Page; readonly session: SessionRow }) {
  const { account } = page.texts;
  const { id, browser, address, seenAt, createdAt, isHere } = session;
  return (
    <li>
      <Icon name="device-desktop" />
      <div class="grow">
        <strong>{browser || account.unknownBrowser}</strong>
        {isHere ? <span class="badge badge-well ms-2">{account.thisSession}</span> : null}
        <div class="text-secondary small">
          {address} · {account.seen} <Moment page={page} at={seenAt} /> · {account.since}{' '}
          <Moment page={page} at={createdAt} />
        </div>
      </div>
      {isHere ? null : (
        <Form page={page} action={`/account/sessions/${encodeURIComponent(id)}`} method="DELETE">
          <button type="submit" class="btn btn-sm">
            {account.end}
            <span class="visually-hidden"> {browser}</span>
          </button>
        </Form>
      )}
    </li>
  );
}
