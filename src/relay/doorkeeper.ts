/**
 * Applies admission (admission.ts, pure) to the present configuration: who may begin a message, whose it is once its header
 * is there, what the one who hands it in is told, and what the operator hears of it.
 */
import type { Log } from '../log.ts';
import type { Reason } from '../mail/report.ts';
import type { Problem } from '../problem.ts';
import { type Admission, admit, createDoor, type Door, type MessageMarks } from './admission.ts';
import { createProbeCount } from './admission-exchange.ts';
import type { Envelope, RelayTenant, Reply, Session } from './message.ts';

export type RelayEvent =
  /** Mail of this tenant waits at Exchange. */
  | {
      readonly kind: 'unproven';
      readonly tenantId: string;
      readonly secret: 'missing' | 'wrong' | 'not-known-here';
    }
  /** Mail was taken from a sender in a domain that the tenant is not known to have. */
  | { readonly kind: 'unknown-domain'; readonly tenantId: string; readonly domain: string }
  | { readonly kind: 'probe'; readonly tenantId: string; readonly windowId: string }
  /** Somebody shows a certificate in Microsoft's name that no known authority stands behind. */
  | { readonly kind: 'unverified-microsoft'; readonly address: string }
  /** A tenant's hand-back needs attention. */
  | { readonly kind: 'alarm'; readonly tenantId: string; readonly problem: Problem };

export type DoorkeeperNeeds = {
  /** The present configuration; the same array for as long as nothing changed. */
  readonly tenants: () => readonly RelayTenant[];
  readonly log: Log;
  readonly onEvent: (event: RelayEvent) => void;
};

export type Begun =
  | {
      readonly kind: 'known';
      /** By their peers. */
      readonly candidates: readonly RelayTenant[];
      /** All whose message it could be. */
      readonly concerned: readonly RelayTenant[];
    }
  | { readonly kind: 'refused'; readonly reply: Reply };

export type Decided =
  | {
      readonly kind: 'in';
      readonly tenant: RelayTenant;
      /** It is handed on as it came, for this reason. */
      readonly pass?: Reason;
    }
  | {
      readonly kind: 'out';
      readonly tenant?: RelayTenant;
      readonly reply: Reply;
      /** For the log. */
      readonly stopped: string;
      readonly note?: string;
    };

export type Doorkeeper = Pick<Door, 'authenticate'> & {
  readonly hasUsers: () => boolean;
  readonly begin: (session: Session) => Begun;
  readonly decide: (message: {
    readonly id: string;
    readonly session: Session;
    readonly candidates: readonly RelayTenant[];
    readonly envelope: Envelope;
    readonly marks: MessageMarks;
    readonly now: number;
  }) => Decided;
};

const stranger: Reply = { code: 550, text: '5.7.1 This server relays for its known peers only' };
const unproven: Reply = { code: 451, text: '4.7.1 Not clear whether this message is of the tenant it names' };
const unverified: Reply = { code: 451, text: '4.7.1 The certificate of this client cannot be verified' };
const ambiguous: Reply = { code: 451, text: '4.7.1 Not clear for whom this message is relayed' };

export function createDoorkeeper({ tenants, log, onEvent }: DoorkeeperNeeds): Doorkeeper {
  const doors = new WeakMap<readonly RelayTenant[], Door>();
  const probes = createProbeCount();

  function door(): Door {
    const present = tenants();
    const known = doors.get(present) ?? createDoor(present);
    doors.set(present, known);
    return known;
  }

  function begin(session: Session): Begun {
    const { candidates: candidatesFor, exchange } = door();
    const candidates = candidatesFor(session);
    const mayBeOfExchange = session.microsoft === 'verified' && exchange.length > 0;
    if (candidates.length === 0 && !mayBeOfExchange) return refuse(session, exchange.length > 0);
    const concerned = mayBeOfExchange ? [...candidates, ...exchange] : candidates;
    return { kind: 'known', candidates, concerned };
  }

  function refuse({ id, address, user, microsoft }: Session, hasExchange: boolean): Begun {
    // An authority that is missing here must not bounce what Exchange sends.
    if (hasExchange && microsoft === 'unverified') {
      log.warn({ session: id, peer: address }, "a certificate in Microsoft's name cannot be verified");
      onEvent({ kind: 'unverified-microsoft', address });
      return { kind: 'refused', reply: unverified };
    }
    log.info({ session: id, peer: address, user }, 'a stranger was refused');
    return { kind: 'refused', reply: stranger };
  }

  const decide: Doorkeeper['decide'] = message => {
    const admission = admit({ ...message, door: door(), taken: probes.of });
    if (admission.kind === 'tenant') return letIn(admission);
    if (admission.kind === 'probe') {
      const { tenant, window } = admission;
      probes.add(window);
      onEvent({ kind: 'probe', tenantId: tenant.id, windowId: window.id });
      return { kind: 'in', tenant, pass: 'validation-probe' };
    }
    return keepOut(admission, { id: message.id, peer: message.session.address });
  };

  function letIn({ tenant, unknownDomain }: Extract<Admission, { kind: 'tenant' }>): Decided {
    if (unknownDomain !== undefined)
      onEvent({ kind: 'unknown-domain', tenantId: tenant.id, domain: unknownDomain });
    return { kind: 'in', tenant };
  }

  function keepOut(
    admission: Exclude<Admission, { kind: 'tenant' | 'probe' }>,
    about: { readonly id: string; readonly peer: string },
  ): Decided {
    if (admission.kind === 'ambiguous') {
      const ids = admission.tenants.map(tenant => tenant.id);
      log.error({ ...about, tenants: ids }, 'a message could belong to several tenants: it waits');
      return { kind: 'out', reply: ambiguous, stopped: 'ambiguous-tenant' };
    }
    if (admission.kind === 'stranger') {
      log.info(about, 'a stranger was refused');
      return { kind: 'out', reply: stranger, stopped: 'stranger' };
    }
    const { tenant, secret } = admission;
    log.error({ ...about, tenant: tenant.id, secret }, 'a message without a valid route secret: it waits');
    onEvent({ kind: 'unproven', tenantId: tenant.id, secret });
    return { kind: 'out', tenant, reply: unproven, stopped: 'unproven', note: `route-secret-${secret}` };
  }

  return {
    hasUsers: () => door().hasUsers,
    authenticate: (user, password) => door().authenticate(user, password),
    begin,
    decide,
  };
}
