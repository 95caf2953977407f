/**
 * `signet stamp`: a signature on messages from files or standard input. It makes no data folder, writes to none, and asks
 * nobody. Messages go one after the other; the memory it takes is that of the largest.
 */
import { type Command, CommandFailure, exitCodes, type Terminal, write } from './command.ts';
import { withTenant } from './explain/with-tenant.ts';
import { fixedToken, readStampArguments, type StampArguments } from './stamp/arguments.ts';
import { ruleStamper } from './stamp/by-rules.ts';
import { sectionStamper } from './stamp/by-section.ts';
import { type Stamper, stampMessage, type Task } from './stamp/one-message.ts';
import { inputName, makeOutFolder, outputFile, refuseOverwriting, writeResult } from './stamp/output.ts';
import { readBytes, readSection } from './stamp/section.ts';

type Job = { readonly settings: StampArguments; readonly stamper: Stamper; readonly terminal: Terminal };

export const stamp: Command = {
  name: 'stamp',
  summary: 'put a signature on messages from files or standard input',
  help: `Usage: signet stamp --html FILE --text FILE [OPTIONS] [MESSAGE ...]
       signet stamp [--bundle FILE] --tenant T --to ADDRESS [OPTIONS] [MESSAGE ...]

Puts a signature on each MESSAGE (a file as sent, "message/rfc822"), or on the message on standard input.

What is put in (at least one of --html and --text; a part of a message whose form is missing stays as it is):
  --html FILE                the signature as HTML, UTF-8
  --text FILE                the signature as plain text, UTF-8
  --zone ZONE                top (above the new text), signature (directly under it; the default)
                             or bottom (at the very end)
  --image NAME=FILE          a PNG, JPEG or GIF that the HTML shows as src="cid:NAME"; may be repeated

Or what the rules of a tenant decide, with its people and its preferences ("signet explain" tells why):
  --bundle FILE              the configuration, as SIGNET_BUNDLE has it; without it that of the data folder (SIGNET_DATA)
  --tenant T                 id or name of the tenant; may be left out when there is only one
  --to ADDRESS               a recipient of the envelope; may be repeated as long as all get the same
  --at TIME                  when the message comes, as in "signet explain"; without it now

How (--domain and --remove-client-signature not with a tenant's rules):
  --domain DOMAIN            sign only senders of this domain; may be repeated. Without it every sender is signed
  --token HEX                value of X-Signet-Processed, 32 hexadecimal digits. Without it the fixed
                             ${fixedToken}
  --remove-client-signature  take out the mail client's own signature

Where the result goes:
  --out DIR                  into this folder (made when missing), each under its MESSAGE's base name; a message
                             from standard input becomes ${inputName}. Without it the one result goes to standard
                             output; more than one MESSAGE needs it
  --json                     one line of JSON for each message on standard output; needs --out:
                             {"file","outcome":"stamped"|"untouched","reason","parts":[{"type","zone","offset",
                             "inserted"}],"bytesIn","bytesOut","ms"}
                             with rules also "signatures" and "rules";
                             reason is null unless the message stays untouched; a part left out has its own reason

A message file without any CR (a Unix file) is stamped as mail, with CRLF, and written back with LF. Its offsets
count the file's own bytes; "inserted" counts bytes as they are mailed. Every other message goes as it is.
X-Signet-Id is the start of the SHA-256 of the message as mailed, so equal input gives equal output.

Exit codes: 0 every message got a verdict, stamped or untouched; 1 a result could not be written, or the database read;
2 bad usage, or a file that cannot be read (the other messages are still done).
`,
  async run(words, terminal) {
    const settings = readStampArguments(words);
    await refuseCollisions(settings);
    const { rules, token } = settings;
    if (!rules) return stampAll(settings, sectionStamper(await readSection(settings), settings), terminal);
    return withTenant(terminal, rules, tenant =>
      stampAll(settings, ruleStamper(tenant, rules, token), terminal),
    );
  },
};

async function stampAll(settings: StampArguments, stamper: Stamper, terminal: Terminal) {
  if (settings.outFolder) await makeOutFolder(settings.outFolder);
  const job = { settings, stamper, terminal };
  return settings.messageFiles.length > 0 ? stampFiles(job) : stampInput(job);
}

async function refuseCollisions({
  outFolder,
  messageFiles,
  htmlFile,
  textFile,
  images,
  rules,
}: StampArguments) {
  if (!outFolder) return;
  const names = messageFiles.length > 0 ? messageFiles : [inputName];
  const asides = [htmlFile, textFile, ...images.map(({ file }) => file), rules?.bundleFile].filter(
    file => file !== undefined,
  );
  await refuseOverwriting(
    names.map(name => outputFile(outFolder, name)),
    [...messageFiles, ...asides],
  );
}

/** A message that fails does not keep the others from being done; the worst exit code is told at the end. */
async function stampFiles(job: Job) {
  let exitCode: number = exitCodes.fine;
  for (const name of job.settings.messageFiles) {
    try {
      await stampOne({ name, bytes: await readBytes(name) }, job);
    } catch (error) {
      if (!(error instanceof CommandFailure)) throw error;
      await write(job.terminal.errors, `${error.code}: ${error.message}\n`);
      exitCode = Math.max(exitCode, error.exitCode);
    }
  }
  return exitCode;
}

async function stampInput(job: Job) {
  const pieces: Uint8Array[] = [];
  for await (const piece of job.terminal.input) pieces.push(piece);
  await stampOne({ name: inputName, bytes: Buffer.concat(pieces) }, job);
  return exitCodes.fine;
}

async function stampOne(task: Task, { settings, stamper, terminal }: Job) {
  const { bytes, report, cause } = await stampMessage(task, stamper);
  // The message went through untouched, as it must; the fault is ours and wants to be known.
  if (cause !== undefined)
    await write(
      terminal.errors,
      `SIGNET_MESSAGE_FAULT: ${task.name} met a fault in Signet (${cause}): report it.\n`,
    );
  if (settings.outFolder) await writeResult(outputFile(settings.outFolder, task.name), bytes);
  else await write(terminal.output, bytes);
  if (settings.json) await write(terminal.output, `${JSON.stringify(report)}\n`);
}
