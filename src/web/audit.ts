/**
 * Words of the audit trail: a closed list, so that it can be searched and translated; and how the pages write it.
 *
 * What needs a trail is written down *before* it is done, and not done when that fails (ASVS 16.5.3: the pages fail closed): an
 * entry without its deed raises a question, a deed without its entry is a hole nobody sees. What is over anyway, such as a
 * sign-out or a wrong passphrase, is answered as ever; then the log has the failure.
 */
import type { Log } from '../log.ts';
import type { Audit, NewAuditEntry } from '../store/audit.ts';
import { HttpFault } from './http-fault.ts';
import type { Visit } from './visit.ts';

export type AuditAction =
  | 'first-account'
  | 'passphrase-right'
  | 'sign-in'
  | 'sign-in-failed'
  | 'sign-out'
  | 'proof'
  | 'proof-failed'
  | 'factor-added'
  | 'factor-removed'
  | 'recovery-codes-made'
  | 'recovery-code-used'
  | 'password-changed'
  | 'session-ended'
  | 'account-added'
  | 'account-changed'
  | 'account-removed'
  | 'signing-stopped'
  | 'signing-started'
  | 'mail-flow-scope'
  | 'mail-flow-run'
  | 'mail-flow-script'
  | 'account-disabled'
  | 'account-enabled'
  | 'invited'
  | 'invitation-withdrawn'
  | 'reset-begun'
  | 'backup-taken'
  | 'trail-verified'
  | 'rule-saved'
  | 'rule-removed'
  | 'rules-reordered'
  | 'signature-saved'
  | 'signature-published'
  | 'signature-withdrawn'
  | 'signature-removed'
  | 'signature-copied'
  | 'override-saved'
  | 'override-removed'
  | 'people-imported'
  | 'people-exported'
  | 'licence-imported'
  | 'licence-removed'
  | 'seats-exported'
  | 'log-exported'
  | 'tenant-added'
  | 'tenant-changed'
  | 'tenant-exported'
  | 'tenant-removed'
  | 'next-hop-tested'
  | 'setting-changed';

export type Deed = {
  readonly action: AuditAction;
  readonly subject: string;
  readonly detail?: unknown;
  readonly tenantId?: string;
  /** For deeds of those who are not signed in yet: whose account it is; without one, a guest. */
  readonly by?: { readonly id: string; readonly name: string };
};

/** Who did it and from where follow from the visit. */
function auditEntry(visit: Visit, { action, subject, detail, tenantId, by }: Deed): NewAuditEntry {
  const { address } = visit;
  const actor = by ?? visit.account;
  return {
    ...(actor ? { actorId: actor.id } : {}),
    actor: actor?.name ?? 'guest',
    ...(tenantId === undefined ? {} : { tenantId }),
    action,
    subject,
    detail: detail ?? null,
    address,
  };
}

export type Trail = {
  /** Before the deed. Rejects with an `HttpFault` (503), and the deed is not done. */
  readonly record: (visit: Visit, deed: Deed) => Promise<void>;
  /** Of what happened already: never rejects. */
  readonly note: (visit: Visit, deed: Deed) => Promise<void>;
};

export type TrailNeeds = { readonly audit: Pick<Audit, 'recordAudit'>; readonly log: Log };

export function createTrail({ audit, log }: TrailNeeds): Trail {
  async function write(visit: Visit, deed: Deed) {
    try {
      await audit.recordAudit(auditEntry(visit, deed));
      return true;
    } catch (error) {
      log.error({ err: error, action: deed.action }, 'the audit trail took no entry');
      return false;
    }
  }

  return {
    async record(visit, deed) {
      if (!(await write(visit, deed))) throw new HttpFault(503, 'no-trail');
    },
    async note(visit, deed) {
      await write(visit, deed);
    },
  };
}
