/** `signet people`: who a tenant's people are, what they lack, and what is said of them here instead of in the directory. */
import { type Command, exitCodes, type Terminal, usageFailure } from './command.ts';
import { showCompleteness } from './people/completeness.ts';
import { exportPeople } from './people/export.ts';
import { importPeople } from './people/import.ts';
import { listPeople } from './people/list.ts';
import { clearOverride, setOverride } from './people/override.ts';
import { showPerson } from './people/show.ts';

const actions: Readonly<Record<string, (words: readonly string[], terminal: Terminal) => Promise<void>>> = {
  list: listPeople,
  show: showPerson,
  completeness: showCompleteness,
  import: importPeople,
  export: exportPeople,
  set: setOverride,
  clear: clearOverride,
};

export const people: Command = {
  name: 'people',
  summary: "list a tenant's people and what they lack; import, export, override",
  help: `Usage: signet people list [--tenant T] [--text TEXT] [--group GROUP] [--json]
       signet people show [--tenant T] [--json] ADDRESS
       signet people completeness [--tenant T] [--value VALUE] [--csv | --json]
       signet people import [--tenant T] [OPTIONS] FILE
       signet people export [--tenant T] [FILE]
       signet people set [--tenant T] [--until TIME] ADDRESS FIELD VALUE
       signet people clear [--tenant T] ADDRESS FIELD

All of them work on the data folder (SIGNET_DATA), beside a running server or without one.

  --tenant T       name or id of the tenant; may be left out when there is only one
  --json           one line of JSON; list: one for each person

list shows everybody by name: --text looks in names, addresses, titles and departments, --group for a group's members.
show tells everything of one person, and which values are local.

completeness tells for each value that published signatures use how many people lack it:
  --value VALUE    who lacks that one, such as person.mobilePhone
  --csv            one line for each person who lacks something, with a column for each value

import puts the people of a CSV file in the place of those imported before; a tenant with a directory refuses it. Lines that
cannot be used are left out and told by their number. When suspiciously many people would be gone, nothing is changed.
  --column FIELD=COLUMN  where FIELD stands, beside the columns that are known by their names; may be repeated.
                         FIELD is one of templates (jobTitle, custom.Floor), or id, kind, groups, manager, proxyAddresses
  --encoding E           utf-8, utf-16le, utf-16be or windows-1252; without it found out
  --separator S          "," or ";" or tab; without it found out
  --accept               so many people are really gone: do it this once
  --dry-run              only tell what would come, and which lines are bad

export writes a CSV file that import reads, with the values of the directory, to FILE or to standard output.

set puts VALUE in the place of the directory's FIELD of a person, '' hides it; with --until TIME (a day or a time in the
tenant's time zone, as in "signet explain") only until then. clear takes it back.

Exit codes: 0 fine; 1 nothing was changed, or the database or a file cannot be used; 2 bad usage, no such person.
`,
  async run(words, terminal) {
    const [action = '', ...rest] = words;
    const run = Object.hasOwn(actions, action) ? actions[action] : undefined;
    if (!run)
      throw usageFailure(
        'people',
        action
          ? `there is no "people ${action}"`
          : `say what to do: ${Object.keys(actions)
              .join(', ')
              .replace(/, (\w+)$/, ' or $1')}`,
      );
    await run(rest, terminal);
    return exitCodes.fine;
  },
};
