/**
 * From the bytes of a message and the decided sections to the stamped bytes, in one step: for the command line, and for
 * everybody who knows the sections before having seen the message. Pure, and it never throws: whatever happens inside
 * becomes `untouched` with a reason and the original bytes (DESIGN.md 1, promises 1 and 4; PRODUCT.md 3).
 */
import { examine } from './examine.ts';
import type { Section, Stamped, StampOptions } from './report.ts';

/**
 * Stamps one message. `message` holds whole SMTP content without dot-stuffing; it is not changed, and the slices of the
 * result point into it. `sections` stand in rule order.
 */
export function stamp(message: Uint8Array, sections: readonly Section[], options: StampOptions): Stamped {
  return examine(message, options).stamp(sections);
}
