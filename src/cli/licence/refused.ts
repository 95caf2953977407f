/** A licence file that does not count, as the end of a command. */
import { type LicenceRefusal, licenceRefusals } from '../../signature/licence-file.ts';
import { CommandFailure } from '../command.ts';

export function refusedLicence(file: string, refusal: LicenceRefusal): CommandFailure {
  const because = licenceRefusals[refusal].replace(/^It/, 'it');
  return new CommandFailure('SIGNET_LICENCE_REFUSED', `${file} is refused (${refusal}), because ${because}`);
}
