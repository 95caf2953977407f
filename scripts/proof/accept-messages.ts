/**
 * Writes `want.eml` beside every golden message whose output agrees with its note, and says which ones changed: look at
 * those before committing them. Run it with `node --import tsx scripts/proof/accept-messages.ts`.
 */
import { Buffer } from 'node:buffer';
import { writeFileSync } from 'node:fs';
import { disagreements, type Golden, goldenMessages, stampGolden } from '../../test/support/messages.ts';
import { readWithMailparser } from '../../test/support/readers.ts';

let refused = 0;
for (const golden of goldenMessages()) await accept(golden);
process.exitCode = refused > 0 ? 1 : 0;

async function accept(golden: Golden): Promise<void> {
  const stamped = stampGolden(golden);
  const output = Buffer.concat(stamped.slices);
  const wrong = disagreements(golden, stamped, await readWithMailparser(output));
  if (wrong.length > 0) {
    refused++;
    process.stderr.write(`${golden.name}: ${wrong.join('; ')}\n`);
  } else if (!golden.want?.equals(output)) {
    writeFileSync(new URL('want.eml', golden.folder), output);
    process.stdout.write(`${golden.want ? 'changed' : 'new'}: ${golden.name}\n`);
  }
}
