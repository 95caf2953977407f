/**
 * What the relay tells beside the mail, kept and passed on: domains that a tenant has and Signet does not know yet, test
 * messages that were counted, and what an operator must hear of. A busy or hostile sender repeats itself: of each thing the
 * first is told, then nothing for a while.
 */
import type { Clock } from '../../clock.ts';
import type { Log } from '../../log.ts';
import type { Problem } from '../../problem.ts';
import type { RelayEvent } from '../../relay/doorkeeper.ts';
import type { MicrosoftState, MicrosoftStore } from '../../store/microsoft.ts';

export type RelayEventsNeeds = {
  readonly microsoft: Pick<MicrosoftStore, 'changeMicrosoft' | 'countProbe'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly alert: (problem: Problem, tenantId?: string) => void;
  /** The tenant's accepted domains are to be read again, where somebody may. */
  readonly onUnknownDomain?: (tenantId: string, domain: string) => void;
};

const hour = 60 * 60 * 1_000;
/** Things remembered as told: whoever makes more than these up only makes the log longer. */
const REMEMBERED = 1_000;
/** Domains kept for a tenant; Exchange allows 900, and new ones come one by one. */
const MAX_DOMAINS = 50;

export function createRelayEvents({ microsoft, clock, log, alert, onUnknownDomain }: RelayEventsNeeds) {
  const told = new Map<string, number>();

  /** True once in an hour for each thing. */
  function isNews(...what: readonly string[]): boolean {
    const key = JSON.stringify(what);
    const now = clock.elapsed();
    const before = told.get(key);
    if (before !== undefined && now - before < hour) return false;
    if (told.size >= REMEMBERED) told.clear();
    told.set(key, now);
    return true;
  }

  /** Written behind the mail; a store in trouble is noticed elsewhere. */
  function keep(what: string, writing: Promise<unknown>): void {
    writing.catch(error => log.warn({ err: error }, `${what} could not be kept`));
  }

  return function onEvent(event: RelayEvent): void {
    switch (event.kind) {
      case 'probe':
        keep('a test message', microsoft.countProbe(event.tenantId, event.windowId));
        return;
      case 'unknown-domain': {
        const { tenantId, domain } = event;
        if (!isNews('domain', tenantId, domain)) return;
        log.warn(
          { tenant: tenantId, domain },
          'mail came from a domain that is not known: it passed unsigned',
        );
        keep(
          'an unknown domain',
          microsoft.changeMicrosoft(tenantId, state => withDomain(state, domain)),
        );
        onUnknownDomain?.(tenantId, domain);
        return;
      }
      case 'unproven':
        if (isNews('secret', event.tenantId)) alert(unprovenProblem(event), event.tenantId);
        return;
      case 'unverified-microsoft':
        if (isNews('certificate')) alert(unverified(event.address));
        return;
      case 'alarm':
        if (isNews('alarm', event.tenantId, event.problem.code)) alert(event.problem, event.tenantId);
        return;
    }
  };
}

function withDomain(state: MicrosoftState, domain: string): MicrosoftState {
  const others = (state.unknownDomains ?? []).filter(known => known !== domain);
  return { ...state, unknownDomains: [...others, domain].slice(-MAX_DOMAINS) };
}

function unprovenProblem({ tenantId, secret }: Extract<RelayEvent, { kind: 'unproven' }>): Problem {
  const why = {
    missing: 'carries no route secret: its mail flow rule does not set one',
    wrong: 'carries another route secret than this appliance has',
    'not-known-here': 'cannot be proven, as this appliance has no route secret for it',
  }[secret];
  return {
    code: 'SIGNET_ROUTE_SECRET',
    sentence: `mail of tenant ${tenantId} ${why}: it waits at Exchange for a day at most. Run "signet tenant connect" for it, which makes the rule right again.`,
  };
}

function unverified(address: string): Problem {
  return {
    code: 'SIGNET_MICROSOFT_CERTIFICATE',
    sentence: `${address} shows a certificate in the name of Exchange Online that cannot be verified: if it is Microsoft's own, update Signet; its mail waits meanwhile.`,
  };
}
