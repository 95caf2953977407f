/**
 * `signet licence`: licence files for resellers and air-gapped sites, made and read without an appliance. Private keys
 * are read, never made and never written; asking OpenSSL for one keeps them where their owner put them.
 */
import { type Command, exitCodes, type Terminal, usageFailure, write } from './command.ts';
import { showLicence } from './licence/show.ts';
import { signLicence } from './licence/sign.ts';

const actions: Readonly<Record<string, (words: readonly string[], terminal: Terminal) => Promise<string>>> = {
  sign: signLicence,
  show: showLicence,
};

export const licence: Command = {
  name: 'licence',
  summary: 'sign a licence file, or show what one says',
  help: `Usage: signet licence sign --key FILE --domain DOMAIN --seats N [OPTIONS]
       signet licence show [--public-key FILE] [--json] FILE

sign writes a licence file, signed with Ed25519:
  --key FILE         the private key, PEM; "openssl genpkey -algorithm ed25519 -out licence.key" makes one
  --domain DOMAIN    a domain of the organisation it is for; Signet takes the file for no other
  --seats N          people and shared mailboxes that may be signed in one calendar month, 1 to 1000000
  --from DAY         first day, such as 2026-01-01; without it at once
  --until DAY        last day, included; without it for ever
  --note TEXT        one line for people, such as an order number
  --out FILE         the file to make; one that exists is never written over. Without it standard output

show tells what a licence file says, and whether it may be believed:
  --public-key FILE  the key that must have signed it, PEM; "openssl pkey -in licence.key -pubout" prints it.
                     May be repeated. Without it the signature is not checked, and the output says so
  --json             {"id","domain","seats","from","until","issued","note","key","signature"};
                     from and until are null when open, signature is "valid" or "unchecked"

Exit codes: 0 fine; 1 the file could not be written; 2 bad usage, an unusable key, or a licence file that is refused
(changed, signed with another key, of a later version, or none at all).
`,
  async run(words, terminal) {
    const [action = '', ...rest] = words;
    const run = Object.hasOwn(actions, action) ? actions[action] : undefined;
    if (!run)
      throw usageFailure(
        'licence',
        action ? `there is no "licence ${action}"` : 'say what to do: sign or show',
      );
    await write(terminal.output, await run(rest, terminal));
    return exitCodes.fine;
  },
};
