/** The vault of who only reads: no key is read, no secret opens, nothing is written. */
import type { Vault } from './vault.ts';

const refuse = () => Promise.reject(new Error('expected an open vault, got one that is closed for reading'));

export const closedVault: Vault = {
  keepSecret: refuse,
  readSecret: async () => ({ kind: 'unopenable' }),
  readSecretsOf: async () => ({}),
  forgetSecret: refuse,
  forgetSecretsOf: refuse,
  rotateMasterKey: refuse,
};
