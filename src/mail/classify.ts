/**
 * Which messages are passed untouched whatever was decided for them (PRODUCT.md 3, exchange-online.md 8.4). Headers and
 * structure only; what can be seen only in decoded text (inline PGP) is for `stamp.ts`. When two reasons hold, the one
 * that protects the message more is named first.
 */
import type { Buffer } from 'node:buffer';
import { asciiDomain, domainOf, isOneOf } from './address.ts';
import { fieldValues, firstValue } from './headers.ts';
import type { Reason, StampOptions } from './report.ts';
import { type Part, walk } from './structure.ts';

type Facts = {
  readonly bytes: Buffer;
  readonly root: Part;
  readonly parts: readonly Part[];
  /** Those of a type that some rule may ask for. */
  readonly unusual: readonly Part[];
  /** Names of the message's header fields, lower case. */
  readonly names: ReadonlySet<string>;
  readonly options: StampOptions;
};

/** What letters are made of: no rule is about these. */
const usual: ReadonlySet<string> = new Set([
  'text/plain',
  'text/html',
  'multipart/alternative',
  'multipart/mixed',
  'multipart/related',
]);

type Rule = readonly [reason: Reason, holds: (facts: Facts) => boolean];

const otherProducts = [
  'x-codetwoprocessed',
  'x-exclaimerhostedsignatures-messageprocessed',
  'x-processedbytemplafy',
  'x-sigsync-processed',
];

const rules: readonly Rule[] = [
  ['already-processed', facts => values(facts, 'x-signet-processed').includes(facts.options.token)],
  ['smime', facts => hasType(facts, /^multipart\/signed$/) && !isPgpSigned(facts)],
  [
    'smime',
    facts =>
      hasType(facts, /^application\/(?:x-)?pkcs7-(?:mime|signature)$/) ||
      hasFile(facts, /^smime\.p7[ms]$|\.p7m$/),
  ],
  [
    'pgp',
    facts => hasType(facts, /^multipart\/(?:signed|encrypted)$|^application\/pgp(?:-encrypted|-signature)?$/),
  ],
  [
    'pgp',
    facts => facts.parts.some(part => /^pgp-/i.test(part.contentType.parameters.get('x-action') ?? '')),
  ],
  [
    'protected',
    facts =>
      hasType(facts, /^application\/x-microsoft-rpmsg-message$/) ||
      hasFile(facts, /^message(?:_v\d+)?\.rpmsg$/),
  ],
  ['protected', facts => contentClass(facts).startsWith('rpmsg.message')],
  [
    'read-report',
    facts => facts.root.type === 'multipart/report' && /disposition-notification/.test(reportType(facts)),
  ],
  ['read-report', facts => hasType(facts, /^message\/(?:global-)?disposition-notification$/)],
  [
    'delivery-report',
    facts => facts.root.type === 'multipart/report' || has(facts, 'x-ms-exchange-message-is-ndr'),
  ],
  ['delivery-report', facts => hasType(facts, /^message\/(?:(?:global-)?delivery-status|feedback-report)$/)],
  [
    'calendar',
    facts => hasType(facts, /^text\/(?:x-)?v?calendar$/) || contentClass(facts).includes('calendar'),
  ],
  [
    'calendar',
    facts =>
      has(facts, 'x-ms-exchange-calendar-series-instance-id') ||
      has(facts, 'x-ms-exchange-calendar-originator-id'),
  ],
  ['tnef', facts => hasType(facts, /^application\/(?:vnd\.)?ms-tnef$/) || hasFile(facts, /^winmail\.dat$/)],
  ['recall', facts => hasPrefix(facts, 'x-ms-exchange-recallreport') || /recall/i.test(generatedBy(facts))],
  [
    'approval',
    facts => hasPrefix(facts, 'x-ms-exchange-organization-approval') || /approval/.test(contentClass(facts)),
  ],
  ['approval', facts => hasPrefix(facts, 'x-ms-exchange-organization-moderat')],
  ['voice-mail', facts => has(facts, 'x-voicemessageduration') || has(facts, 'x-callingtelephonenumber')],
  [
    'voice-mail',
    facts =>
      /^(?:urn:content-classes:)?(?:voice|fax|missedcall)/.test(contentClass(facts)) ||
      /^voice-message/i.test(value(facts, 'message-context')),
  ],
  ['voice-mail', facts => facts.root.type === 'multipart/voice-message'],
  [
    'journal',
    facts => has(facts, 'x-ms-journal-report') || has(facts, 'x-ms-exchange-organization-journal-report'),
  ],
  ['partial-message', facts => hasType(facts, /^message\/partial$/)],
  // Where the envelope is not known, a Return-Path left by an earlier delivery stands for it (RFC 5321 4.4).
  [
    'null-sender',
    facts =>
      facts.options.envelopeFrom === '' ||
      (facts.options.envelopeFrom === undefined && /^<\s*>/.test(value(facts, 'return-path'))),
  ],
  ['automatic', facts => values(facts, 'auto-submitted').some(word => !/^no\b/i.test(word))],
  [
    'automatic',
    facts =>
      has(facts, 'x-autoreply') || has(facts, 'x-autorespond') || has(facts, 'x-auto-response-suppress'),
  ],
  ['automatic', facts => has(facts, 'x-ms-exchange-inbox-rules-loop') || generatedBy(facts) !== ''],
  ['automatic', facts => /^auto_reply$/i.test(value(facts, 'precedence'))],
  [
    'list-mail',
    facts => hasPrefix(facts, 'list-') || has(facts, 'mailing-list') || has(facts, 'x-mailing-list'),
  ],
  ['list-mail', facts => /^(?:list|bulk|junk)\b/i.test(value(facts, 'precedence'))],
  ['list-mail', facts => has(facts, 'x-ms-exchange-unifiedgroup-submittedviagroupaddress')],
  [
    'stamped-by-other-product',
    facts => facts.options.respectOtherProducts !== false && otherProducts.some(name => has(facts, name)),
  ],
  ['foreign-sender', facts => isForeignSender(facts)],
];

