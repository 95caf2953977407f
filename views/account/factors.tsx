/** Second factors, and how many recovery codes are left. */
import type { Page } from '../page.ts';
import { Form } from '../parts/form.tsx';
import { Icon } from '../parts/icon.tsx';
import { Moment } from '../parts/moment.tsx';

export type FactorRow = {
  readonly id: string;
  readonly kind: 'totp' | 'passkey';
  readonly name: string;
  readonly createdAt: number;
  readonly usedAt?: number;
};

export type FactorListProps = {
  readonly page: Page;
  readonly factors: readonly FactorRow[];
  readonly codes: number;
};

export function FactorList({ page, factors, codes }: FactorListProps) {
  const { account } = page.texts;
  return (
    <section class="card">
      <div class="card-header">
        <h2>{account.factors}</h2>
        <a class="btn btn-sm" href="/account/factors/new">
          <Icon name="plus" />
          {account.addFactor}
        </a>
      </div>
      {factors.length === 0 ? <p class="empty-note">{account.noFactor}</p> : null}
      <ul class="plain-list rows">
        {factors.map(factor => (
          <FactorLine page={page} factor={factor} />
        ))}
        {factors.length > 0 ? <CodesLine page={page} codes={codes} /> : null}
      </ul>
    </section>
  );
}

function FactorLine({ page, factor }: { readonly page: Page; readonly factor: FactorRow }) {
  const { account } = page.texts;
  const { id, kind, name, createdAt, usedAt } = factor;
  return (
    <li>
      <Icon name={kind === 'passkey' ? 'fingerprint' : 'device-mobile'} />
      <div class="grow">
        <strong>{name}</strong>
        <div class="text-secondary small">
          {account.factorKinds[kind]} · {usedAt === undefined ? account.added : account.lastUsed}{' '}
          <Moment page={page} at={usedAt ?? createdAt} />
        </div>
      </div>
      <details class="dropdown">
        <summary class="btn btn-sm">
          {account.remove}
          <span class="visually-hidden"> {name}</span>
        </summary>
        <div class="sheet sheet-right">
          <p>{account.removeFactorAsk(name)}</p>
          <Form page={page} action={`/account/factors/${encodeURIComponent(id)}`} method="DELETE">
            <button type="submit" class="btn btn-danger">
              {account.removeFactor(name)}
            </button>
          </Form>
        </div>
      </details>
    </li>
  );
}

function CodesLine({ page, codes }: { readonly page: Page; readonly codes: number }) {
  const { account } = page.texts;
  return (
    <li>
      <Icon name="key" />
      <div class="grow">
        <strong>{account.codes}</strong>
        <div class={codes < 3 ? 'small look' : 'small text-secondary'}>
          {account.codesLeft(page.format.number(codes))}
        </div>
      </div>
      <Form page={page} action="/account/recovery-codes">
        <button type="submit" class="btn btn-sm">
          {account.newCodes}
        </button>
      </Form>
    </li>
  );
}
