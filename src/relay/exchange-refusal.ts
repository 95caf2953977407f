/**
 * What Exchange Online means when it does not take a tenant's mail back from us (exchange-online.md 7.5, 7.4, 7.1). Pure. All of
 * these are about the tenant's set-up, never about the one message: the message waits, and the operator reads the cause.
 */
import type { Problem } from '../problem.ts';
import type { NextHopReply } from './next-hop-reply.ts';

type Answer = Pick<NextHopReply, 'enhanced' | 'text'>;

/** One sentence for the first answer that has a known cause; undefined when none has. */
export function explainExchange(answers: readonly Answer[], tenant: string): Problem | undefined {
  for (const answer of answers) {
    const problem = problemOf(answer, tenant);
    if (problem) return problem;
  }
  return undefined;
}

function problemOf({ enhanced, text }: Answer, tenant: string): Problem | undefined {
  const said = `Exchange Online does not take mail of ${tenant} back (${enhanced})`;
  const of = (code: Problem['code'], rest: string): Problem => ({ code, sentence: `${said}: ${rest}` });
  switch (enhanced) {
    case '5.7.64':
    case '5.7.57':
    case '5.7.367':
      return of(
        'SIGNET_EXCHANGE_ATTRIBUTION',
        'its inbound connector does not know Signet. Compare the certificate name or address of the connector with what Signet shows, see that the connector is enabled, and that the name is an accepted domain; "signet tenant verify" does it.',
      );
    case '5.7.750':
      return of(
        'SIGNET_EXCHANGE_ATTRIBUTION',
        'it sees senders of domains that are not registered with the tenant. Add the domain as an accepted domain, or check that the inbound connector matches.',
      );
    case '5.7.705':
      return of(
        'SIGNET_EXCHANGE_BLOCKED',
        'the tenant is over its sending threshold at Microsoft. Look for a compromised account and ask Microsoft to lift the block.',
      );
    case '5.7.708':
      return of(
        'SIGNET_EXCHANGE_BLOCKED',
        'Microsoft does not trust the address that Signet sends from, as with trial tenants. Ask Microsoft for its release, or send from another address.',
      );
    case '4.4.62':
      return of(
        'SIGNET_EXCHANGE_ATTRIBUTION',
        "the mail went to another region or organisation than the tenant is in. Check the next hop: the MX of the tenant's own domain.",
      );
    default:
      return isThrottled(enhanced, text)
        ? of(
            'SIGNET_EXCHANGE_ATTRIBUTION',
            'it limits mail from an address that it does not know. A matching inbound connector lifts that: compare its certificate name or address with what Signet shows.',
          )
        : undefined;
  }
}

/** `451 4.7.500` to `4.7.699`, with `(AS...)` behind it. */
function isThrottled(enhanced: string, text: string): boolean {
  return /^4\.7\.[56]\d\d$/.test(enhanced) || /^Server busy\b.*\(AS\d+\)/.test(text);
}
