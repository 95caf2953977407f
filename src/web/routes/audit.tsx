/** `GET /settings/audit`: the trail; `POST .../verification`: whether it is whole. */

import type { Page } from '../../../views/page.ts';
import { AuditPage } from '../../../views/settings/audit.tsx';
import type { AuditEntry } from '../../store/audit.ts';
import { type Answer, redirect } from '../answer.ts';
import type { AuditAction, Trail } from '../audit.ts';
import type { WebNeeds } from '../needs.ts';
import { accountOf, type Visit } from '../visit.ts';

const pageRows = 50;
const path = '/settings/audit';

export function showAudit({ store }: Pick<WebNeeds, 'store'>) {
  return async (visit: Visit): Promise<Answer> => {
    const { page, query } = visit;
    const before = /^\d{1,15}$/.test(query.text('before')) ? Number(query.text('before')) : undefined;
    const [entries, tenants] = await Promise.all([
      store.audit.listAudit({ size: pageRows, ...(before === undefined ? {} : { before }) }),
      store.tenants.listTenants(),
    ]);
    const last = entries.at(-1);
    const names = new Map(tenants.map(({ id, name }) => [id, name]));
    return {
      kind: 'page',
      title: page.texts.audit.title,
      view: (
        <AuditPage
          page={page}
          entries={entries.map(entry => rowOf(page, entry, names))}
          isFirstPage={before === undefined}
          {...(last && last.number > 1 && entries.length === pageRows
            ? { older: `${path}?before=${last.number}` }
            : {})}
        />
      ),
    };
  };
}

/** A deed without words does not compile. */
const wordsOf = ({ texts }: Page): Readonly<Record<AuditAction, string>> => texts.audit.actions;

function rowOf(page: Page, entry: AuditEntry, names: ReadonlyMap<string, string>) {
  const { number, at, actor, action, subject, address, detail, tenantId } = entry;
  return {
    ...{ number, at, actor, subject, address },
    action: (wordsOf(page) as Readonly<Record<string, string>>)[action] ?? action,
    detail: detail === null ? '' : JSON.stringify(detail),
    ...(tenantId === undefined ? {} : { tenant: names.get(tenantId) ?? tenantId }),
  };
}

export function verifyTrail({ store, trail }: Pick<WebNeeds, 'store'> & { readonly trail: Trail }) {
  return async (visit: Visit): Promise<Answer> => {
    const { page } = visit;
    const verified = await store.audit.verifyTrail();
    await trail.note(visit, { action: 'trail-verified', subject: accountOf(visit).name, detail: verified });
    if (verified.kind === 'broken')
      return redirect(path, {
        kind: 'danger',
        text: page.texts.audit.broken(page.format.number(verified.number)),
      });
    const text = page.texts.audit.whole(page.format.number(verified.entries), verified.hash);
    return redirect(path, { kind: 'success', text });
  };
}
