/**
 * The use cases of mail flow on a store of their own, against the simulated tenant over its sockets. Time is the machine's, but
 * waiting takes none: what Exchange takes minutes for is over at once in here.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMailFlowService, type MailFlowServiceNeeds } from '../../src/app/mail-flow/service.ts';
import { systemClock } from '../../src/clock.ts';
import type { MailFlowService, RunEvent, RunView, Session } from '../../src/microsoft/mail-flow-types.ts';
import type { Store } from '../../src/store/store.ts';
import { openFreshSqlite, scratch } from './databases.ts';
import { mailFlowNeeds } from './mail-flow-service.ts';
import { fieldsOf, type TestSandbox } from './sandbox.ts';
import { prepareStore } from './store.ts';

export type TestMailFlow = {
  readonly service: MailFlowService;
  readonly store: Store;
  readonly close: () => Promise<void>;
  /** Another process on the same store. */
  readonly another: (changes?: Partial<MailFlowServiceNeeds>) => MailFlowService;
};

/** A data folder of a demonstration whose cloud is this sandbox. */
export function demonstrationFolder(
  { cloud }: Pick<TestSandbox, 'cloud'>,
  mail?: { readonly host: string; readonly port: number },
) {
  const folder = mkdtempSync(join(scratch, 'demo-'));
  const { pages: _, ...origins } = cloud;
  writeFileSync(join(folder, 'sandbox.json'), JSON.stringify({ ...origins, ...(mail && { mail }) }));
  return folder;
}

/** Exchange's test of a connector ends well: there is no relay behind these use cases that it could reach. */
export function withoutRelay({ state }: Pick<TestSandbox, 'state'>): void {
  delete state.hooks.validateConnector;
}

export async function startMailFlow(
  sandbox: TestSandbox,
  changes: Partial<MailFlowServiceNeeds> = {},
): Promise<TestMailFlow> {
  withoutRelay(sandbox);
  const store = await prepareStore(await openFreshSqlite(), systemClock);
  const usual = await mailFlowNeeds(store, systemClock, demonstrationFolder(sandbox));
  const needs: MailFlowServiceNeeds = { ...usual, ...changes };
  const services = [createMailFlowService(needs)];
  return {
    service: services[0] ?? assert.fail(),
    store,
    another: (others = {}) => {
      const service = createMailFlowService({ ...needs, ...others });
      services.push(service);
      return service;
    },
    close: async () => {
      await Promise.all(services.map(service => service.close()));
      await store.close();
    },
  };
}

export function must<Value>(result: { readonly kind: string; readonly value?: Value }): Value {
  assert.equal(result.kind, 'ok', JSON.stringify(result));
  return result.value as Value;
}

/** Types the code at Microsoft's page as this account. */
export async function signInTo(
  { service }: Pick<TestMailFlow, 'service'>,
  sandbox: TestSandbox,
  {
    tenantId,
    account = 'admin@contoso.com',
    choice = 'continue',
    owner = 'a test',
  }: {
    readonly tenantId: string;
    readonly account?: string;
    readonly choice?: string;
    readonly owner?: string;
  },
): Promise<Session> {
  const begun = must(await service.beginSignIn({ tenantId, owner, flow: 'device-code' }));
  assert.ok(begun.state.kind === 'pending', JSON.stringify(begun));
  const page = await sandbox.form(`${sandbox.cloud.pages}/devicelogin`, { code: begun.state.userCode ?? '' });
  await sandbox.form(`${sandbox.cloud.pages}/devicelogin/account`, {
    ...fieldsOf(page),
    account,
    choice,
  });
  const session = { tenantId, signInId: begun.id, owner };
  await service.awaitSignIn(session);
  return session;
}

/** All events of a run, from the first to the end. */
export async function eventsOf(
  service: MailFlowService,
  { tenantId, id: runId }: RunView,
): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of service.follow({ tenantId, runId })) events.push(event);
  return events;
}

/** How a run ended. */
export async function endOf(
  service: MailFlowService,
  begun: Awaited<ReturnType<MailFlowService['connect']>>,
) {
  const last = (await eventsOf(service, must(begun))).at(-1);
  assert.ok(last?.kind === 'end', JSON.stringify(last));
  return last.result;
}
