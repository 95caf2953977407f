/** PURE. What other products and hybrid set-ups have in the tenant that meets the same mail. */

import { readComment } from '../connectors/marking.ts';
import type { ActualObject } from '../plan/plan-types.ts';
import { type Look, light, type PreflightFacts } from './preflight-types.ts';

/** Smart hosts and names of products that sign mail, too (exchange-online.md 5.1 and their documentation). */
const products: readonly (readonly [string, RegExp])[] = [
  ['Exclaimer', /exclaimer|excl\.cloud/i],
  ['CodeTwo', /codetwo|emailsignatures365/i],
  ['SEPPmail', /seppmail/i],
  ['Sigsync', /sigsync/i],
  ['Crossware', /crossware/i],
  ['Templafy', /templafy/i],
  ['Symprex', /symprex/i],
  ['Opensense', /opensense/i],
  ['Letsignit', /letsignit/i],
  ['Rocketseed', /rocketseed/i],
];

export const otherProductLights: Look = facts => {
  const { outbound, rules } = facts.actual;
  const found = strangers([...outbound, ...rules], facts)
    .filter(({ isEnabled }) => isEnabled)
    .flatMap(object => {
      const text = [object.name, object.comment, JSON.stringify(object.row.SmartHosts ?? '')].join(' ');
      const product = products.find(([, pattern]) => pattern.test(text))?.[0];
      return product === undefined ? [] : [{ product, name: object.name }];
    });
  if (found.length === 0)
    return light('other-products', 'well', 'No other product that signs mail was found.');
  const names = [...new Set(found.map(({ product, name }) => `${product} ("${name}")`))].join(', ');
  return light(
    'other-products',
    'look',
    `Other products sign mail here as well: ${names}. Mail that they stamped passes Signet unsigned; switch their rules off when Signet shall sign.`,
  );
};

/** Exchange attributes mail to one connector: of two that fit, nobody knows which (exchange-online.md 4.2). */
export const sameCallerLights: Look = facts => {
  const rivals = strangers(facts.actual.inbound, facts).filter(
    object => object.isEnabled && isOnPremises(object) && isSameCaller(object, facts),
  );
  if (rivals.length === 0) return [];
  const names = rivals.map(({ name }) => `"${name}"`).join(', ');
  return light(
    'inbound-connectors',
    'broken',
    `The inbound connector ${names} is for the same certificate or address as Signet's: Exchange could take mail for either. Give Signet a name or address of its own.`,
  );
};

/** Objects that no Signet made. */
export function strangers(
  objects: readonly ActualObject[],
  { settings: { installationId } }: Pick<PreflightFacts, 'settings'>,
): readonly ActualObject[] {
  return objects.filter(({ comment }) => readComment(comment)?.installationId !== installationId);
}

function isOnPremises({ row }: ActualObject) {
  return String(row.ConnectorType).toLowerCase() === 'onpremises';
}

function isSameCaller({ row }: ActualObject, { settings: { identification } }: PreflightFacts) {
  if (identification.kind === 'addresses') {
    const theirs = [row.SenderIPAddresses ?? []].flat().map(String);
    return identification.addresses.some(address => theirs.includes(address));
  }
  const theirs = String(row.TlsSenderCertificateName ?? '').toLowerCase();
  const ours = identification.name.toLowerCase();
  return (
    theirs === ours || (theirs.startsWith('*.') && ours.split('.').slice(1).join('.') === theirs.slice(2))
  );
}
