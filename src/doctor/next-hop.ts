/** Each next hop as mail would meet it: found, connected, encrypted, signed in, but nothing sent. */
import type { NextHop } from '../relay/message.ts';
import type { Exchangers } from '../relay/mx.ts';
import type { Failure, NextHopSession } from '../relay/next-hop-session.ts';
import { type Finding, findingsOf } from './finding.ts';

export type NextHopWays = {
  readonly find: (target: NextHop['target']) => Promise<Exchangers>;
  /** Ends by itself in time. */
  readonly open: (host: string, nextHop: NextHop) => Promise<NextHopSession | Failure>;
};

/** `subject`: the tenant's name. Every exchanger is tried, since mail would go to any of them. */
export async function examineNextHop(
  subject: string,
  nextHop: NextHop,
  { find, open }: NextHopWays,
): Promise<readonly Finding[]> {
  const is = findingsOf('next-hop', subject);
  const name = nextHop.target.kind === 'host' ? nextHop.target.host : nextHop.target.domain;
  const found = await find(nextHop.target);
  if (found.kind === 'null-mx')
    return [is.failure(`${name} says in DNS that it takes no mail (null MX)`, 'name another next hop')];
  if (found.kind === 'unresolved')
    return [
      is.failure(
        `${name} cannot be found (${found.cause})`,
        'check the name, and the name servers of this machine',
      ),
    ];
  return Promise.all(
    found.hosts.map(async host => {
      const opened = await open(host, nextHop);
      if (isFailure(opened)) return failureOf(is, `${host}:${nextHop.port}`, opened);
      const { isSecure } = opened;
      opened.quit();
      return isSecure
        ? is.fine(`${host}:${nextHop.port} takes mail, encrypted`)
        : is.warning(
            `${host}:${nextHop.port} takes mail in clear text`,
            'leave tls at "required" unless the way to it is your own',
          );
    }),
  );
}

function isFailure(opened: NextHopSession | Failure): opened is Failure {
  return 'kind' in opened && opened.kind === 'failure';
}

function failureOf(
  is: ReturnType<typeof findingsOf>,
  place: string,
  { stage, reason, cause, reply }: Failure,
): Finding {
  const said = reply ? `it says ${reply.code} ${reply.text}` : cause;
  switch (stage) {
    case 'connect':
      return is.failure(
        `${place} cannot be reached (${said})`,
        'check host and port, and that a firewall or your provider lets port 25 out (many clouds block it until asked)',
      );
    case 'starttls':
      return is.failure(
        `${place} has no TLS that can be believed (${said})`,
        'give it a certificate for this name, or name its authority with "ca" in the next hop',
      );
    case 'auth':
      return is.failure(`${place} refuses the sign-in (${said})`, 'check user and password of the next hop');
    default:
      return is.failure(
        `${place} does not take mail from here (${said})`,
        reason === 'timeout'
          ? 'ask whoever runs it why it does not answer'
          : 'let whoever runs it allow this machine',
      );
  }
}
