/** The vault of who only reads: no key is read and nothing is written. It tells which secrets there are; none of them opens. */
import type { Vault } from './vault.ts';

const refuse = () => Promise.reject(new Error('expected an open vault, got one that is closed for reading'));

export const closedVault: Vault = {
  keepSecret: refuse,
  readSecret: async () => ({ kind: 'unopenable' }),
  async readSecretsOf(query, { owner, rowId }) {
    const rows = await query
      .selectFrom('secrets')
      .select('name')
      .where('owner', '=', owner)
      .where('row_id', '=', rowId)
      .execute();
    return Object.fromEntries(rows.map(({ name }) => [name, '']));
  },
  forgetSecret: refuse,
  forgetSecretsOf: refuse,
  rotateMasterKey: refuse,
};
