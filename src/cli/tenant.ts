/** `signet tenant`: tenants of Microsoft 365, from adding one to removing what was made there. Beside a running server, too. */
import { type Command, type Terminal, usageFailure } from './command.ts';
import { runOnTenant } from './tenant/act.ts';
import { addTenant } from './tenant/add.ts';
import { connectTenant } from './tenant/connect.ts';
import { startSigning, stopSigning } from './tenant/signing.ts';
import { listTenants, showStatus } from './tenant/status.ts';
import { verifyTenant } from './tenant/verify.ts';

const actions: Readonly<Record<string, (words: readonly string[], terminal: Terminal) => Promise<number>>> = {
  add: addTenant,
  list: listTenants,
  connect: connectTenant,
  verify: verifyTenant,
  'stop-signing': stopSigning,
  'start-signing': startSigning,
  pause: runOnTenant('pause'),
  resume: runOnTenant('resume'),
  remove: runOnTenant('remove'),
  repair: runOnTenant('repair'),
  hydrate: runOnTenant('hydrate'),
  'rotate-secret': runOnTenant('rotate-secret'),
  status: showStatus,
};

export const tenant: Command = {
  name: 'tenant',
  summary: 'connect a Microsoft 365 tenant, look at it, pause it, remove it',
  help: `Usage: signet tenant add NAME [--domain DOMAIN]... [CHOICES] [--json]
       signet tenant list [--json]
       signet tenant connect NAME [CHOICES] [--dry-run] [--yes] [--json]
       signet tenant connect NAME --manual [--script | --emergency | --done [--tenant-id GUID]]
       signet tenant verify | repair NAME [--yes] [--json]
       signet tenant pause | resume | rotate-secret | hydrate NAME [--yes] [--json]
       signet tenant remove NAME [--manual] [--dry-run] [--yes] [--json]
       signet tenant stop-signing | start-signing NAME [--json]
       signet tenant status NAME [--json]

connect signs in at Microsoft: it prints a code and an address, waits until you typed the one at the other, shows what would be
made, asks, and makes it: two connectors and the mail flow rules. It may be run again at any time, and goes on where it stopped.
Ctrl-C stops at the next safe point. verify tells whether everything is still as it was made (exit code 1 if not), repair makes
it so. pause takes Signet out of the mail flow, resume puts it back: Exchange may take an hour for either. remove takes away
what Signet made, after it listed it, and nothing else. rotate-secret gives the rule a new secret; the one before is taken for a
day. hydrate lets Exchange prepare an organisation that was never customised. stop-signing is local and instant: mail passes
unsigned until start-signing. Nothing here needs or keeps a password; tokens end with the command.

CHOICES are kept, and hold until they are given anew:
  --all | --group ADDRESS      mail of everyone (at first), or of the members of one mail-enabled group
  --external | --internal      mail to recipients outside (at first), or also mail between people of the organisation
  --pilot ADDRESS | --no-pilot a mailbox whose mail goes first, before the rule for all; connect then waits for a mail of it
  --priority N                 place of Signet's rules among the tenant's, 0 is first
  --lease HOURS | --no-lease   the rule ends by itself after so long unless Signet is well and extends it (off at first)
  --relay NAME                 public name of this appliance, where it is not SIGNET_HOSTNAME
  --any-certificate            Exchange does not check the relay's certificate (no public authority)
  --address IPV4               known to Exchange by this address instead of a certificate; may be repeated
  --client-id ID               sign in with your own app registration; then also
  --sign-in-tenant DOMAIN      the tenant to sign in to, and
  --provider                   where the registration is a service provider's
  --cloud NAME                 worldwide, us-government-high, us-government-dod or china

  --manual     the same by hand, without a sign-in: steps to follow, which hold the secret of the rule
  --script     as one PowerShell script instead; --emergency: the page to print and keep, which holds no secret
  --done       tell Signet that the steps are done; the tenant's id is asked of Microsoft unless --tenant-id gives it
  --dry-run    only show what would happen
  --yes        do not ask
  --json       one JSON value for each thing told; connect and the others then need --yes

Exit codes: 0 fine; 1 it failed, differs, or was not wanted; 2 bad usage or bad settings.
`,
  async run(words, terminal) {
    const [action = '', ...rest] = words;
    const run = Object.hasOwn(actions, action) ? actions[action] : undefined;
    if (!run)
      throw usageFailure(
        'tenant',
        action ? `there is no "tenant ${action}"` : `say what to do: ${Object.keys(actions).join(', ')}`,
      );
    return await run(rest, terminal);
  },
};
