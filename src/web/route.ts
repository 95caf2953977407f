/** A row of the route table. */
import type { Access } from './access.ts';
import type { Answer } from './answer.ts';
import type { Visit } from './visit.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export type Handle = (visit: Visit) => Answer | Promise<Answer>;

export type Route = {
  readonly method: Method;
  /** In the notation of @koa/router: `/tenants/:tenantId/people`. */
  readonly path: string;
  readonly access: Access;
  readonly handle: Handle;
  /** Only shortly after the second factor was shown (ASVS 5.0, 7.5): keys, accounts, backups, licences. */
  readonly needsProof?: true;
};

export const anyone: Access = { kind: 'anyone' };
export const guest: Access = { kind: 'guest' };
export const half: Access = { kind: 'half' };
export const enrol: Access = { kind: 'enrol' };
export const account: Access = { kind: 'account' };
export const owner: Access = { kind: 'owner' };
export const auditorOfAll: Access = { kind: 'everywhere', role: 'auditor' };
export const auditor: Access = { kind: 'tenant', role: 'auditor' };
export const editor: Access = { kind: 'tenant', role: 'editor' };
export const admin: Access = { kind: 'tenant', role: 'admin' };

const row =
  (method: Method) =>
  (path: string, access: Access, handle: Handle): Route => ({ method, path, access, handle });

export const get = row('GET');
export const post = row('POST');
export const put = row('PUT');
export const remove = row('DELETE');

/** Asks for the second factor again before this. */
export const proved = (route: Route): Route => ({ ...route, needsProof: true });
