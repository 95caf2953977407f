/** `signet licence key`: the public keys whose licence files this appliance takes. */
import { licensingOf } from '../../app/licensing.ts';
import { systemClock } from '../../clock.ts';
import type { KeptKey } from '../../licence/kept-keys.ts';
import { exitCodes, readWords, type Terminal, usageFailure } from '../command.ts';
import { readBytes } from '../stamp/section.ts';
import { orFail, withStore } from '../with-store.ts';

const options = { remove: { type: 'string' }, json: { type: 'boolean', default: false } } as const;

export async function licenceKey(words: readonly string[], terminal: Terminal): Promise<string> {
  const { values, positionals } = readWords('licence', words, { options, allowPositionals: true });
  const [file, ...others] = positionals;
  if (others.length > 0 || (file !== undefined && values.remove !== undefined))
    throw usageFailure('licence', 'key takes one FILE, or --remove ID, or nothing to list the keys');
  const pem = file === undefined ? undefined : (await readBytes(file)).toString('utf8');
  const isLooking = pem === undefined && values.remove === undefined;
  return withStore(terminal, isLooking ? 'read' : 'make', async ({ store }) => {
    const licensing = licensingOf(store, systemClock);
    if (pem !== undefined) orFail(await licensing.trustKey(pem), exitCodes.badInput);
    if (values.remove !== undefined && !(await licensing.forgetKey(values.remove)))
      throw usageFailure('licence', `no key ${values.remove} is trusted here`);
    return print(await licensing.listKeys(), values.json);
  });
}

function print(keys: readonly KeptKey[], asJson: boolean) {
  if (asJson) return `${JSON.stringify({ keys })}\n`;
  if (keys.length === 0) return 'No key is trusted: no licence file is taken.\n';
  return `Trusted keys:\n${keys.map(({ id }) => `  ${id}\n`).join('')}`;
}
