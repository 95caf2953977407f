/** From facts to words: the dashboard's title, its lights, and what needs attention. Pure. */
import type { Attention } from '../../views/dashboard/attention.tsx';
import type { Light } from '../../views/dashboard/status-strip.tsx';
import type { Page } from '../../views/page.ts';
import { reasonIn } from '../../views/reason.ts';
import type { MessageEntry } from '../store/messages.ts';
import type { JobState } from '../store/settings.ts';
import type { StoredTenant } from '../store/tenants.ts';
import type { SeatState } from './seat-state.ts';

export type DashboardFacts = {
  readonly tenant: StoredTenant;
  readonly isListening: boolean;
  readonly startedAt: number;
  readonly lastMessageAt: number | undefined;
  readonly hostname: string;
  readonly certificateUntil: number | undefined;
  readonly people: number;
  readonly sync: JobState | undefined;
  readonly seats: SeatState;
  readonly isRecorderFailing: boolean;
};

const dayMs = 86_400_000;
/** Days before its end at which a certificate is spoken of: time enough to get a new one. */
const certificateDays = 21;

export function titleOf({ texts }: Page, facts: DashboardFacts): string {
  const { titles } = texts.dashboard;
  const { tenant, isListening, lastMessageAt } = facts;
  if (tenant.retiredAt !== undefined) return titles.retired;
  if (!isListening) return titles.deaf;
  if (tenant.mode === 'off') return titles.off;
  if (tenant.mode === 'shadow') return titles.shadow;
  return lastMessageAt === undefined ? titles.waiting : titles.signing;
}

export function lightsOf(page: Page, facts: DashboardFacts): readonly Light[] {
  return [
    relayLight(page, facts),
    modeLight(page, facts),
    certificateLight(page, facts),
    directoryLight(page, facts),
    seatsLight(page, facts),
  ];
}

function relayLight({ texts, format }: Page, facts: DashboardFacts): Light {
  const { dashboard } = texts;
  const { isListening, startedAt, lastMessageAt } = facts;
  return {
    name: dashboard.relay,
    health: isListening ? 'well' : 'broken',
    value: isListening ? dashboard.up(format.duration(format.now - startedAt)) : dashboard.down,
    detail:
      lastMessageAt === undefined
        ? dashboard.noMessageYet
        : dashboard.lastMessage(format.relative(lastMessageAt)),
  };
}

function modeLight({ texts: { dashboard } }: Page, { tenant: { mode } }: DashboardFacts): Light {
  return {
    name: dashboard.mode,
    health: mode === 'on' ? 'well' : 'look',
    value: dashboard.modes[mode],
    detail: dashboard.modeDetails[mode],
  };
}

function certificateLight({ texts, format }: Page, { certificateUntil, hostname }: DashboardFacts): Light {
  const { dashboard } = texts;
  const name = dashboard.certificate;
  if (certificateUntil === undefined)
    return { name, health: 'look', value: dashboard.noCertificate, detail: dashboard.noCertificateDetail };
  const left = certificateUntil - format.now;
  return {
    name,
    health: left <= 0 ? 'broken' : left < certificateDays * dayMs ? 'look' : 'well',
    value: left <= 0 ? dashboard.ended : dashboard.daysLeft(format.duration(left)),
    detail: hostname,
  };
}

function directoryLight({ texts, format }: Page, { people, sync }: DashboardFacts): Light {
  const { dashboard } = texts;
  const at = sync?.finishedAt;
  const hasFailed = sync?.outcome === 'failure';
  const when = at === undefined ? '' : format.relative(at);
  return {
    name: dashboard.directory,
    health: hasFailed ? 'broken' : people === 0 ? 'unknown' : 'well',
    value: dashboard.people(format.number(people)),
    detail:
      at === undefined ? dashboard.byHand : hasFailed ? dashboard.syncFailed(when) : dashboard.synced(when),
  };
}

function seatsLight({ texts, format }: Page, { seats: { used, total, month } }: DashboardFacts): Light {
  const { dashboard } = texts;
  const number = format.number(used);
  return {
    name: dashboard.seats,
    health: total === undefined ? 'unknown' : used > total ? 'look' : 'well',
    value:
      total === undefined ? dashboard.seatsUsed(number) : dashboard.seatsOf(number, format.number(total)),
    detail: total === undefined ? `${format.month(month)}, ${dashboard.noLicence}` : format.month(month),
  };
}

/** What is broken first. */
export function attentionOf(page: Page, facts: DashboardFacts): readonly Attention[] {
  const all = [recorderNote, certificateNote, directoryNote, seatsNote].flatMap(note => note(page, facts));
  return all.toSorted((a, b) => Number(b.isBroken) - Number(a.isBroken));
}

type Note = (page: Page, facts: DashboardFacts) => readonly Attention[];

const recorderNote: Note = ({ texts: { dashboard } }, { isRecorderFailing }) =>
  isRecorderFailing
    ? [
        {
          isBroken: true,
          sentence: dashboard.logBehind,
          cause: dashboard.logBehindCause,
          code: 'SIGNET_DATABASE_UNUSABLE',
        },
      ]
    : [];

const certificateNote: Note = ({ texts: { dashboard }, format }, { certificateUntil, tenant }) => {
  if (certificateUntil === undefined)
    return tenant.kind === 'exchange-online'
      ? [{ isBroken: true, sentence: dashboard.noCertificateSentence, cause: dashboard.noCertificateCause }]
      : [];
  const left = certificateUntil - format.now;
  if (left > certificateDays * dayMs) return [];
  const date = format.date(certificateUntil);
  const sentence = left <= 0 ? dashboard.certificateEnded(date) : dashboard.certificateEnds(date);
  return [{ isBroken: left <= 0, sentence, cause: dashboard.certificateCause }];
};

const directoryNote: Note = ({ texts: { dashboard }, menu }, { sync }) => {
  if (sync?.outcome !== 'failure') return [];
  const result = (sync.result ?? {}) as { readonly code?: unknown; readonly sentence?: unknown };
  const cause =
    typeof result.sentence === 'string'
      ? `${result.sentence} ${dashboard.directoryCause}`
      : dashboard.directoryCause;
  const people = menu.find(({ key }) => key === 'people');
  return [
    {
      isBroken: true,
      sentence: dashboard.directoryFailed,
      cause,
      ...(typeof result.code === 'string' ? { code: result.code } : {}),
      ...(people ? { way: { text: dashboard.seePeople, href: people.href } } : {}),
    },
  ];
};

const seatsNote: Note = ({ texts: { dashboard }, format, menu }, { seats: { used, total } }) => {
  if (total === undefined || used <= total) return [];
  const licences = menu.find(({ key }) => key === 'licences');
  return [
    {
      isBroken: false,
      sentence: dashboard.seatsOver(format.number(used - total)),
      cause: dashboard.seatsOverCause,
      ...(licences ? { way: { text: dashboard.seeLicences, href: licences.href } } : {}),
    },
  ];
};

/** What became of a message, in a word for lists: signed, or why not, and what the next hop said when it did not take it. */
export function resultOf({ texts }: Page, entry: Pick<MessageEntry, 'reason' | 'outcome'>): string {
  const { reason, outcome } = entry;
  const { log } = texts;
  const what = reasonIn(texts, reason);
  return outcome.startsWith('delivered') ? what : `${log.outcomes[outcome] ?? outcome}: ${what}`;
}
