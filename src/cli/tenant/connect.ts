/** `signet tenant connect`: sign in, show what would be made, ask, make it; or all of it by hand. */
import type { MailFlowService, MailFlowStatus, ManualSetup } from '../../microsoft/mail-flow-types.ts';
import { exitCodes, readWords, type Terminal, usageFailure, write } from '../command.ts';
import { choiceOptions, chosen } from './choices.ts';
import { followRun } from './run.ts';
import { signInAt } from './sign-in.ts';
import { confirm, createTelling, lightsText, planText, refuseJsonWithoutYes, stopOf } from './telling.ts';
import { actor, must, onlyName, tenantNamed, withMailFlow } from './with-mail-flow.ts';

const flag = { type: 'boolean', default: false } as const;
const options = {
  ...choiceOptions,
  manual: flag,
  script: flag,
  emergency: flag,
  done: flag,
  'tenant-id': { type: 'string' },
  'dry-run': flag,
  yes: flag,
  json: flag,
} as const;

type Values = ReturnType<typeof read>['values'];

export async function connectTenant(words: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = read(words);
  const name = onlyName(positionals);
  if (!values.manual && (values.script || values.emergency || values.done))
    throw usageFailure('tenant', '--script, --emergency and --done go with --manual');
  if (!values.manual && !values['dry-run']) refuseJsonWithoutYes(values);
  await withMailFlow(terminal, 'change', async service => {
    const tenant = await tenantNamed(service, name);
    const before = must(await service.choices(tenant.tenantId));
    const changes = chosen(values, before);
    if (Object.keys(changes).length > 0) must(await service.choose(tenant.tenantId, changes));
    if (values.manual) return await byHand(service, tenant, { values, terminal });
    await bySignIn(service, tenant, { values, terminal });
  });
  return exitCodes.fine;
}

function read(words: readonly string[]) {
  return readWords('tenant', words, { options, allowPositionals: true });
}

type Way = { readonly values: Values; readonly terminal: Terminal };

async function bySignIn(service: MailFlowService, tenant: MailFlowStatus, { values, terminal }: Way) {
  const tell = createTelling(terminal, values.json);
  const signal = stopOf(terminal);
  const session = await signInAt(service, tenant.tenantId, { tell, signal });
  const preview = must(await service.preview(session));
  const { organisation, domains, plan, lights } = preview;
  await tell(
    `${organisation}: ${domains.join(', ')}\n${lightsText(lights)}This will happen:\n${planText(plan)}`,
    { preview },
  );
  if (values['dry-run']) return;
  if (!values.yes)
    await confirm(
      terminal,
      `Connect "${tenant.name}"? "signet tenant pause" takes Signet out again.`,
      signal,
    );
  await followRun(service, await service.connect({ ...session, actor }), { tell, signal });
}

async function byHand(
  service: MailFlowService,
  { tenantId, name }: MailFlowStatus,
  { values, terminal }: Way,
) {
  if (values.done) {
    const id = values['tenant-id'];
    const status = must(
      await service.confirmManual({ tenantId, ...(id === undefined ? {} : { microsoftTenantId: id }) }),
    );
    return await write(
      terminal.output,
      values.json ? `${JSON.stringify(status)}\n` : `${name}: ${status.sentence}\n`,
    );
  }
  const manual = must(await service.manual(tenantId));
  const text = values.script
    ? manual.script
    : values.emergency
      ? emergencyText(manual)
      : stepsText(manual, name);
  await write(terminal.output, values.json ? `${JSON.stringify(manual)}\n` : text);
}

function stepsText({ steps }: ManualSetup, name: string) {
  const all = steps.map(({ title, where, values, command }) =>
    [
      title,
      `   ${where}`,
      ...values.map(({ label, value }) => `   ${label}: ${value}`),
      `   ${command}`,
      '',
    ].join('\n'),
  );
  return `${all.join('\n')}\nWhen all is done: signet tenant connect ${JSON.stringify(name)} --manual --done\n`;
}

function emergencyText({ emergency: { title, sections } }: ManualSetup) {
  const all = sections.map(section =>
    [section.title, ...section.paragraphs, ...section.commands.map(command => `    ${command}`), ''].join(
      '\n',
    ),
  );
  return `${title}\n\n${all.join('\n')}`;
}
