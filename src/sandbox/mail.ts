/**
 * Mail of the simulated cloud: the flow of all its tenants on a real port, and time that moves it. What the admin API has
 * stored is what is evaluated; names of smart hosts lead to where this machine has them, whatever a name server says.
 */
import type { Authority } from './authority.ts';
import { createMailFlow, type MailFlow } from './flow/flow.ts';
import type { SmartHost } from './flow/outbound.ts';
import type { State } from './state.ts';

export type SandboxMail = Omit<MailFlow, 'listen' | 'close' | 'tick'> & {
  /** Where `*.mail.protection.outlook.com` leads. */
  readonly host: string;
  readonly port: number;
  /** Name of a smart host, in lower case -> where it is. */
  readonly smartHosts: Map<string, SmartHost>;
  readonly close: () => Promise<void>;
};

export type SandboxMailNeeds = { readonly state: State; readonly authority: Authority };

/** How often it is looked whether a retry is due, in real time. */
const tickMs = 200;
const host = 'localhost';

export async function startMail({ state, authority }: SandboxMailNeeds): Promise<SandboxMail> {
  const smartHosts = new Map<string, SmartHost>();
  const { tick, listen, close, ...flow } = createMailFlow({
    tenants: () => [...state.tenants.values()],
    now: state.time.now,
    newGuid: state.newGuid,
    findHost: name => smartHosts.get(name.toLowerCase()),
    certificate: await authority.issue([
      'mail.protection.outlook.com',
      '*.mail.protection.outlook.com',
      host,
    ]),
    trusted: authority.certificate,
    faults: { has: name => state.faults.strikes(name) !== undefined },
  });
  const port = await listen({ host: '127.0.0.1', port: 0 });
  state.hooks.validateConnector = flow.validate;
  const timer = setInterval(() => {
    if (flow.waiting().some(({ nextAt }) => nextAt <= state.time.now())) tick();
  }, tickMs);
  return {
    ...flow,
    host,
    port,
    smartHosts,
    close: async () => {
      clearInterval(timer);
      await close();
    },
  };
}
