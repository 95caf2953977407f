/** What is explained: a message read from a file, or one made of words; and the moment at which it comes. */
import { asciiDomain } from '../../mail/address.ts';
import { examine } from '../../mail/examine.ts';
import type { Reason, StampOptions } from '../../mail/report.ts';
import { createLocalTime } from '../../signature/local-time.ts';
import type { SigningTenant, Situation } from '../../signature/tenant.ts';
import { usageFailure } from '../command.ts';
import { fixedToken } from '../stamp/arguments.ts';
import { isUnixFile, toMail } from '../stamp/line-ends.ts';
import { readBytes } from '../stamp/section.ts';
import type { ExplainArguments, WrittenMessage } from './arguments.ts';

export type ReadSituation = Situation & {
  /** Why this message passes untouched whatever the rules say. */
  readonly untouched: Reason | undefined;
};

export async function readSituation(
  { message, recipients, at }: ExplainArguments,
  tenant: SigningTenant,
): Promise<ReadSituation> {
  const now = readMoment(at, tenant.preferences.timeZone, 'explain');
  const read = message.kind === 'file' ? await readFacts(message.file, tenant) : wordedFacts(message, tenant);
  return { ...read, recipients: recipients.map(recipientKey), now };
}

async function readFacts(file: string, tenant: SigningTenant) {
  const bytes = await readBytes(file);
  const options = { ...tenantOptions(tenant), token: fixedToken, id: 'explain' };
  const examined = examine(isUnixFile(bytes) ? toMail(bytes) : bytes, options);
  return { untouched: examined.reason, facts: examined.facts(tenant.needs) };
}

/** What a tenant's preferences say to the mail surgery. */
export function tenantOptions({ domains, preferences }: SigningTenant): Omit<StampOptions, 'token' | 'id'> {
  return {
    domains,
    codeWords: preferences.codeWords,
    respectOtherProducts: preferences.respectOtherProducts,
    removeClientSignature: preferences.removeClientSignatures,
  };
}

type Worded = Extract<WrittenMessage, { kind: 'words' }>;

function wordedFacts({ from, sender, isReply, subject }: Worded, { domains }: SigningTenant) {
  const isOurs = domains.includes(asciiDomain(from.slice(from.lastIndexOf('@') + 1)));
  const untouched: Reason | undefined = isOurs ? undefined : 'foreign-sender';
  return {
    untouched,
    facts: {
      from: { address: from, name: '' },
      sender: sender === undefined ? undefined : { address: sender, name: '' },
      subject,
      isReply,
      importance: 'normal' as const,
      sizeBytes: 0,
    },
  };
}

/** Milliseconds since 1970 UTC of `--at`; without it now. A time without a zone is one of the tenant's clock. */
export function readMoment(at: string | undefined, timeZone: string, command: string, option = 'at'): number {
  if (at === undefined) return Date.now();
  const hasZone = /T.*(Z|[+-]\d\d:\d\d)$/.test(at);
  const now = hasZone ? Date.parse(at) : createLocalTime(timeZone).instantOf(at);
  if (now !== undefined && Number.isFinite(now)) return now;
  throw usageFailure(command, `--${option} is "${at}" and must be a time such as 2026-12-24T18:30`);
}

/** An address as the relay has envelope recipients: lower case, the domain as A-labels. */
export function recipientKey(address: string): string {
  const at = address.lastIndexOf('@');
  return `${address.slice(0, at).toLowerCase()}@${asciiDomain(address.slice(at + 1))}`;
}
