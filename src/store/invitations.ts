/**
 * One-time links: to an account that does not exist yet, or to a new passphrase for one that does. Only the hash of a link's
 * token is stored, and taking it is one statement, so that of two who open the same link one gets in.
 */
import type { Clock } from '../clock.ts';
import type { Grant } from './accounts.ts';
import type { Database } from './database.ts';
import type { Tables } from './tables.ts';

export type Invitation = {
  /** For lists; it opens nothing. */
  readonly id: string;
  /** Of the account whose passphrase is made anew; absent for an account to come. */
  readonly accountId?: string;
  readonly name: string;
  /** Of the account to come. */
  readonly grants: readonly Grant[];
  /** The account's name that made it. */
  readonly invitedBy: string;
  readonly createdAt: number;
  readonly expiresAt: number;
};

export type NewInvitation = Omit<Invitation, 'createdAt'> & {
  /** SHA-256 of the token, hexadecimal. */
  readonly tokenHash: string;
};

export type Invitations = {
  /** In the place of an earlier one to the same account or the same name. */
  readonly addInvitation: (invitation: NewInvitation) => Promise<void>;
  /** Undefined when there is none, or it is over. */
  readonly findInvitation: (tokenHash: string) => Promise<Invitation | undefined>;
  /** The newest first; those that are over are not listed. */
  readonly listInvitations: () => Promise<readonly Invitation[]>;
  /** False when somebody was faster, or it is over. */
  readonly takeInvitation: (tokenHash: string) => Promise<boolean>;
  readonly removeInvitation: (id: string) => Promise<void>;
};

export type InvitationsNeeds = { readonly database: Database; readonly clock: Clock };

export function createInvitations({ database: { read, write }, clock }: InvitationsNeeds): Invitations {
  return {
    addInvitation: ({ accountId, ...invitation }) =>
      write.transaction().execute(async transaction => {
        const earlier = transaction
          .deleteFrom('invitations')
          .where(({ or, and, eb }) =>
            or([
              eb('expires_at', '<=', clock.now()),
              accountId === undefined
                ? and([eb('account_id', 'is', null), eb('name', '=', invitation.name)])
                : eb('account_id', '=', accountId),
            ]),
          );
        await earlier.execute();
        await transaction
          .insertInto('invitations')
          .values({
            token_hash: invitation.tokenHash,
            id: invitation.id,
            account_id: accountId ?? null,
            name: invitation.name,
            grants: JSON.stringify(invitation.grants),
            invited_by: invitation.invitedBy,
            created_at: clock.now(),
            expires_at: invitation.expiresAt,
          })
          .execute();
      }),
    async findInvitation(tokenHash) {
      const row = await read
        .selectFrom('invitations')
        .selectAll()
        .where('token_hash', '=', tokenHash)
        .where('expires_at', '>', clock.now())
        .executeTakeFirst();
      return row && invitationOf(row);
    },
    async listInvitations() {
      const rows = await read
        .selectFrom('invitations')
        .selectAll()
        .where('expires_at', '>', clock.now())
        .orderBy('created_at', 'desc')
        .execute();
      return rows.map(invitationOf);
    },
    async takeInvitation(tokenHash) {
      const { numDeletedRows } = await write
        .deleteFrom('invitations')
        .where('token_hash', '=', tokenHash)
        .where('expires_at', '>', clock.now())
        .executeTakeFirst();
      return numDeletedRows > 0n;
    },
    async removeInvitation(id) {
      await write.deleteFrom('invitations').where('id', '=', id).execute();
    },
  };
}

function invitationOf(row: Tables['invitations']): Invitation {
  return {
    id: row.id,
    ...(row.account_id === null ? {} : { accountId: row.account_id }),
    name: row.name,
    grants: JSON.parse(row.grants),
    invitedBy: row.invited_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
}
