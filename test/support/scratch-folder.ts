/** A folder of this test file alone; it goes when the file's tests are done. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

let made: string | undefined;

export function scratchFolder(): string {
  made ??= mkdtempSync(join(tmpdir(), 'signet-test-'));
  return made;
}

after(() => {
  if (made !== undefined) rmSync(made, { recursive: true, force: true });
});
