/** Stamps a message with what the rules of a tenant decide for its sender and the given recipients: the relay's own way. */
import { examine } from '../../mail/examine.ts';
import { usageFailure } from '../command.ts';
import { readMoment, recipientKey, tenantOptions } from '../explain/situation.ts';
import type { LoadedTenant } from '../explain/with-tenant.ts';
import type { RuleArguments } from './arguments.ts';
import type { Stamper } from './one-message.ts';

export function ruleStamper(tenant: LoadedTenant, asked: RuleArguments, token: string): Stamper {
  const { signing, rules, fetchPhotos } = tenant;
  const now = readMoment(asked.at, signing.preferences.timeZone, 'stamp');
  const recipients = asked.recipients.map(recipientKey);
  const names = new Map(rules.map(rule => [rule.id, rule.name]));
  return async (mail, id) => {
    const examined = examine(mail, { ...tenantOptions(signing), token, id });
    const situation = { facts: examined.facts(signing.needs), recipients, now };
    const first = signing.plan(situation);
    const { variants } = (await fetchPhotos()) ? signing.plan(situation) : first;
    const [variant] = variants;
    if (!variant || variants.length > 1)
      throw usageFailure('stamp', 'these recipients get different signatures: give one --to at a time');
    const { signatures } = variant;
    const matched = variant.rules.map(rule => names.get(rule) ?? rule);
    return { ...examined.stamp(variant.sections), signatures, rules: matched };
  };
}
