/** `signet tenant add`: a tenant of Exchange Online that takes no mail until it is connected. */
import { exitCodes, readWords, type Terminal, write } from '../command.ts';
import { choiceOptions, chosen } from './choices.ts';
import { must, onlyName, withMailFlow } from './with-mail-flow.ts';

const options = {
  ...choiceOptions,
  domain: { type: 'string', multiple: true, default: [] as string[] },
  json: { type: 'boolean', default: false },
} as const;

export async function addTenant(words: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = readWords('tenant', words, { options, allowPositionals: true });
  const name = onlyName(positionals);
  const given = Object.entries(chosen(values, undefined)).filter(([, value]) => value !== undefined);
  const added = await withMailFlow(terminal, 'make', async service =>
    must(await service.addTenant({ name, domains: values.domain, choices: Object.fromEntries(given) })),
  );
  const text = values.json
    ? JSON.stringify(added)
    : `The tenant "${name}" is added. "signet tenant connect ${JSON.stringify(name)}" connects it.`;
  await write(terminal.output, `${text}\n`);
  return exitCodes.fine;
}
