/**
 * `npm run bench -- stamp [--json] [--quick]`: measures, prints the figures and says which targets they meet. Exit
 * code 1 when one is missed, 2 for bad usage. Benchmarks make their own input.
 */
import { parseArgs } from 'node:util';
import { benchStamp } from './bench/stamp.mjs';
import { stampTables } from './bench/tables.mjs';

const usage = 'Usage: npm run bench -- stamp [--json] [--quick]';

process.exitCode = await main(process.argv.slice(2));

async function main(words) {
  const settings = read(words);
  if (!settings) {
    process.stderr.write(`${usage}\n`);
    return 2;
  }
  const result = await benchStamp({ pace: settings.quick ? 'quick' : 'full', tell });
  process.stdout.write(`${settings.json ? JSON.stringify(result) : stampTables(result)}\n`);
  return result.targets.every(target => target.isMet) ? 0 : 1;
}

function read(words) {
  try {
    const { values, positionals } = parseArgs({
      args: words,
      allowPositionals: true,
      options: { json: { type: 'boolean' }, quick: { type: 'boolean' } },
    });
    return positionals.join(' ') === 'stamp' ? values : undefined;
  } catch {
    return undefined;
  }
}

/** Only for someone who waits in front of a terminal. */
function tell(what) {
  if (process.stderr.isTTY) process.stderr.write(`measuring ${what} ...\n`);
}
