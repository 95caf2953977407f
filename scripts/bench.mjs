/**
 * `npm run bench -- stamp|relay [--json] [--quick]`: measures, prints the figures and says which targets they meet. Exit
 * code 1 when one is missed, 2 for bad usage. Benchmarks make their own input. `relay` also takes `--peers`, which needs
 * root and Debian (it installs Postfix, altermime and Haraka), and `--only TEXT`: what has TEXT in its name.
 */
import { parseArgs } from 'node:util';
import { benchRelay } from './bench/relay.mjs';
import { benchStamp } from './bench/stamp.mjs';
import { relayTables, stampTables } from './bench/tables.mjs';

const usage = 'Usage: npm run bench -- stamp|relay [--json] [--quick]; relay: [--peers] [--only TEXT]';
const benches = {
  stamp: { measure: benchStamp, tables: stampTables },
  relay: { measure: benchRelay, tables: relayTables },
};

process.exitCode = await main(process.argv.slice(2));

async function main(words) {
  const settings = read(words);
  if (!settings) {
    process.stderr.write(`${usage}\n`);
    return 2;
  }
  const { measure, tables } = benches[settings.name];
  const { quick, peers, only } = settings;
  const result = await measure({ pace: quick ? 'quick' : 'full', peers, only, tell });
  process.stdout.write(`${settings.json ? JSON.stringify(result) : tables(result)}\n`);
  return result.targets.every(target => target.isMet) ? 0 : 1;
}

function read(words) {
  try {
    const { values, positionals } = parseArgs({
      args: words,
      allowPositionals: true,
      options: {
        json: { type: 'boolean' },
        quick: { type: 'boolean' },
        peers: { type: 'boolean' },
        only: { type: 'string' },
      },
    });
    const name = positionals.join(' ');
    return Object.hasOwn(benches, name) ? { ...values, name } : undefined;
  } catch {
    return undefined;
  }
}

/** Only for someone who waits in front of a terminal. */
function tell(what) {
  if (process.stderr.isTTY) process.stderr.write(`measuring ${what} ...\n`);
}