/** The reason to pass the message untouched, or undefined when it may be stamped. */
export function classify(bytes: Buffer, root: Part, options: StampOptions): Reason | undefined {
  const names = new Set(root.headers.fields.map(field => field.name));
  const parts = [...walk(root)];
  const unusual = parts.filter(({ contentType }) => !usual.has(contentType.value));
  const facts: Facts = { bytes, root, parts, unusual, names, options };
  return rules.find(([, holds]) => holds(facts))?.[0];
}

/** Domain of the From address; undefined when there is no readable one. */
export function senderDomain(bytes: Buffer, root: Part): string | undefined {
  const from = firstValue(bytes, root.headers, 'from');
  return from === undefined ? undefined : domainOf(utf8(from));
}

function isForeignSender({ bytes, root, options }: Facts): boolean {
  if (!options.domains) return false;
  const domain = senderDomain(bytes, root);
  return domain === undefined || !isOneOf(domain, options.domains.map(asciiDomain));
}

/** Field values are read byte by byte; internationalised ones (RFC 6532) are UTF-8. */
function utf8(latin1: string): string {
  return /[\x80-\xff]/.test(latin1)
    ? new TextDecoder().decode(Uint8Array.from(latin1, char => char.charCodeAt(0)))
    : latin1;
}

function isPgpSigned(facts: Facts): boolean {
  return facts.parts.every(
    part =>
      part.type !== 'multipart/signed' || /pgp/i.test(part.contentType.parameters.get('protocol') ?? ''),
  );
}

function reportType(facts: Facts): string {
  return (facts.root.contentType.parameters.get('report-type') ?? '').toLowerCase();
}

function has(facts: Facts, name: string): boolean {
  return facts.names.has(name);
}

function hasPrefix(facts: Facts, prefix: string): boolean {
  return facts.root.headers.fields.some(field => field.name.startsWith(prefix));
}

function hasType(facts: Facts, pattern: RegExp): boolean {
  return facts.unusual.some(
    ({ type, contentType }) =>
      pattern.test(type) || (contentType.value !== type && pattern.test(contentType.value)),
  );
}

function hasFile(facts: Facts, pattern: RegExp): boolean {
  return facts.parts.some(part => {
    const name = part.disposition?.parameters.get('filename') ?? part.contentType.parameters.get('name');
    return name !== undefined && pattern.test(name.toLowerCase());
  });
}

function value(facts: Facts, name: string): string {
  return facts.names.has(name) ? (firstValue(facts.bytes, facts.root.headers, name) ?? '') : '';
}

function values(facts: Facts, name: string): string[] {
  return facts.names.has(name) ? fieldValues(facts.bytes, facts.root.headers, name) : [];
}

function contentClass(facts: Facts): string {
  return value(facts, 'content-class').toLowerCase();
}

function generatedBy(facts: Facts): string {
  return value(facts, 'x-ms-exchange-generated-message-source');
}
