/** Stamps every message with the one section given as files. */
import type { Section } from '../../mail/report.ts';
import { stamp } from '../../mail/stamp.ts';
import type { StampArguments } from './arguments.ts';
import type { Stamper } from './one-message.ts';

export function sectionStamper(section: Section, settings: StampArguments): Stamper {
  const { token, domains, removeClientSignature } = settings;
  const options = { token, removeClientSignature, ...(domains.length > 0 ? { domains } : {}) };
  return async (mail, id) => stamp(mail, [section], { ...options, id });
}
