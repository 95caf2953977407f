/** `signet licence show`: what a licence file says, as lines or as JSON. It answers for no tenant and no date. */
import {
  type LicenceRefusal,
  licenceRefusals,
  readLicenceFile,
  type SignedLicence,
  verifyLicenceFile,
} from '../../signature/licence-file.ts';
import { CommandFailure, readWords, usageFailure } from '../command.ts';
import { readBytes } from '../stamp/section.ts';
import { readTrustedKey } from './keys.ts';

const options = {
  'public-key': { type: 'string', multiple: true, default: [] as string[] },
  json: { type: 'boolean', default: false },
} as const;

export async function showLicence(words: readonly string[]): Promise<string> {
  const { values, positionals } = readWords('licence', words, { options, allowPositionals: true });
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) throw usageFailure('licence', 'show takes one licence file');
  const text = (await readBytes(file)).toString('utf8');
  const licence = readOrRefuse(file, text);
  if (values['public-key'].length === 0) return print(licence, 'unchecked', values.json);
  const keys = await Promise.all(values['public-key'].map(readTrustedKey));
  // Only the signature is in question: whose licence it is and whether it has ended, the reader sees.
  const judged = verifyLicenceFile(text, keys, { domains: [licence.domain], today: '' });
  if (judged.kind === 'refused') throw refused(file, judged.refusal);
  return print(licence, 'valid', values.json);
}

function readOrRefuse(file: string, text: string) {
  const read = readLicenceFile(text);
  if (read.kind === 'refused') throw refused(file, read.refusal);
  return read.licence;
}

function refused(file: string, refusal: LicenceRefusal) {
  const because = licenceRefusals[refusal].replace(/^It/, 'it');
  return new CommandFailure('SIGNET_LICENCE_REFUSED', `${file} is refused (${refusal}), because ${because}`);
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
