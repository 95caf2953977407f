/**
 * Passkeys (WebAuthn): bound to the name of this appliance, so that no false page can ask for one; the device checks who holds
 * it (user verification), which makes each two factors in one. A challenge is kept here for the session that asked, and
 * counts once.
 */
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import type { Account } from '../../store/accounts.ts';
import type { Factors, Passkey } from '../../store/factors.ts';
import type { Memory } from '../memory.ts';

export type PasskeysNeeds = {
  readonly factors: Pick<Factors, 'listPasskeys' | 'findPasskey' | 'usePasskey'>;
  readonly memory: Pick<Memory, 'keepSecret' | 'secret'>;
};

/** Who asks: the session's id, or for a guest the hash of the token that ties the form to the browser. */
export type Asking = { readonly asker: string; readonly origin: string };

export type NewPasskey = Pick<Passkey, 'credentialId' | 'publicKey' | 'counter' | 'transports'>;

export type Passkeys = {
  /** What the browser's own dialogue gets to make one. */
  readonly offer: (asking: Asking, account: Account) => Promise<unknown>;
  /** `response`: JSON of the browser. Undefined when it is not to be believed. */
  readonly take: (asking: Asking, response: string) => Promise<NewPasskey | undefined>;
  /** Without an account: of whoever holds one. */
  readonly ask: (asking: Asking, account?: Account) => Promise<unknown>;
  /** The account whose passkey it was. */
  readonly check: (asking: Asking, response: string) => Promise<string | undefined>;
};

/** Ed25519, ECDSA and RSA with SHA-256 (COSE): what every authenticator has one of. */
const algorithms = [-8, -7, -257];

const nameOf = ({ origin }: Asking) => new URL(origin).hostname;

export function createPasskeys({ factors, memory }: PasskeysNeeds): Passkeys {
  async function offer(asking: Asking, account: Account) {
    const held = await factors.listPasskeys(account.id);
    const options = await generateRegistrationOptions({
      rpName: 'Signet',
      rpID: nameOf(asking),
      userName: account.name,
      userID: new TextEncoder().encode(account.id),
      attestationType: 'none',
      supportedAlgorithmIDs: algorithms,
      excludeCredentials: held.map(credentialOf),
      authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
    });
    memory.keepSecret(asking.asker, 'challenge', options.challenge);
    return options;
  }

  async function take(asking: Asking, response: string): Promise<NewPasskey | undefined> {
    const expectedChallenge = takeChallenge(asking);
    const sent = parsed(response);
    if (expectedChallenge === undefined || sent === undefined) return undefined;
    const verified = await orUndefined(() =>
      verifyRegistrationResponse({
        response: sent as Parameters<typeof verifyRegistrationResponse>[0]['response'],
        expectedChallenge,
        expectedOrigin: asking.origin,
        expectedRPID: nameOf(asking),
        requireUserVerification: true,
        supportedAlgorithmIDs: algorithms,
      }),
    );
    if (!verified?.verified) return undefined;
    const { id, publicKey, counter, transports } = verified.registrationInfo.credential;
    return { credentialId: id, publicKey, counter, transports: transports ?? [] };
  }

  async function ask(asking: Asking, account?: Account) {
    const held = account ? await factors.listPasskeys(account.id) : [];
    const options = await generateAuthenticationOptions({
      rpID: nameOf(asking),
      allowCredentials: held.map(credentialOf),
      userVerification: 'required',
    });
    memory.keepSecret(asking.asker, 'challenge', options.challenge);
    return options;
  }

  async function check(asking: Asking, response: string) {
    const expectedChallenge = takeChallenge(asking);
    const sent = parsed(response);
    const id = (sent as { id?: unknown } | undefined)?.id;
    const passkey = typeof id === 'string' ? await factors.findPasskey(id) : undefined;
    if (expectedChallenge === undefined || !passkey) return undefined;
    const { credentialId, publicKey, counter } = passkey;
    const verified = await orUndefined(() =>
      verifyAuthenticationResponse({
        response: sent as Parameters<typeof verifyAuthenticationResponse>[0]['response'],
        expectedChallenge,
        expectedOrigin: asking.origin,
        expectedRPID: nameOf(asking),
        credential: { id: credentialId, publicKey: new Uint8Array(publicKey), counter },
        requireUserVerification: true,
      }),
    );
    if (!verified?.verified) return undefined;
    await factors.usePasskey(passkey.factorId, verified.authenticationInfo.newCounter);
    return passkey.accountId;
  }

  function takeChallenge({ asker }: Asking) {
    const challenge = memory.secret(asker, 'challenge');
    memory.keepSecret(asker, 'challenge', undefined);
    return challenge;
  }

  return { offer, take, ask, check };
}

function credentialOf({ credentialId, transports }: Passkey) {
  return { id: credentialId, transports: [...transports] };
}

function parsed(json: string): unknown {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The library throws for whatever does not fit: to us all of it is "no". */
async function orUndefined<Value>(work: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await work();
  } catch {
    return undefined;
  }
}
