/** What the routes of a tenant's mail flow share: its address, the sign-in of this browser, what a failure answers. */
import type { MailFlowService, Session } from '../../../microsoft/mail-flow-types.ts';
import type { Trail } from '../../audit.ts';
import type { WebNeeds } from '../../needs.ts';
import { sessionOf, tenantOf, type Visit } from '../../visit.ts';

export type MailFlowNeeds = Pick<WebNeeds, 'mailFlow' | 'store' | 'clock' | 'timeZone' | 'publicUrl'> & {
  readonly trail: Trail;
};

export function baseOf(visit: Visit): string {
  return `/tenants/${encodeURIComponent(tenantOf(visit).id)}/mail-flow`;
}

/** The sign-in of this tenant and browser when it is done; undefined: somebody has to sign in at Microsoft first. */
export function signedIn(
  mailFlow: MailFlowService,
  visit: Visit,
): (Session & { readonly username: string | undefined }) | undefined {
  const about = { tenantId: tenantOf(visit).id, owner: sessionOf(visit).id };
  const view = mailFlow.openSignIn(about);
  if (view?.state.kind !== 'signed-in') return undefined;
  return { ...about, signInId: view.id, username: view.state.username };
}

/** Both words of a failure: what is the matter, and its code for searching. */
export function faultOf({
  problem,
}: {
  readonly problem: { readonly code: string; readonly sentence: string };
}): string {
  return `${problem.sentence} (${problem.code})`;
}
