/**
 * What Signet does to the header of a message: its own fields on top, the route secret out, and the signatures out that
 * its change has broken (PRODUCT.md 3). Every other field keeps its bytes and its place.
 */
import { Buffer } from 'node:buffer';
import { asciiDomain } from './address.ts';
import { type Field, fieldValue, type HeaderBlock } from './headers.ts';
import type { StampOptions } from './report.ts';
import type { Splice } from './splice.ts';

/** The fields that Signet adds to every message, CRLF-ended. */
export function processedFields(options: StampOptions): string {
  return `${options.traceFields ?? ''}X-Signet-Processed: ${options.token}\r\nX-Signet-Id: ${options.id}\r\n`;
}

/** Where Signet's fields go: in front of the first field. Lines before it (an mbox line) must stay the first ones. */
export function processedSplice(header: HeaderBlock, options: StampOptions): Splice {
  return { at: header.firstField, remove: 0, insert: Buffer.from(processedFields(options), 'latin1') };
}

/** Removes the route secret, which must never reach a recipient, bounce or log. */
export function routeSplices(header: HeaderBlock): Splice[] {
  return header.fields.filter(field => field.name === 'x-signet-route').map(removal);
}

/**
 * Removes what a changed body has broken: DKIM signatures of the sender's domains and of their `onmicrosoft.com` one, and
 * all ARC fields (exchange-online.md 9). Others' signatures stay: they were broken or foreign before.
 */
export function brokenSignatureSplices(
  bytes: Buffer,
  header: HeaderBlock,
  domains: readonly string[],
): Splice[] {
  const own = domains.map(asciiDomain);
  return header.fields
    .filter(
      field =>
        /^arc-(?:seal|message-signature|authentication-results)$/.test(field.name) ||
        isOwnDkim(bytes, field, own),
    )
    .map(removal);
}

function isOwnDkim(bytes: Buffer, field: Field, own: readonly string[]): boolean {
  if (field.name !== 'dkim-signature') return false;
  const tag = /(?:^|;)\s*d\s*=\s*([^;\s]+)/.exec(fieldValue(bytes, field))?.[1];
  const domain = asciiDomain(tag ?? '');
  return (
    domain.endsWith('.onmicrosoft.com') ||
    own.some(name => domain === name || domain.endsWith(`.${name}`) || name.endsWith(`.${domain}`))
  );
}

function removal(field: Field): Splice {
  return { at: field.start, remove: field.end - field.start, insert: Buffer.alloc(0) };
}
