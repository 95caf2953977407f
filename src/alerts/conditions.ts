/** What is looked at each minute, from facts to alerts. Pure: thresholds and words are here and nowhere else. */
import type { ProblemCode } from '../problem.ts';
import type { Alert } from './alert.ts';

export type Facts = {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly isListening: boolean;
  readonly disk: { readonly folder: string; readonly freeBytes: number } | undefined;
  readonly certificates: readonly {
    readonly name: string;
    readonly tenantId?: string;
    readonly validUntil: number;
  }[];
  readonly tenants: readonly TenantFacts[];
  /** The message log cannot be written, or lost entries. */
  readonly isRecorderFailing: boolean;
};

export type TenantFacts = {
  readonly id: string;
  readonly name: string;
  /** Of the last minutes, as the message log has them. */
  readonly deferred: number;
  readonly delivered: number;
  readonly directory?: {
    readonly everyMinutes: number;
    readonly lastSuccessAt?: number;
    /** Of a failure after the last success. */
    readonly failure?: string;
    /** Of the first run ever: nothing is stale before it had its time. */
    readonly knownSince: number;
  };
  readonly licenceProblems: readonly { readonly code: ProblemCode; readonly sentence: string }[];
  /** One sentence for each difference of its Exchange configuration. */
  readonly drift: readonly string[];
};

const [mib, dayMs, minuteMs] = [2 ** 20, 86_400_000, 60_000];
const [littleBytes, certificateDays] = [500 * mib, 21];
/** So many messages that wait, and none that went: one grey-listed message is no trouble. */
const manyDeferred = 3;
/** Syncs may fail a few times before people are out of date. */
const [staleIntervals, staleMs] = [3, 2 * 60 * minuteMs];

export function alertsOf(facts: Facts): readonly Alert[] {
  return [
    ...(facts.isListening
      ? []
      : [alert('SIGNET_RELAY_DEAF', 'the relay takes no mail: look into the log and restart Signet.')]),
    ...diskAlert(facts),
    ...certificateAlerts(facts),
    ...(facts.isRecorderFailing
      ? [
          alert(
            'SIGNET_STORE_FAILED',
            'the message log cannot be written; mail flows on: check disk and permissions of the data folder.',
          ),
        ]
      : []),
    ...facts.tenants.flatMap(tenant => tenantAlerts(tenant, facts.now)),
  ];
}

function diskAlert({ disk }: Facts): readonly Alert[] {
  if (!disk || disk.freeBytes >= littleBytes) return [];
  const left = Math.floor(disk.freeBytes / mib);
  return [
    alert(
      'SIGNET_DISK_FULL',
      `${left} MiB are left on the disk of ${disk.folder}: make room, or keep the message log for a shorter time.`,
    ),
  ];
}

/** One alert for each tenant, and one for the appliance, of the certificate that ends first. */
function certificateAlerts({ certificates, now }: Facts): readonly Alert[] {
  const ending = certificates
    .filter(({ validUntil }) => validUntil - now < certificateDays * dayMs)
    .sort((one, other) => one.validUntil - other.validUntil);
  const first = new Map(ending.reverse().map(one => [one.tenantId, one]));
  return [...first.values()].map(({ name, tenantId, validUntil }) => {
    const days = Math.floor((validUntil - now) / dayMs);
    const when = days < 0 ? 'has ended' : days === 0 ? 'ends today' : `ends in ${days} days`;
    return alert(
      'SIGNET_CERTIFICATE_ENDING',
      `the certificate ${name} ${when}: put a new one in its place.`,
      tenantId,
    );
  });
}

function tenantAlerts(tenant: TenantFacts, now: number): readonly Alert[] {
  const { id, name, deferred, delivered, licenceProblems, drift } = tenant;
  return [
    ...(deferred >= manyDeferred && delivered === 0
      ? [
          alert(
            'SIGNET_NEXT_HOP_REFUSES',
            `mail of ${name} waits: its next hop took none of the last ${deferred} messages. Run "signet doctor".`,
            id,
          ),
        ]
      : []),
    ...directoryAlert(tenant, now),
    ...licenceProblems.map(({ code, sentence }) => alert(code, `${name}: ${sentence}`, id)),
    ...(drift.length > 0
      ? [
          alert(
            'SIGNET_EXCHANGE_DRIFT',
            `Exchange is not as it was set up for ${name}: ${drift.join('; ')}. Run "signet tenant verify", then repair.`,
            id,
          ),
        ]
      : []),
  ];
}

function directoryAlert({ id, name, directory }: TenantFacts, now: number): readonly Alert[] {
  if (!directory) return [];
  const { everyMinutes, lastSuccessAt, failure, knownSince } = directory;
  const age = now - (lastSuccessAt ?? knownSince);
  if (age < Math.max(staleMs, staleIntervals * everyMinutes * minuteMs)) return [];
  const why = failure === undefined ? '' : ` (${failure.replace(/\.$/, '')})`;
  const hours = Math.floor(age / (60 * minuteMs));
  return [
    alert(
      'SIGNET_DIRECTORY_STALE',
      `the people of ${name} have not been read for ${hours} hours${why}: signatures show what was known then. Run "signet sync".`,
      id,
    ),
  ];
}

function alert(code: ProblemCode, sentence: string, tenantId?: string): Alert {
  return { code, sentence, ...(tenantId === undefined ? {} : { tenantId }) };
}
