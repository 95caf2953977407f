/** Misfortunes of mail flow that can be switched on by name. */
import type { Refusal } from './inbound.ts';

export type MailFault = {
  readonly name: string;
  /** For the page that switches it. */
  readonly sentence: string;
  /** The answer of the simulated Exchange to mail that comes in. */
  readonly inbound?: Refusal & { readonly stage: 'connect' | 'rcpt' | 'data' };
};

export const mailFaults = [
  { name: 'connector-dead', sentence: 'Exchange cannot connect to any smart host.' },
  { name: 'inbound-without-tls', sentence: 'The inbound host offers no STARTTLS.' },
  { name: 'one-copy', sentence: 'Rules about recipients take the whole message, not a forked copy.' },
  { name: 'reply-lost', sentence: 'The inbound host takes each message, and its answer never arrives.' },
  {
    name: 'inbound-throttled',
    sentence: 'The inbound host throttles: 451 4.7.500.',
    inbound: {
      stage: 'rcpt',
      code: 451,
      text: '4.7.500 Server busy. Please try again later from [127.0.0.1]. (AS77711111)',
    },
  },
  {
    name: 'inbound-busy',
    sentence: 'The inbound host turns connections away: 421 4.3.2.',
    inbound: {
      stage: 'connect',
      code: 421,
      text: '4.3.2 Service not available, too many concurrent connections',
    },
  },
  {
    name: 'inbound-not-attributed',
    sentence: 'The inbound host refuses to relay: 550 5.7.64.',
    inbound: { stage: 'rcpt', code: 550, text: '5.7.64 TenantAttribution; Relay Access Denied [SANDBOX]' },
  },
  {
    name: 'inbound-trial-tenant',
    sentence: 'The inbound host distrusts the address of a trial tenant: 550 5.7.708.',
    inbound: {
      stage: 'rcpt',
      code: 550,
      text: '5.7.708 Service unavailable. Access denied, traffic not accepted from this IP',
    },
  },
  {
    name: 'inbound-over-threshold',
    sentence: 'The tenant has sent too much: 550 5.7.705.',
    inbound: { stage: 'rcpt', code: 550, text: '5.7.705 Access denied, tenant has exceeded threshold' },
  },
  {
    name: 'inbound-refuses-content',
    sentence: 'The inbound host refuses every message for its content: 554 5.6.0.',
    inbound: { stage: 'data', code: 554, text: '5.6.0 Corrupt message content' },
  },
] as const satisfies readonly MailFault[];

export type MailFaultName = (typeof mailFaults)[number]['name'];

export function isMailFault(name: string): name is MailFaultName {
  return mailFaults.some(fault => fault.name === name);
}

/** Which are on: a set, or whatever counts how often one has struck. Each is asked only where it would strike. */
export type MailFaults = { readonly has: (name: MailFaultName) => boolean };

/** The refusal that one of the switched-on faults asks for. */
export function inboundRefusal(faults: MailFaults, stage: 'connect' | 'rcpt' | 'data'): Refusal | undefined {
  const all: readonly (MailFault & { readonly name: MailFaultName })[] = mailFaults;
  return all.find(({ name, inbound }) => inbound?.stage === stage && faults.has(name))?.inbound;
}
