/** One message: bytes in, bytes and a report out, through the same function that the relay calls. */
import { createHash } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { PartReport, Stamped } from '../../mail/report.ts';
import { isUnixFile, toMail, toUnix, unixOffset } from './line-ends.ts';

/** One line of `--json`. Byte counts and offsets are those of the file; `inserted` counts bytes as they are mailed. */
export type Report = {
  readonly file: string;
  readonly outcome: Stamped['outcome'];
  readonly reason: string | null;
  readonly parts: readonly PartReport[];
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly ms: number;
  /** Names; only where rules decided. */
  readonly signatures?: readonly string[];
  readonly rules?: readonly string[];
};

export type Done = { readonly bytes: Buffer; readonly report: Report; readonly cause: unknown };

export type Task = { readonly name: string; readonly bytes: Buffer };

/** What is put on a message, whoever decides it. `id` goes into `X-Signet-Id`. */
export type Stamper = (mail: Buffer, id: string) => Promise<StampedByRules>;

export type StampedByRules = Stamped & Pick<Report, 'signatures' | 'rules'>;

export async function stampMessage(task: Task, stamper: Stamper): Promise<Done> {
  const isUnix = isUnixFile(task.bytes);
  const mail = isUnix ? toMail(task.bytes) : task.bytes;
  const begun = performance.now();
  const stamped = await stamper(mail, idOf(mail));
  const ms = Math.round((performance.now() - begun) * 1_000) / 1_000;
  const whole = Buffer.concat(stamped.slices);
  const bytes = isUnix ? toUnix(whole) : whole;
  const place = (offset: number) => (isUnix ? unixOffset(mail, offset) : offset);
  const report = {
    file: task.name,
    outcome: stamped.outcome,
    reason: stamped.reason ?? null,
    parts: reportedParts(stamped).map(part => ({ ...part, offset: place(part.offset) })),
    bytesIn: task.bytes.length,
    bytesOut: bytes.length,
    ms,
    ...(stamped.signatures && { signatures: stamped.signatures }),
    ...(stamped.rules && { rules: stamped.rules }),
  };
  return { bytes, report, cause: stamped.cause };
}

/** The id comes from the message as mailed, so a Unix copy and the original of one message get the same. */
function idOf(mail: Buffer) {
  return createHash('sha256').update(mail).digest('hex').slice(0, 32);
}

function reportedParts({ parts }: Stamped): PartReport[] {
  return parts
    .filter(({ inserted, reason }) => inserted > 0 || reason)
    .map(({ type, zone, offset, inserted, reason }) => ({
      type,
      zone,
      offset,
      inserted,
      ...(reason ? { reason } : {}),
    }));
}
