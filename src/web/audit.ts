/** Words of the audit trail: a closed list, so that it can be searched and translated. */
import type { NewAuditEntry } from '../store/audit.ts';
import type { Visit } from './visit.ts';

export type AuditAction =
  | 'first-account'
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
  | 'account-removed';

export type Deed = {
  readonly action: AuditAction;
  readonly subject: string;
  readonly detail?: unknown;
  readonly tenantId?: string;
  /** For deeds of guests: who they say they are. */
  readonly actor?: string;
};

/** Who did it and from where follow from the visit. */
export function auditEntry(visit: Visit, { action, subject, detail, tenantId, actor }: Deed): NewAuditEntry {
  const { account, address } = visit;
  return {
    ...(account ? { actorId: account.id } : {}),
    actor: account?.name ?? actor ?? 'guest',
    ...(tenantId === undefined ? {} : { tenantId }),
    action,
    subject,
    detail: detail ?? null,
    address,
  };
}
