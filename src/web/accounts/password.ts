/**
 * Passphrases: what is taken, and how they are kept. argon2id (RFC 9106) of Node's own, in its threads, two at a time, since
 * each takes 19 MiB and a core. Parameters stand in the hash; one with older parameters is made anew at the next sign-in.
 */
import { argon2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { Random } from '../tokens.ts';
import { commonPasswords } from './common-passwords.ts';

export type PasswordFault = 'short' | 'long' | 'common' | 'personal';

/** In Unicode characters. */
const least = 12;
const most = 256;

/**
 * KiB, passes, lanes: the least that OWASP's Password Storage Cheat Sheet names for argon2id (19 MiB, 2, 1), not more. RFC
 * 9106, 4, would rather have 64 MiB, 3 passes and 4 lanes "if much less memory is available"; this process holds mail in its
 * memory on machines with two cores, and a stolen hash is of a passphrase of 12 characters and more that opens nothing
 * without the second factor. Tag of 256 and salt of 128 bits as the RFC has it.
 */
const current = { memory: 19_456, passes: 2, parallelism: 1 } as const;

/** `words`: names that must not stand in it. Undefined when it may be taken. */
export function passwordFault(password: string, words: readonly string[]): PasswordFault | undefined {
  const length = [...password].length;
  if (length < least) return 'short';
  if (length > most) return 'long';
  const folded = fold(password);
  if (commonPasswords.has(folded) || isOneThing(folded)) return 'common';
  const personal = ['signet', ...words.map(fold)].filter(word => word.length >= 4);
  // A long sentence may name the company; what is left of a short one must still be long enough.
  const rest = personal.reduce((text, word) => text.replaceAll(word, ''), folded);
  return [...rest].length < least - 4 ? 'personal' : undefined;
}

const fold = (text: string) => text.normalize('NFKC').toLowerCase();

/** One piece over and over: `aaaaaaaaaaaa`, `123123123123`; or a run: `abcdefghijkl`. */
function isOneThing(text: string) {
  if (/^(.{1,4})\1+.{0,3}$/su.test(text)) return true;
  const codes = [...text].map(sign => sign.codePointAt(0) ?? 0);
  return codes.every((code, index) => index === 0 || Math.abs(code - (codes[index - 1] ?? 0)) === 1);
}

export type Passwords = {
  readonly hash: (password: string) => Promise<string>;
  /** Takes the same time for an unknown account: hand in undefined. */
  readonly verify: (
    password: string,
    hash: string | undefined,
  ) => Promise<{ readonly isRight: boolean; readonly isOutdated: boolean }>;
};

export function createPasswords(random: Random): Passwords {
  const derive = oneOfTwo(promisify(argon2));
  const dummy = format(current, Buffer.alloc(16), Buffer.alloc(32));

  async function hash(password: string) {
    const salt = random(16);
    return format(current, salt, await keyOf(password, salt, current));
  }

  async function verify(password: string, stored: string | undefined) {
    const { parameters, salt, key } = parse(stored ?? dummy);
    const made = await keyOf(password, salt, parameters);
    const isRight = stored !== undefined && timingSafeEqual(made, key);
    return { isRight, isOutdated: isRight && !isCurrent(parameters) };
  }

  /** Composed (NFKC): what keyboards and systems write differently is one passphrase. */
  function keyOf(password: string, salt: Buffer, parameters: Parameters) {
    const message = Buffer.from(password.normalize('NFKC'));
    return derive('argon2id', { message, nonce: salt, tagLength: 32, ...parameters });
  }

  return { hash, verify };
}

type Parameters = { readonly memory: number; readonly passes: number; readonly parallelism: number };

function isCurrent({ memory, passes, parallelism }: Parameters) {
  return memory === current.memory && passes === current.passes && parallelism === current.parallelism;
}

/** The usual text form of argon2's hashes. */
function format({ memory, passes, parallelism }: Parameters, salt: Buffer, key: Buffer) {
  const parts = `m=${memory},t=${passes},p=${parallelism}`;
  return `$argon2id$v=19$${parts}$${salt.toString('base64url')}$${key.toString('base64url')}`;
}

function parse(hash: string) {
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w-]+)\$([\w-]+)$/.exec(hash);
  if (!match) throw new Error('expected a hash of argon2id, got something else');
  const [, memory, passes, parallelism, salt = '', key = ''] = match;
  const parameters = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
  return { parameters, salt: Buffer.from(salt, 'base64url'), key: Buffer.from(key, 'base64url') };
}

/** Two run, the others wait their turn: a flood of sign-ins must not take the memory or the cores that mail needs. */
function oneOfTwo<Input extends unknown[], Output>(work: (...input: Input) => Promise<Output>) {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (...input: Input): Promise<Output> => {
    if (running >= 2) await new Promise<void>(resolve => waiting.push(resolve));
    running++;
    try {
      return await work(...input);
    } finally {
      running--;
      waiting.shift()?.();
    }
  };
}
