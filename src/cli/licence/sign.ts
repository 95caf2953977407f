/** `signet licence sign`: terms and a key -> a licence file. */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { asciiDomain } from '../../mail/address.ts';
import { systemReason } from '../../problem.ts';
import { type LicenceTerms, termsProblem, writeLicenceFile } from '../../signature/licence-file.ts';
import { CommandFailure, exitCodes, readWords, usageFailure } from '../command.ts';
import { readSigningKey } from './keys.ts';

const options = {
  key: { type: 'string' },
  domain: { type: 'string' },
  seats: { type: 'string' },
  from: { type: 'string' },
  until: { type: 'string' },
  note: { type: 'string', default: '' },
  out: { type: 'string' },
} as const;

/** What goes to standard output: the licence file, or nothing when it went into one. */
export async function signLicence(words: readonly string[]): Promise<string> {
  const { values } = readWords('licence', words, { options });
  const { key: keyFile, from, until, out } = values;
  if (keyFile === undefined) throw usage('--key FILE is missing');
  const terms: LicenceTerms = {
    id: randomBytes(8).toString('hex'),
    domain: asciiDomain(values.domain ?? ''),
    seats: readSeats(values.seats),
    ...(from === undefined ? {} : { from }),
    ...(until === undefined ? {} : { until }),
    issued: new Date().toISOString().slice(0, 10),
    note: values.note,
  };
  if (values.domain === undefined) throw usage('--domain DOMAIN is missing');
  const problem = termsProblem(terms);
  if (problem) throw usage(`this licence cannot be written: ${problem}`);
  const text = writeLicenceFile(terms, await readSigningKey(keyFile));
  if (out === undefined) return text;
  await writeNew(out, text);
  return '';
}

function readSeats(text: string | undefined) {
  if (text === undefined) throw usage('--seats N is missing');
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}

/** A licence once given out is not written over by a typing mistake. */
async function writeNew(file: string, text: string) {
  try {
    await writeFile(file, text, { flag: 'wx' });
  } catch (error) {
    throw new CommandFailure(
      'SIGNET_FILE_UNWRITABLE',
      `${file} cannot be made (${systemReason(error)}): give --out the name of a new file.`,
      exitCodes.failure,
    );
  }
}

function usage(sentence: string) {
  return usageFailure('licence', sentence);
}
