/** `/settings/backups`: the whole store as one file, and how many of those made each night are kept. */
import { BackupsPage } from '../../../views/settings/backups.tsx';
import { limits } from '../../limits.ts';
import { type Answer, redirect } from '../answer.ts';
import type { Trail } from '../audit.ts';
import type { WebNeeds } from '../needs.ts';
import { accountOf, type Visit } from '../visit.ts';

export type BackupsNeeds = Pick<WebNeeds, 'store' | 'takeBackup'> & { readonly trail: Trail };

/** As jobs/backups.ts reads it. */
const setting = 'backups';
const mostKept = 365;

export function showBackups({ store }: Pick<BackupsNeeds, 'store'>) {
  return (visit: Visit): Promise<Answer> => show(store, visit, {});
}

export function downloadBackup({ takeBackup, trail, store }: BackupsNeeds) {
  return async (visit: Visit): Promise<Answer> => {
    await trail.record(visit, { action: 'backup-taken', subject: accountOf(visit).name });
    const taken = await takeBackup();
    if (taken.kind === 'problem') return show(store, visit, { problem: taken.problem }, 500);
    const { name, sizeBytes, bytes } = taken.value;
    return { kind: 'stream', name, type: 'application/vnd.sqlite3', sizeBytes, bytes };
  };
}

export function saveBackups({ store, trail }: BackupsNeeds) {
  return async (visit: Visit): Promise<Answer> => {
    const { page, form } = visit;
    const keep = Number(form.text('keep'));
    if (!/^\d{1,3}$/.test(form.text('keep')) || keep > mostKept)
      return show(store, visit, { keep: page.texts.settings.keepRange(page.format.number(mostKept)) }, 422);
    const before = await keptOf(store);
    await trail.record(visit, {
      action: 'setting-changed',
      subject: setting,
      detail: { before, after: keep },
    });
    await store.settings.saveSetting(setting, { keep });
    return redirect('/settings/backups', { kind: 'success', text: page.texts.settings.saved });
  };
}

type Errors = {
  readonly keep?: string;
  readonly problem?: { readonly code: string; readonly sentence: string };
};

async function show(store: WebNeeds['store'], visit: Visit, errors: Errors, status = 200): Promise<Answer> {
  const { page, form } = visit;
  const jobs = await store.settings.listJobs();
  const job = jobs.find(({ name, tenantId }) => name === 'backups' && (tenantId ?? '') === '');
  return {
    kind: 'page',
    title: page.texts.settings.pages.backups.title,
    status,
    view: (
      <BackupsPage
        page={page}
        keep={form.text('keep') || String(await keptOf(store))}
        errors={errors}
        {...(job?.finishedAt === undefined
          ? {}
          : { last: { at: job.finishedAt, isGood: job.outcome === 'success' } })}
      />
    ),
  };
}

async function keptOf({ settings }: WebNeeds['store']): Promise<number> {
  const keep = ((await settings.readSetting(setting)) as { keep?: unknown } | undefined)?.keep;
  return typeof keep === 'number' ? keep : limits.store.nightlyBackups;
}
