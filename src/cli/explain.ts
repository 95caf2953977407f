/**
 * `signet explain`: why a message gets the signature that it gets, or none. The very plan that the relay makes, told as
 * a table of ticks and crosses or as JSON. Nothing is sent, nothing is written.
 */
import { type Command, exitCodes, write } from './command.ts';
import { type ExplainArguments, readExplainArguments } from './explain/arguments.ts';
import { explainPlan } from './explain/explanation.ts';
import { readSituation } from './explain/situation.ts';
import { printTable } from './explain/table.ts';
import { wantsColour } from './explain/terminal-text.ts';
import { withTenant } from './explain/with-tenant.ts';

export const explain: Command = {
  name: 'explain',
  summary: 'tell which signature a message gets, and why',
  help: `Usage: signet explain [--bundle FILE] --tenant T --from A --to B [--to C] [OPTIONS]
       signet explain [--bundle FILE] --tenant T --to B [--to C] [--at TIME] [--json] MESSAGE

Tells for each rule of the tenant whether it matches, and for each of its conditions whether it holds and what it saw.

  --bundle FILE   the configuration, as SIGNET_BUNDLE has it; without it that of the data folder (SIGNET_DATA)
  --tenant T      id or name of the tenant; may be left out when there is only one
  --to ADDRESS    a recipient of the envelope; may be repeated
  --at TIME       when the message comes: a day (2026-12-24) or a time (2026-12-24T18:30) in the tenant's time zone,
                  or with a zone of its own (2026-12-24T17:30Z). Without it now
  --json          one JSON object instead of the table

Without MESSAGE:
  --from ADDRESS  who writes
  --sender ADDRESS  who really sends, for a delegate
  --reply         it is a reply or a forward
  --subject TEXT  its subject. Rules about words in the text see none, sizes are 0
With MESSAGE (a file as sent, "message/rfc822") all of that is read from it.

Colours only on a terminal, and never with NO_COLOR set.
Exit codes: 0 fine; 1 the database cannot be used; 2 bad usage, a bundle or message that cannot be used, or no such tenant.
`,
  async run(words, terminal) {
    const settings: ExplainArguments = readExplainArguments(words);
    const explanation = await withTenant(terminal, settings, async tenant =>
      explainPlan(tenant, await readSituation(settings, tenant.signing)),
    );
    await write(
      terminal.output,
      settings.json ? `${JSON.stringify(explanation)}\n` : printTable(explanation, wantsColour(terminal)),
    );
    return exitCodes.fine;
  },
};
