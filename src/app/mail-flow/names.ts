/** What DNS says of the relay and of the tenant's SPF; it is asked briefly, and silence is no answer. */
import { Resolver } from 'node:dns/promises';
import type { NameFacts } from '../../microsoft/preflight/preflight-types.ts';

export type Names = (relayHost: string, domain: string) => Promise<NameFacts | undefined>;

const patience = { timeout: 2_000, tries: 2 };

export const systemNames: Names = async (relayHost, domain) => {
  const resolver = new Resolver(patience);
  const none = (error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENODATA' || code === 'ENOTFOUND') return [];
    throw error;
  };
  try {
    const relayAddresses = await resolver.resolve4(relayHost).catch(none);
    const texts = await resolver.resolveTxt(domain).catch(none);
    const spf = texts.map(pieces => pieces.join('')).find(text => /^v=spf1(\s|$)/i.test(text)) ?? '';
    return { relayAddresses, spf };
  } catch {
    return undefined;
  }
};
