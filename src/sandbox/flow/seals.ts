/**
 * DKIM and ARC as the simulated Exchange makes and checks them (exchange-online.md 9), with real keys and real signatures
 * by mailauth, of which this is the only user. Its name server answers for these keys alone: nothing is asked outside.
 */
import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { arc, createSeal } from 'mailauth/lib/arc/index.js';
import { dkimSign } from 'mailauth/lib/dkim/sign.js';
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';

export type Verdict = {
  readonly dkim: 'none' | 'pass' | 'fail';
  /** Domain of the signature that decided; undefined without one. */
  readonly dkimDomain?: string;
  /** Why a signature fails, in the words that Exchange uses. */
  readonly dkimReason?: string;
  readonly arc: 'none' | 'pass' | 'fail';
  /** Number of the last ARC set; 0 without one. */
  readonly arcSets: number;
};

export type Seals = {
  /** The DKIM-Signature field for that domain, CRLF-ended. */
  readonly sign: (bytes: Buffer, domain: string, now: number) => Promise<string>;
  /** The three fields of the next ARC set, CRLF-ended; '' when the chain may not grow (RFC 8617 5.1 step 2). */
  readonly seal: (bytes: Buffer, wish: SealWish) => Promise<string>;
  readonly verify: (bytes: Buffer, now: number) => Promise<Verdict>;
};

export type SealWish = {
  readonly now: number;
  readonly verdict: Verdict;
  /** Value of ARC-Authentication-Results behind the instance. */
  readonly results: string;
};

type Keys = { readonly privateKey: string; readonly record: string };

/** What the traces of Exchange Online show in `h=`. */
const signedFields = 'From:Date:Subject:Message-ID:Content-Type:MIME-Version:X-MS-Exchange-SenderADCheck';
const selector = 'selector1';
const arcDomain = 'microsoft.com';
const arcSelector = 'arcselector10001';
const generate = promisify(generateKeyPair);

export function createSeals(): Seals {
  const keysByName = new Map<string, Promise<Keys>>();

  function keysFor(name: string) {
    const keys = keysByName.get(name) ?? makeKeys();
    keysByName.set(name, keys);
    return keys;
  }

  async function resolver(name: string, type: string): Promise<string[][]> {
    const keys = type === 'TXT' ? await keysByName.get(name.toLowerCase()) : undefined;
    if (keys) return [[keys.record]];
    throw Object.assign(new Error(`no record ${type} ${name}`), { code: 'ENOTFOUND' });
  }

  async function sign(bytes: Buffer, domain: string, now: number) {
    const { privateKey } = await keysFor(`${selector}._domainkey.${domain.toLowerCase()}`);
    const { signatures, errors } = await dkimSign(bytes, {
      canonicalization: 'relaxed/relaxed',
      signTime: now,
      headerList: signedFields,
      signatureData: [{ signingDomain: domain.toLowerCase(), selector, privateKey }],
    } as Parameters<typeof dkimSign>[1]);
    if (errors.length > 0) throw new Error(`DKIM could not be made: ${String(errors[0]?.err)}`);
    return signatures;
  }

  async function seal(bytes: Buffer, { now, verdict, results }: SealWish) {
    const { privateKey } = await keysFor(`${arcSelector}._domainkey.${arcDomain}`);
    const { headers } = await createSeal(bytes, {
      seal: {
        signingDomain: arcDomain,
        selector: arcSelector,
        privateKey,
        signTime: now,
        cv: verdict.arc,
        authResults: results,
        headerList: signedFields,
      },
    } as Parameters<typeof createSeal>[1]);
    return headers.length > 0 ? `${headers.join('\r\n')}\r\n` : '';
  }

  async function verify(bytes: Buffer, now: number): Promise<Verdict> {
    const checked = await dkimVerify(bytes, { resolver, curTime: now });
    const chain = (checked as { readonly arc?: Parameters<typeof arc>[0] }).arc;
    const { status, i } = await arc(chain ?? { chain: [] }, { resolver });
    const signatures = checked.results.filter(({ signingDomain }) => signingDomain);
    const decisive = signatures.find(({ status: { result } }) => result === 'pass') ?? signatures[0];
    const isPass = decisive?.status.result === 'pass';
    return {
      dkim: decisive ? (isPass ? 'pass' : 'fail') : 'none',
      ...(decisive?.signingDomain ? { dkimDomain: decisive.signingDomain } : {}),
      ...(decisive && !isPass ? { dkimReason: reasonOf(decisive.status.comment) } : {}),
      arc: status.result === 'pass' || status.result === 'none' ? status.result : 'fail',
      arcSets: Number(i) || 0,
    };
  }

  return { sign, seal, verify };
}

function reasonOf(comment: string | false | undefined) {
  return /body hash/i.test(comment || '') ? 'body hash did not verify' : 'signature did not verify';
}

async function makeKeys(): Promise<Keys> {
  const { privateKey, publicKey } = await generate('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return { privateKey, record: `v=DKIM1; k=rsa; p=${publicKey.toString('base64')}` };
}
