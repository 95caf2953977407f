/** `signet licence show FILE`: what a licence file says, as lines or as JSON; it answers for no tenant and no date. */
import { readLicenceFile, type SignedLicence, verifyLicenceFile } from '../../signature/licence-file.ts';
import { readWords, type Terminal, usageFailure } from '../command.ts';
import { readBytes } from '../stamp/section.ts';
import { readTrustedKey } from './keys.ts';
import { refusedLicence } from './refused.ts';
import { showSeats } from './seats.ts';

const options = {
  'public-key': { type: 'string', multiple: true, default: [] as string[] },
  tenant: { type: 'string' },
  month: { type: 'string' },
  csv: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

export async function showLicence(words: readonly string[], terminal: Terminal): Promise<string> {
  const { values, positionals } = readWords('licence', words, { options, allowPositionals: true });
  const { tenant, month, csv, json } = values;
  const [file, ...others] = positionals;
  if (others.length > 0) throw usageFailure('licence', 'show takes one licence file');
  if (file !== undefined) {
    if (tenant !== undefined || month !== undefined || csv)
      throw usageFailure('licence', '--tenant, --month and --csv are about stored licences: leave FILE out');
    return showFile(file, values['public-key'], json);
  }
  if (values['public-key'].length > 0) throw usageFailure('licence', '--public-key needs a licence file');
  if (month !== undefined && !/^\d{4}-(0[1-9]|1[0-2])$/.test(month))
    throw usageFailure('licence', `--month is "${month}" and must be one such as 2026-12`);
  if (csv && json) throw usageFailure('licence', 'choose one of --csv and --json');
  return showSeats({ tenant, month, form: csv ? 'csv' : json ? 'json' : 'lines' }, terminal);
}

async function showFile(file: string, keyFiles: readonly string[], asJson: boolean) {
  const text = (await readBytes(file)).toString('utf8');
  const read = readLicenceFile(text);
  if (read.kind === 'refused') throw refusedLicence(file, read.refusal);
  const { licence } = read;
  if (keyFiles.length === 0) return print(licence, 'unchecked', asJson);
  const keys = await Promise.all(keyFiles.map(readTrustedKey));
  // Only the signature is in question: whose licence it is and whether it has ended, the reader sees.
  const judged = verifyLicenceFile(text, keys, { domains: [licence.domain], today: '' });
  if (judged.kind === 'refused') throw refusedLicence(file, judged.refusal);
  return print(licence, 'valid', asJson);
}

const verdicts = {
  valid: 'valid, by the given key',
  unchecked: 'not checked: give --public-key FILE',
};

function print(licence: SignedLicence, signature: keyof typeof verdicts, asJson: boolean) {
  const { id, domain, seats, from, until, issued, note, keyId } = licence;
  if (asJson) {
    const report = { id, domain, seats, from: from ?? null, until: until ?? null, issued, note, key: keyId };
    return `${JSON.stringify({ ...report, signature })}\n`;
  }
  const rows = [
    ['Licence', id],
    ['Domain', domain],
    ['Seats', `${seats} in each calendar month`],
    ['From', from ?? 'at once'],
    ['Until', until === undefined ? 'for ever' : `${until}, included`],
    ['Issued', issued],
    ['Note', note || '-'],
    ['Key', keyId],
    ['Signature', verdicts[signature]],
  ];
  return rows.map(([name = '', value = '']) => `${name.padEnd(11)}${value}\n`).join('');
}
