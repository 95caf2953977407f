/** One message of our own over the relay's way to a next hop. */
import type { LookupFunction } from 'node:net';
import { limits } from '../../limits.ts';
import type { NextHop } from '../../relay/message.ts';
import { findExchangers, type MxLookup } from '../../relay/mx.ts';
import { isFailure, openNextHop } from '../../relay/next-hop.ts';
import { isAccepted } from '../../relay/next-hop-session.ts';
import { systemTimers } from '../../relay/server-deadline.ts';

export type MailWay = {
  readonly hostname: string;
  readonly resolveMx: MxLookup['resolveMx'];
  readonly random: () => number;
  readonly lookup?: LookupFunction;
};

export type OwnMail = { readonly from: string; readonly to: readonly string[]; readonly content: Uint8Array };

/** Rejects with a sentence when no exchanger takes it for at least one recipient. */
export async function sendMail(nextHop: NextHop, mail: OwnMail, way: MailWay): Promise<void> {
  const found = await findExchangers(nextHop.target, way, limits.handBack.exchangers);
  if (found.kind !== 'hosts') throw new Error(found.kind === 'null-mx' ? 'it takes no mail' : found.cause);
  let trouble = 'it has no hosts';
  for (const host of found.hosts) {
    const said = await sendTo(host, nextHop, mail, way);
    if (said === undefined) return;
    trouble = said;
  }
  throw new Error(trouble);
}

/** Undefined when it was taken, else why not. */
async function sendTo(host: string, nextHop: NextHop, { from, to, content }: OwnMail, way: MailWay) {
  const signal = AbortSignal.timeout(limits.handBack.beforeDotsMs);
  const dependencies = { ...way, limits: limits.handBack, timers: systemTimers };
  const session = await openNextHop({ host, nextHop, signal }, dependencies);
  if (isFailure(session)) return `${host}: ${session.reply?.text ?? session.cause}`;
  const giveUp = () => session.destroy('timeout');
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    const envelope = { from, recipients: to, is8bit: false, isUtf8: false, sizeBytes: content.length };
    const answer = await session.envelope(envelope);
    if (isFailure(answer)) return `${host}: ${answer.reply?.text ?? answer.cause}`;
    if (answer.data?.code !== 354 || !answer.recipients.some(isAccepted))
      return `${host}: ${[answer.mail, ...answer.recipients].find(reply => !isAccepted(reply))?.text ?? 'DATA was refused'}`;
    const reply = await session.bodyAndDot([content]);
    if (isFailure(reply)) return `${host}: ${reply.cause}`;
    return isAccepted(reply) ? undefined : `${host}: ${reply.code} ${reply.text}`;
  } finally {
    signal.removeEventListener('abort', giveUp);
    session.quit();
  }
}
