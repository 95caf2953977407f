/**
 * `signet licence`: licence files for resellers and air-gapped sites. Making and reading them needs no appliance; taking
 * them in and showing who uses them works on the data folder. Private keys are read, never made and never written.
 */
import { type Command, exitCodes, type Terminal, usageFailure, write } from './command.ts';
import { importLicence } from './licence/import.ts';
import { licenceKey } from './licence/key.ts';
import { removeLicence } from './licence/remove.ts';
import { showLicence } from './licence/show.ts';
import { signLicence } from './licence/sign.ts';

const actions: Readonly<Record<string, (words: readonly string[], terminal: Terminal) => Promise<string>>> = {
  show: showLicence,
  import: importLicence,
  remove: removeLicence,
  key: licenceKey,
  sign: signLicence,
};

export const licence: Command = {
  name: 'licence',
  summary: 'show seats and licences, import a licence file, or sign one',
  help: `Usage: signet licence show [--tenant T] [--month MONTH] [--csv | --json]
       signet licence import [--tenant T] [--json] FILE
       signet licence remove [--tenant T] ID
       signet licence key [FILE | --remove ID] [--json]
       signet licence sign --key FILE --domain DOMAIN --seats N [OPTIONS]
       signet licence show [--public-key FILE] [--json] FILE

show tells what the tenants of the data folder (SIGNET_DATA) hold, how many seats are used, by whom, and what to warn of:
  --tenant T         that one alone, by name or id
  --month MONTH      of that month, such as 2026-12; without it of the current one
  --csv              one line for each seat: tenant, month, address, name, person, firstAt, beyond
  --json             one line for each tenant: {"tenant","today","month","licences":[...],"used","total","seats":[...],
                     "months":[...],"warnings":[{"kind","sentence","code",...}]}; total is null without any licence

import takes a licence file in for a tenant, whose domain it must name, when it was signed with a trusted key.
remove takes an imported licence back. A running server follows by itself.

key trusts the public key in FILE (Ed25519, PEM), or no longer the one with this ID; without both it lists the keys.

sign writes a licence file, signed with Ed25519:
  --key FILE         the private key, PEM; "openssl genpkey -algorithm ed25519 -out licence.key" makes one
  --domain DOMAIN    a domain of the organisation it is for; Signet takes the file for no other
  --seats N          people and shared mailboxes that may be signed in one calendar month, 1 to 1000000
  --from DAY         first day, such as 2026-01-01; without it at once
  --until DAY        last day, included; without it for ever
  --note TEXT        one line for people, such as an order number
  --out FILE         the file to make; one that exists is never written over. Without it standard output

show FILE tells what a licence file says, and whether it may be believed:
  --public-key FILE  the key that must have signed it, PEM; "openssl pkey -in licence.key -pubout" prints it.
                     May be repeated. Without it the signature is not checked, and the output says so
  --json             {"id","domain","seats","from","until","issued","note","key","signature"};
                     from and until are null when open, signature is "valid" or "unchecked"

Exit codes: 0 fine; 1 the file or the database could not be used; 2 bad usage, an unusable key, or a licence file that is
refused (changed, signed with another key, for another organisation, over, of a later version, or none at all).
`,
  async run(words, terminal) {
    const [action = '', ...rest] = words;
    const run = Object.hasOwn(actions, action) ? actions[action] : undefined;
    if (!run)
      throw usageFailure(
        'licence',
        action ? `there is no "licence ${action}"` : 'say what to do: show, import, remove, key or sign',
      );
    await write(terminal.output, await run(rest, terminal));
    return exitCodes.fine;
  },
};
