/** `signet doctor`: everything mail depends on, looked at from this machine, each with what to do. Nothing is changed. */
import { type Command, exitCodes, readWords, usageFailure, write } from './command.ts';
import { examineAll } from './doctor/examine.ts';
import { printFindings } from './doctor/print.ts';
import { wantsColour } from './explain/terminal-text.ts';

const options = { json: { type: 'boolean' }, offline: { type: 'boolean' } } as const;

export const doctor: Command = {
  name: 'doctor',
  summary: 'examine everything that mail depends on, and say what to do',
  help: `Usage: signet doctor [--offline] [--json]

Examines data folder, disk, clock, database, master key, host name, certificates, the relay's door, every tenant and its next
hop, and the jobs, and says for each what is wrong and what to do. It runs beside a running server and changes nothing; to
a next hop it connects and signs in, but sends no mail.

  --offline   ask no name server and connect to no next hop
  --json      one line of JSON for each finding: {"check","subject","state","sentence","remedy"}; state is
              fine, warning, failure or unknown

Exit codes: 0 nothing that stops mail or signatures; 1 at least one failure; 2 bad usage or bad settings.
`,
  async run(words, terminal) {
    const { values, positionals } = readWords('doctor', words, { options, allowPositionals: true });
    if (positionals.length > 0) throw usageFailure('doctor', 'it takes no further words');
    const findings = await examineAll(terminal.environment, { isOffline: values.offline === true });
    const text = values.json
      ? findings.map(finding => `${JSON.stringify(finding)}\n`).join('')
      : printFindings(findings, wantsColour(terminal));
    await write(terminal.output, text);
    return findings.some(({ state }) => state === 'failure') ? exitCodes.failure : exitCodes.fine;
  },
};
